import { probit } from "simple-statistics";
import { CarteiraError } from "../../engine/errors.ts";
import { type Policy, validatePolicy } from "../../engine/index.ts";
import { buildHistory } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import { type ExperimentDesign, type Guardrail, OUTCOME_METRICS } from "./experiment-document.ts";
import { drawHoldOut } from "./lot.ts";
import { outcomesOf } from "./outcomes.ts";
import { findParticipants, type Participant } from "./participants.ts";
import { slopeOf } from "./uplift.ts";

export interface DesignOptions {
	readonly experiment: string;
	readonly from: Day;
	/** Last day. */
	readonly to: Day;
	readonly share: number;
	readonly seed: number;
	readonly level?: number;
	readonly power?: number;
}

/** Signs that the policy takes as an experiment's name. */
const LONGEST_NAME = 100;
/** Longest time for which customers go without planned contact, days. */
const LONGEST = 92;
/** A rep, or a stratum, gives at most so many times the share, and a unit more. */
const MOST_SHARE = 2;
/** Standard errors by which the arms may differ before anything is done: a lot goes beyond once in three hundred times. */
const MOST_IMBALANCE = 3;

/** Draws a small hold-out of customers and states, before it begins, what effect it could find. USAGE for days or shares that make no sense. */
export function designExperiment(portfolio: Portfolio, options: DesignOptions): ExperimentDesign {
	const { experiment, from, to, share, seed, level = 0.9, power = 0.8 } = options;
	if (to < from) throw new CarteiraError("USAGE", `--to is ${formatDay(to)}; expected ${formatDay(from)} (--from) or later`);
	if (!(share > 0 && share <= 0.5)) throw new CarteiraError("USAGE", `--share is ${share}; expected a number above 0, at most 0.5`);
	if (experiment.length === 0 || experiment.length > LONGEST_NAME)
		throw new CarteiraError("USAGE", `the name has ${experiment.length} signs; expected 1 to ${LONGEST_NAME}`);
	const policy = validatePolicy(portfolio.policy);
	const past = buildHistory(portfolio, from);
	const units = findParticipants(portfolio, past, policy, share);
	const drawn = drawHoldOut(units, seed, share);
	if (drawn.size < 2 || units.length - drawn.size < 2)
		throw new CarteiraError(
			"NOT_ENOUGH_HISTORY",
			`${drawn.size} of ${units.length} customers would be held out; expected two at least in either arm`,
		);
	const days = to - from + 1;
	const measured = OUTCOME_METRICS.map((metric) => {
		const rows = units.map((unit) => ({
			...unit,
			isHeldOut: drawn.has(unit.id),
			outcome: outcomesOf(portfolio, past, policy, unit.customer, from - days, from)[metric],
			before: outcomesOf(portfolio, past, policy, unit.customer, from - 2 * days, from - days)[metric],
		}));
		return { metric, rows };
	});
	const sides = probit((1 + level) / 2) + probit(power);
	const scale = Math.sqrt(1 / drawn.size + 1 / (units.length - drawn.size));
	const powers = measured.map(({ metric, rows }) => {
		const strata = [...Map.groupBy(rows, ({ stratum }) => stratum).values()];
		const slope = slopeOf(strata);
		const residuals = strata.flatMap((own) => centred(own.map(({ outcome, before }) => outcome - slope * before)));
		const deviation = Math.sqrt(residuals.reduce((sum, one) => sum + one ** 2, 0) / Math.max(1, rows.length - strata.length - 1));
		const baseline = rows.reduce((sum, { outcome }) => sum + outcome, 0) / rows.length;
		const detectable = sides * deviation * scale;
		return {
			metric,
			baseline,
			deviation,
			minimum_detectable: detectable,
			minimum_detectable_share: baseline > 0 ? detectable / baseline : null,
		};
	});
	const [{ rows: sales }] = measured;
	const planned = sales.filter(({ isHeldOut }) => !isHeldOut);
	const mean = (own: typeof sales): number => own.reduce((sum, { outcome }) => sum + outcome, 0) / own.length;
	const spread = Math.sqrt(centred(sales.map(({ outcome }) => outcome)).reduce((sum, one) => sum + one ** 2, 0) / sales.length) * scale;
	const imbalance = spread > 0 ? Math.abs(mean(planned) - mean(sales.filter(({ isHeldOut }) => isHeldOut))) / spread : 0;
	return {
		experiment,
		unit: "customer",
		seed,
		share,
		from: formatDay(from),
		to: formatDay(to),
		level,
		wanted_power: power,
		num_units: units.length,
		num_held_out: drawn.size,
		strata: [...Map.groupBy(units, ({ stratum }) => stratum)].map(([name, own]) => ({
			name,
			num_units: own.length,
			num_held_out: own.filter(({ id }) => drawn.has(id)).length,
		})),
		power: powers,
		guardrails: guardrailsOf(units, drawn, share, days, imbalance),
		policy: holdOutFields(policy, options, drawn),
	};
}

function centred(values: readonly number[]): number[] {
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	return values.map((value) => value - mean);
}

/** The policy's hold-outs with this one among them, to be laid over policy.json. */
function holdOutFields({ hold_outs: others }: Policy, { experiment, from, to }: DesignOptions, drawn: ReadonlySet<string>) {
	const own = { experiment, from: formatDay(from), to: formatDay(to), customers: [...drawn].sort((a, b) => (a < b ? -1 : 1)) };
	return { hold_outs: [...others.filter((other) => other.experiment !== experiment), own] };
}

/** Fairness to reps and strata, how long customers are left alone, and whether the lot came out even. */
function guardrailsOf(
	units: readonly Participant[],
	drawn: ReadonlySet<string>,
	share: number,
	days: number,
	imbalance: number,
): Guardrail[] {
	const most = (groups: Map<unknown, Participant[]>, of: (unit: Participant) => number, slack: number): number =>
		Math.max(
			...[...groups.values()].map((own) => {
				const sum = (list: readonly Participant[]): number => list.reduce((total, unit) => total + Math.max(0, of(unit)), 0);
				return sum(own) > 0 ? (sum(own.filter(({ id }) => drawn.has(id))) - slack) / sum(own) : 0;
			}),
		);
	const byRep = Map.groupBy(units, ({ rep }) => rep);
	const byStratum = Map.groupBy(units, ({ stratum }) => stratum);
	const rule = (name: Guardrail["rule"], figure: number, limit: number, detail: string): Guardrail => {
		return { rule: name, is_met: figure <= limit, figure, limit, detail };
	};
	const limit = MOST_SHARE * share;
	return [
		rule(
			"rep_share",
			most(byRep, () => 1, 1),
			limit,
			"largest share of a rep's customers that is held out, one customer apart",
		),
		rule(
			"rep_value",
			most(byRep, ({ pastYear }) => pastYear, 0),
			limit,
			"largest share of a rep's past-year sales that is held out",
		),
		rule(
			"stratum_share",
			most(byStratum, () => 1, 1),
			limit,
			"largest share of a stratum, one customer apart",
		),
		rule("longest_silence", days, LONGEST, "days without planned contact"),
		rule("balance", imbalance, MOST_IMBALANCE, "difference of the arms' sales before, in standard errors"),
	];
}
