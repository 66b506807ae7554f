import type { Policy } from "../../engine/index.ts";
import { buildCalendar } from "../../engine/portfolio/calendar/calendar.ts";
import type { History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import { OUTCOME_METRICS, type OutcomeMetric } from "./experiment-document.ts";
import type { LotUnit } from "./lot.ts";
import { outcomesOf } from "./outcomes.ts";
import type { Participant } from "./participants.ts";

/** Days of a block, in each of which a rep has days of both arms. */
const BLOCK_DAYS = 14;
/** Days of either arm in a block: without two there is no spread to see. */
export const FEWEST_DAYS = 2;
/** Days over which a rep's usual weekday is taken: whole weeks. */
const USUAL_DAYS = 56;

/** A rep's working day, that a lot may hold out. */
export interface RepDay extends LotUnit {
	/** Row of the reps table. */
	readonly rep: number;
	readonly repId: string;
	readonly day: Day;
}

/** Working days of the reps who have participants, by rep and day; strata are rep × fortnight from the first day, a short last one joined to the one before. */
export function findRepDays(portfolio: Portfolio, policy: Policy, participants: readonly Participant[], from: Day, to: Day): RepDay[] {
	const calendar = buildCalendar(portfolio.tables.holidays, policy);
	const days = Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((day) => calendar.isWorkingDay(day));
	const blocks = [...Map.groupBy(days, (day) => Math.floor((day - from) / BLOCK_DAYS)).values()];
	const last = blocks.at(-1);
	if (blocks.length > 1 && last && last.length < 2 * FEWEST_DAYS) blocks.splice(-2, 2, [...blocks[blocks.length - 2], ...last]);
	const reps = [...new Set(participants.map(({ rep }) => rep))].filter((rep) => rep >= 0).sort((a, b) => a - b);
	return reps.flatMap((rep) => {
		const repId = portfolio.tables.reps.texts.rep_id.at(rep) ?? "";
		return blocks.flatMap((block) =>
			block.map((day) => ({ id: `${repId} ${formatDay(day)}`, stratum: `${repId} from ${formatDay(block[0])}`, rep, repId, day })),
		);
	});
}

type Outcomes = Readonly<Record<OutcomeMetric, number>>;
const NOTHING: Outcomes = { revenue: 0, margin: 0, orders: 0, positivation: 0 };

/** Answers what a rep's participants together bought on a day, of those from `from` up to `end`. */
export function repDayOutcomes(
	portfolio: Portfolio,
	history: History,
	policy: Policy,
	participants: readonly Participant[],
	from: Day,
	end: Day,
): (rep: number, day: Day) => Outcomes {
	const { ordered_on: orderedOn } = portfolio.tables.orders.days;
	const sums = new Map<string, Outcomes>();
	for (const { customer, rep } of participants) {
		const days = new Set<Day>();
		for (let i = history.lineStart[customer]; i < history.lineStart[customer + 1]; i++) {
			const day = orderedOn[history.line[i]];
			if (day >= from && day < end) days.add(day);
		}
		for (const day of days) {
			const [bought, before] = [outcomesOf(portfolio, history, policy, customer, day, day + 1), sums.get(`${rep} ${day}`) ?? NOTHING];
			const sum = (metric: OutcomeMetric): number => before[metric] + bought[metric];
			sums.set(`${rep} ${day}`, {
				revenue: sum("revenue"),
				margin: sum("margin"),
				orders: sum("orders"),
				positivation: sum("positivation"),
			});
		}
	}
	return (rep, day) => sums.get(`${rep} ${day}`) ?? NOTHING;
}

/** A rep's mean on a weekday over the eight weeks before a day, by metric, of what `outcomes` knows. */
function usualOf(outcomes: (rep: number, day: Day) => Outcomes, rep: number, day: Day, before: Day): Outcomes {
	const first = before - USUAL_DAYS + ((((day - before) % 7) + 7) % 7);
	const weeks = Array.from({ length: USUAL_DAYS / 7 }, (_, week) => outcomes(rep, first + 7 * week));
	const mean = (metric: OutcomeMetric): number => weeks.reduce((sum, one) => sum + one[metric], 0) / weeks.length;
	return { revenue: mean("revenue"), margin: mean("margin"), orders: mean("orders"), positivation: mean("positivation") };
}

/** A rep's day with what was sold on it and what is usual for the rep on its weekday. */
export interface ObservedDay extends RepDay {
	readonly isHeldOut: boolean;
	/** Of itself: what customers of one day have in common is in its sum. */
	readonly cluster: string;
	readonly outcome: Outcomes;
	readonly before: Outcomes;
}

/** Observes rep-days, each `shift` days earlier: 0 for what came, whole weeks for what would have been seen before. */
export function observeDays(
	{ portfolio, history, policy }: { readonly portfolio: Portfolio; readonly history: History; readonly policy: Policy },
	participants: readonly Participant[],
	days: readonly RepDay[],
	drawn: ReadonlySet<string>,
	shift: number,
): ObservedDay[] {
	const [first, last] = [Math.min(...days.map(({ day }) => day)), Math.max(...days.map(({ day }) => day))];
	const start = first - shift;
	const outcomes = repDayOutcomes(portfolio, history, policy, participants, start - USUAL_DAYS, last - shift + 1);
	return days.map((unit) => ({
		...unit,
		isHeldOut: drawn.has(unit.id),
		cluster: unit.id,
		outcome: outcomes(unit.rep, unit.day - shift),
		before: usualOf(outcomes, unit.rep, unit.day - shift, start),
	}));
}

/** The rows of one metric, as an uplift is estimated from. */
export function rowsOf(days: readonly ObservedDay[], metric: (typeof OUTCOME_METRICS)[number]) {
	return days.map(({ outcome, before, ...unit }) => ({ ...unit, outcome: outcome[metric], before: before[metric] }));
}
