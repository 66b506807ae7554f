import { CarteiraError } from "../../engine/errors.ts";
import { validatePolicy } from "../../engine/index.ts";
import { buildHistory } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { formatDay } from "../../engine/units.ts";
import type { DesignOptions } from "./design-options.ts";
import type { ExperimentDesign, OutcomeMetric } from "./experiment-document.ts";
import { floorMembers } from "./floor-members.ts";
import { balanceOf, fairnessOf, guardrail } from "./guardrails.ts";
import { holdOutFields } from "./hold-out-fields.ts";
import { drawHoldOut } from "./lot.ts";
import { knownUntil, outcomesOf } from "./outcomes.ts";
import { findLeftOut, findParticipants } from "./participants.ts";
import { stateDraw } from "./state-draw.ts";
import { designSwitchback } from "./switchback.ts";

/** Signs that the policy takes as an experiment's name. */
const LONGEST_NAME = 100;
/** Longest time for which customers go without planned contact, days. */
const LONGEST = 92;

/** Draws a small hold-out of customers and states, before it begins, what effect it could find. USAGE for days or shares that make no sense. */
export function designExperiment(portfolio: Portfolio, options: DesignOptions): ExperimentDesign {
	const { experiment, from, to, share } = options;
	if (to < from) throw new CarteiraError("USAGE", `--to is ${formatDay(to)}; expected ${formatDay(from)} (--from) or later`);
	if (!(share > 0 && share <= 0.5)) throw new CarteiraError("USAGE", `--share is ${share}; expected a number above 0, at most 0.5`);
	if (experiment.length === 0 || experiment.length > LONGEST_NAME)
		throw new CarteiraError("USAGE", `the name has ${experiment.length} signs; expected 1 to ${LONGEST_NAME}`);
	if (options.unit === "rep_day") return designSwitchback(portfolio, options);
	const policy = validatePolicy(portfolio.policy);
	const past = buildHistory(portfolio, from);
	const leftOut = findLeftOut(portfolio, past);
	const units = findParticipants(portfolio, past, policy, { share, leftOut });
	const drawn = drawHoldOut(units, options, share);
	const hasBothArms = (own: typeof units): boolean => {
		const numHeldOut = own.filter(({ id }) => drawn.has(id)).length;
		return numHeldOut >= 2 && own.length - numHeldOut >= 2;
	};
	// A report compares within strata: without such a one there would be none.
	if (![...Map.groupBy(units, ({ stratum }) => stratum).values()].some(hasBothArms))
		throw new CarteiraError(
			"NOT_ENOUGH_HISTORY",
			`${drawn.size} of ${units.length} customers would be held out; expected two at least in either arm of some stratum: a larger --share`,
		);
	const days = to - from + 1;
	const end = knownUntil(portfolio, from);
	const rowsOf = (metric: OutcomeMetric) =>
		units.map((unit) => ({
			...unit,
			isHeldOut: drawn.has(unit.id),
			outcome: outcomesOf(portfolio, past, policy, unit.customer, end - days, end)[metric],
			before: outcomesOf(portfolio, past, policy, unit.customer, end - 2 * days, end - days)[metric],
		}));
	return {
		...stateDraw(options, "customer", units, drawn, rowsOf),
		guardrails: [
			...fairnessOf(units, drawn, share, floorMembers(portfolio, past, policy, units)),
			guardrail("longest_silence", days, LONGEST, "days without planned contact"),
			balanceOf(rowsOf("revenue")),
		],
		policy: holdOutFields(policy, options, { customers: [...drawn].sort((a, b) => (a < b ? -1 : 1)), left_out: leftOut }),
	};
}
