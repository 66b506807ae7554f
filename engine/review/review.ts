import type { ReviewPlan } from "./plan-part.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { formatDay } from "../units.ts";
import { floorsOf } from "./floors-review.ts";
import { type MonthView, viewMonth } from "./month-view.ts";
import { movesOf } from "./moves.ts";
import { isRca, overridesOf } from "./overrides.ts";
import { dueSeconds, plannedDays, repLoads } from "./rep-loads.ts";
import { resultsOf, workingDays } from "./results.ts";
import type { ReviewChange, ReviewDocument } from "./review-document.ts";
import { thresholdsOf } from "./thresholds.ts";

export interface ReviewQuestion {
	/** `YYYY-MM`. */
	readonly month: string;
	/** Plans and revisions in force in the month, in the order of their publication. */
	readonly plans?: readonly ReviewPlan[];
	readonly engine: string;
}

/** Reviews a month from what was known by its end: what worked, what did not, what to change. INVALID_INPUT for what is no month. */
export function reviewMonth(portfolio: Portfolio, { month, plans = [], engine }: ReviewQuestion): ReviewDocument {
	const view = viewMonth(portfolio, month, plans);
	const due = dueSeconds(view);
	const reps = repLoads(view, due);
	const figures = { thresholds: thresholdsOf(view), reps, moves: movesOf(view, reps, due), floors: floorsOf(view) };
	return {
		month,
		from: formatDay(view.month.from),
		to: formatDay(view.month.until - 1),
		currency: view.policy.currency,
		language: view.policy.language,
		working_days: workingDays(view, view.month),
		working_days_before: workingDays(view, view.before),
		results: resultsOf(view),
		...figures,
		floor_price_cents: floorPriceOf(view),
		overrides: overridesOf(view),
		num_rca_left_out: Array.from({ length: portfolio.tables.reps.numRows }, (_, rep) => rep).filter((rep) => isRca(view, rep)).length,
		changes: changesOf(figures),
		receipt: { engine, inputs_digest: portfolio.digest, plans: view.plans.map(({ plan_id }) => plan_id) },
		warnings: warningsOf(view),
	};
}

/** What the days in force paid for floors not met. Plans of every day overlap: the sum of their prices would count most days many times. */
function floorPriceOf({ plans, month }: MonthView): number | null {
	if (plans.length === 0) return null;
	const days = plannedDays(plans, formatDay(month.from), formatDay(month.until - 1));
	return Math.round(days.reduce((sum, { floorCents }) => sum + floorCents, 0));
}

type Figures = Pick<ReviewDocument, "thresholds" | "reps" | "moves" | "floors">;

function changesOf({ thresholds, reps, moves, floors }: Figures): ReviewChange[] {
	return [
		...reps
			.filter(({ is_too_big }) => is_too_big)
			.map(({ rep_id, load }): ReviewChange => ({ code: "SHRINK_PORTFOLIO", subject: rep_id, figure: load ?? 0 })),
		...moves.map(
			({ customer_id, from_km, to_km }): ReviewChange => ({ code: "MOVE_CUSTOMER", subject: customer_id, figure: from_km - to_km }),
		),
		...thresholds
			.filter(({ separates }) => separates === false)
			.map(({ phase, difference }): ReviewChange => ({ code: "REVIEW_THRESHOLD", subject: phase, figure: difference ?? 0 })),
		...floors
			.filter(({ is_too_dear }) => is_too_dear)
			.map(
				({ phase, class: cls, cost_cents }): ReviewChange => ({
					code: "REVIEW_FLOOR",
					subject: [phase, cls].filter(Boolean).join(" ") || "all",
					figure: cost_cents,
				}),
			),
	];
}

function warningsOf({ month, plans, history, ordersUntil }: MonthView): ReviewDocument["warnings"] {
	const warnings: ReviewDocument["warnings"] = [];
	const add = (code: ReviewDocument["warnings"][number]["code"], detail: string): void => void warnings.push({ code, detail });
	if (ordersUntil < month.until)
		add(
			"ORDERS_END_EARLY",
			`orders end on ${Number.isFinite(ordersUntil) ? formatDay(ordersUntil - 1) : "no day"}: the month is not over in them`,
		);
	if (history.contact.length === 0) add("NO_CONTACTS", "there are no contacts: service and floors cannot be judged");
	if (plans.length === 0) add("NO_PLANS", "no plan of the month is at hand: overrides and travel cannot be judged");
	return warnings;
}
