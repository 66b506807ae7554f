import { CarteiraError } from "../../engine/errors.ts";
import { type Policy, validatePolicy } from "../../engine/index.ts";
import { buildHistory } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { DIRECTIONS, OUTCOMES } from "../../engine/portfolio/schema.ts";
import { type Day, formatDay, parseDay, SECONDS_PER_DAY } from "../../engine/units.ts";
import { type ExperimentReport, type Guardrail, LADDER, type LadderStep, OUTCOME_METRICS, type Uplift } from "./experiment-document.ts";
import { outcomesOf } from "./outcomes.ts";
import { findParticipants } from "./participants.ts";
import { estimateUplift } from "./uplift.ts";

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
const CANCELLED = OUTCOMES.indexOf("cancelled");
const INBOUND = DIRECTIONS.indexOf("inbound");

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
	const history = buildHistory(portfolio, asOf);
	const drawn = new Set(holdOut.customers);
	const past = buildHistory(portfolio, from);
	const asked = findParticipants(portfolio, past, policy, 1);
	const units = findParticipants(portfolio, past, policy, asked.filter(({ id }) => drawn.has(id)).length / Math.max(1, asked.length));
	const uplift = OUTCOME_METRICS.map((metric): Uplift => {
		const rows = units.map((unit) => ({
			...unit,
			isHeldOut: drawn.has(unit.id),
			outcome: outcomesOf(portfolio, history, policy, unit.customer, from, end)[metric],
			before: outcomesOf(portfolio, past, policy, unit.customer, from - (end - from), from)[metric],
		}));
		const found = estimateUplift(rows, { level, seed, numDraws });
		if (!found)
			throw new CarteiraError(
				"NOT_ENOUGH_HISTORY",
				`${experiment} has no stratum with two customers in both arms; expected a larger share`,
			);
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
	});
	const heldOut = units.filter(({ id }) => drawn.has(id));
	const contacted = countContacted(portfolio, new Set(heldOut.map(({ customer }) => customer)), from, end);
	const share = contacted / Math.max(1, heldOut.length);
	const guardrails: Guardrail[] = [
		{
			rule: "contamination",
			is_met: share <= MOST_CONTACTED,
			figure: share,
			limit: MOST_CONTACTED,
			detail: "share of the hold-out that was contacted all the same",
		},
	];
	const isOver = asOf > last;
	return {
		experiment,
		unit: "customer",
		from: holdOut.from,
		to: holdOut.to,
		as_of: formatDay(asOf),
		is_over: isOver,
		level,
		num_draws: numDraws,
		num_units: units.length,
		num_held_out: heldOut.length,
		num_contacted_though_held_out: contacted,
		uplift,
		guardrails,
		ladder: ladderOf(portfolio, policy, { uplift, guardrails, isOver }),
		notes: isOver ? [] : [{ code: "NOT_OVER", detail: `it ends on ${holdOut.to}: looking early finds more than there is` }],
	};
}

/** Held-out customers with an outbound contact that was made, or tried, in the experiment's days. */
function countContacted({ tables: { contacts } }: Portfolio, heldOut: ReadonlySet<number>, from: Day, end: Day): number {
	const { contacted_at: at } = contacts.numbers;
	const met = new Set<number>();
	for (let row = 0; row < contacts.numRows; row++) {
		const isMade = contacts.codes.direction[row] !== INBOUND && contacts.codes.outcome[row] !== CANCELLED;
		const customer = contacts.refs.customer_id[row];
		if (isMade && heldOut.has(customer) && at[row] >= from * SECONDS_PER_DAY && at[row] < end * SECONDS_PER_DAY) met.add(customer);
	}
	return met.size;
}

/** For each team the next step and what speaks for it: advice wants no loss shown, the plan a gain in margin. The evidence is the company's. */
function ladderOf(
	{ tables: { reps } }: Portfolio,
	{ rollout }: Policy,
	{ uplift, guardrails, isOver }: Pick<ExperimentReport, "uplift" | "guardrails"> & { readonly isOver: boolean },
): LadderStep[] {
	const teams = new Set(Array.from({ length: reps.numRows }, (_, rep) => reps.texts.team_id.at(rep)));
	const margin = uplift.find(({ metric }) => metric === "margin");
	const shown = margin
		? `margin a customer ${(margin.adjusted.effect / 100).toFixed(2)} (${(margin.adjusted.lower / 100).toFixed(2)} to ${(margin.adjusted.upper / 100).toFixed(2)})`
		: "";
	return [...teams]
		.sort((a, b) => (a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1))
		.map((team) => {
			const stage = rollout.find((row) => row.team_id === team)?.stage ?? "plan";
			const next = LADDER[LADDER.indexOf(stage) + 1] ?? null;
			const evidence = [
				{ rule: "over", is_met: isOver, detail: "the experiment is over" },
				{ rule: "guardrails", is_met: guardrails.every(({ is_met }) => is_met), detail: "every guardrail is met" },
				{ rule: "no_loss", is_met: uplift.every(({ verdict }) => verdict !== "loss"), detail: "no figure shows a loss" },
				...(next === "plan" ? [{ rule: "gain", is_met: margin?.verdict === "gain", detail: `a gain in margin: ${shown}` }] : []),
			];
			return { team_id: team, stage, next, is_ready: next !== null && evidence.every(({ is_met }) => is_met), evidence };
		});
}
