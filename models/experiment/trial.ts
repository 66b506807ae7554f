import { validatePolicy, type Policy } from "../../engine/index.ts";
import { buildHistory } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { DIRECTIONS, OUTCOMES } from "../../engine/portfolio/schema.ts";
import { type Day, formatDay, parseDay, SECONDS_PER_DAY } from "../../engine/units.ts";
import type { ExperimentUnit, Guardrail, OutcomeMetric } from "./experiment-document.ts";
import { floorMembers } from "./floor-members.ts";
import { fairnessOf } from "./guardrails.ts";
import { outcomesOf } from "./outcomes.ts";
import { findParticipants } from "./participants.ts";
import { findRepDays, observeDays, rowsOf } from "./rep-days.ts";
import { dayFairness, drawnDays } from "./switchback.ts";
import type { UpliftUnit } from "./uplift.ts";

/** A unit of an experiment with its rep's row. */
export interface TrialUnit extends UpliftUnit {
	readonly id: string;
	readonly rep: number;
}

/** What an experiment looks at up to a day, whatever it drew. */
export interface Trial {
	readonly unit: ExperimentUnit;
	/** Rows of one metric, the same units in the same order for each. */
	readonly rowsOf: (metric: OutcomeMetric) => readonly TrialUnit[];
	/** Ids of units of the hold-out that were contacted all the same. */
	readonly contacted: ReadonlySet<string>;
	readonly fairness: readonly Guardrail[];
}

type HoldOut = Policy["hold_outs"][number];
const CANCELLED = OUTCOMES.indexOf("cancelled");
const INBOUND = DIRECTIONS.indexOf("inbound");

/** Customers of a hold-out and those it might have drawn, with what they bought from its first day up to `end`. */
export function customerTrial(
	portfolio: Portfolio,
	{ customers, from: first, share: asked, left_out }: HoldOut,
	asOf: Day,
	end: Day,
): Trial {
	const policy = validatePolicy(portfolio.policy);
	const from = parseDay(first);
	const [history, past] = [buildHistory(portfolio, asOf), buildHistory(portfolio, from)];
	const drawn = new Set(customers);
	const share = asked ?? realisedShare(findParticipants(portfolio, past, policy, { share: 1, leftOut: left_out }), drawn);
	const units = findParticipants(portfolio, past, policy, { share, leftOut: left_out });
	const contacted = outboundIn(portfolio, from, end).map(({ customer }) => portfolio.tables.customers.texts.customer_id.at(customer) ?? "");
	return {
		unit: "customer",
		rowsOf: (metric) =>
			units.map((unit) => ({
				...unit,
				isHeldOut: drawn.has(unit.id),
				outcome: outcomesOf(portfolio, history, policy, unit.customer, from, end)[metric],
				before: outcomesOf(portfolio, past, policy, unit.customer, from - (end - from), from)[metric],
			})),
		contacted: new Set(contacted.filter((id) => drawn.has(id))),
		fairness: fairnessOf(units, drawn, share, floorMembers(portfolio, past, policy, units)),
	};
}

function realisedShare(units: readonly { readonly id: string }[], drawn: ReadonlySet<string>): number {
	return units.filter(({ id }) => drawn.has(id)).length / Math.max(1, units.length);
}

/** Days of reps, held out and not, with what the reps' customers bought on them. */
export function repDayTrial(portfolio: Portfolio, holdOut: HoldOut, asOf: Day, end: Day): Trial {
	const policy = validatePolicy(portfolio.policy);
	const from = parseDay(holdOut.from);
	const past = buildHistory(portfolio, from);
	const drawn = drawnDays(holdOut);
	const participants = findParticipants(portfolio, past, policy, { share: 1, leftOut: holdOut.left_out });
	const units = findRepDays(portfolio, policy, participants, from, parseDay(holdOut.to)).filter(({ day }) => day < end);
	const history = buildHistory(portfolio, asOf);
	const observed = units.length > 0 ? observeDays({ portfolio, history, policy }, participants, units, drawn, 0) : [];
	const { rep_id: ids } = portfolio.tables.reps.texts;
	const promised = promisesOf(portfolio);
	const contacted = outboundIn(portfolio, from, end)
		.filter(({ customer, rep, day }) => !promised.has(`${customer} ${rep} ${day}`))
		.map(({ rep, day }) => `${ids.at(rep) ?? ""} ${formatDay(day)}`);
	return {
		unit: "rep_day",
		rowsOf: (metric) => rowsOf(observed, metric),
		contacted: new Set(contacted.filter((id) => drawn.has(id))),
		fairness: dayFairness(units, drawn, realisedShare(units, drawn)),
	};
}

function promisesOf({ tables: { appointments } }: Portfolio): ReadonlySet<string> {
	const { refs, days } = appointments;
	return new Set(Array.from({ length: appointments.numRows }, (_, row) => `${refs.customer_id[row]} ${refs.rep_id[row]} ${days.on[row]}`));
}

/** Outbound contacts that were made, or tried, on the days from one up to another. */
function outboundIn({ tables: { contacts } }: Portfolio, from: Day, end: Day): { customer: number; rep: number; day: Day }[] {
	const { contacted_at: at } = contacts.numbers;
	return Array.from({ length: contacts.numRows }, (_, row) => row)
		.filter((row) => contacts.codes.direction[row] !== INBOUND && contacts.codes.outcome[row] !== CANCELLED)
		.filter((row) => at[row] >= from * SECONDS_PER_DAY && at[row] < end * SECONDS_PER_DAY)
		.map((row) => ({
			customer: contacts.refs.customer_id[row],
			rep: contacts.refs.rep_id[row],
			day: Math.floor(at[row] / SECONDS_PER_DAY),
		}));
}
