import { CarteiraError } from "../../engine/errors.ts";
import { validatePolicy } from "../../engine/index.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { type Day, formatDay, parseDay } from "../../engine/units.ts";
import { type ExperimentReport, OUTCOME_METRICS, type OutcomeMetric, type Uplift } from "./experiment-document.ts";
import { guardrail } from "./guardrails.ts";
import { ladderOf, type TeamEvidence } from "./ladder.ts";
import { customerTrial, repDayTrial, type TrialUnit } from "./trial.ts";
import { estimateUplift, type UpliftOptions } from "./uplift.ts";

export interface ReportOptions {
	readonly experiment: string;
	/** Nothing dated on this day or later is looked at. */
	readonly asOf: Day;
	readonly level?: number;
	readonly seed?: number;
	readonly numDraws?: number;
}

/** Share of the hold-out that may be contacted all the same before the experiment says little. */
const MOST_CONTACTED = 0.1;
/** A day's contacts also bring, or take away, orders of later days. */
const SAME_DAY = {
	code: "SAME_DAY",
	detail: "sales of the day itself: orders that a contact brings later, or only moves to its day, are not told apart",
};

/**
 * What planning brought against withholding it, by the lot alone: who was held out stays held out, whatever reps did. NOT_FOUND for an
 * experiment that the policy does not have; NOT_ENOUGH_HISTORY before its first day is over, or without two customers in both arms of a stratum.
 */
export function reportExperiment(portfolio: Portfolio, options: ReportOptions): ExperimentReport {
	const { experiment, asOf, level = 0.9, seed = 1, numDraws = 999 } = options;
	const policy = validatePolicy(portfolio.policy);
	const holdOut = policy.hold_outs.find((one) => one.experiment === experiment);
	if (!holdOut) throw new CarteiraError("NOT_FOUND", `hold_outs of the policy has no experiment ${experiment}`);
	const [from, last] = [parseDay(holdOut.from), parseDay(holdOut.to)];
	const end = Math.min(asOf, last + 1);
	if (end <= from)
		throw new CarteiraError("NOT_ENOUGH_HISTORY", `${experiment} begins on ${holdOut.from}; expected --as-of after that day`);
	const trial = (holdOut.rep_days.length > 0 ? repDayTrial : customerTrial)(portfolio, holdOut, asOf, end);
	const rows = new Map(OUTCOME_METRICS.map((metric) => [metric, trial.rowsOf(metric)]));
	const judge = (isMeant: (unit: TrialUnit) => boolean): Uplift[] | null => {
		const found = OUTCOME_METRICS.map((metric) => upliftOf(metric, (rows.get(metric) ?? []).filter(isMeant), { level, seed, numDraws }));
		return found.every((one) => one !== null) ? found : null;
	};
	const uplift = judge(() => true);
	if (!uplift)
		throw new CarteiraError("NOT_ENOUGH_HISTORY", `${experiment} has no stratum with two units in both arms; expected a larger share`);
	const units = rows.get("margin") ?? [];
	const heldOut = units.filter(({ isHeldOut }) => isHeldOut);
	const contactedShareOf = (own: readonly TrialUnit[]): number =>
		own.filter(({ id }) => trial.contacted.has(id)).length / Math.max(1, own.length);
	const guardrails = [
		guardrail("contamination", contactedShareOf(heldOut), MOST_CONTACTED, "share of the hold-out that was contacted all the same"),
		...trial.fairness,
	];
	const { team_id: teams } = portfolio.tables.reps.texts;
	const evidenceOf = (team: string | null): TeamEvidence => {
		const isOwn = ({ rep }: TrialUnit): boolean => rep >= 0 && teams.at(rep) === team;
		return { uplift: judge(isOwn), contactedShare: contactedShareOf(heldOut.filter(isOwn)) };
	};
	const isOver = asOf > last;
	return {
		experiment,
		unit: trial.unit,
		from: holdOut.from,
		to: holdOut.to,
		as_of: formatDay(asOf),
		is_over: isOver,
		level,
		num_draws: numDraws,
		num_units: units.length,
		num_held_out: heldOut.length,
		num_contacted_though_held_out: heldOut.filter(({ id }) => trial.contacted.has(id)).length,
		uplift,
		guardrails,
		ladder: ladderOf(portfolio, policy, { uplift, guardrails, is_over: isOver }, evidenceOf, MOST_CONTACTED),
		notes: [
			...(isOver ? [] : [{ code: "NOT_OVER", detail: `it ends on ${holdOut.to}: looking early finds more than there is` }]),
			...(trial.unit === "rep_day" ? [SAME_DAY] : []),
		],
	};
}

/** The uplift of one figure; null where no stratum has two units in both arms. */
function upliftOf(metric: OutcomeMetric, rows: readonly TrialUnit[], options: UpliftOptions): Uplift | null {
	const found = estimateUplift(rows, options);
	if (!found) return null;
	const interval = ([lower, upper]: readonly [number, number]) => ({ effect: found.effect, lower, upper });
	const isGain = found.adjusted[0] > 0 && found.randomised[0] > 0;
	const isLoss = found.adjusted[1] < 0 && found.randomised[1] < 0;
	return {
		metric,
		planned: found.planned,
		held_out: found.heldOut,
		adjusted: interval(found.adjusted),
		randomised: interval(found.randomised),
		p_value: found.pValue,
		verdict: isGain ? "gain" : isLoss ? "loss" : "no_effect_shown",
	};
}
