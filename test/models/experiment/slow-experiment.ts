import { expect } from "vitest";
import { type Portfolio, validatePolicy } from "../../../engine/index.ts";
import { createRandom } from "../../../engine/random.ts";
import { type Day, parseDay } from "../../../engine/units.ts";
import {
	type ExperimentDesign,
	type ExperimentReport,
	OUTCOME_METRICS,
	type OutcomeMetric,
	type Uplift,
} from "../../../models/experiment/experiment-document.ts";
import { studentQuantile, type UpliftUnit } from "../../../models/experiment/uplift.ts";
import { dayOf, ownerOf, plainRows, type SlowRow, slowWorld } from "../../monitor/slow-figures.ts";

/** A unit of an experiment, of a row of reps. */
export type TrialUnit = UpliftUnit & { readonly id: string; readonly rep: number };
export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
export const mean = (values: readonly number[]): number => sum(values) / values.length;
const isSale = (row: SlowRow): boolean => Number(row.quantity) > 0 && (row.kind === "sale" || row.kind === null);

/** What a slow walk knows of a company and its hold-out: participants with their owners, what each bought on which days, and who was contacted. */
export function slowCompany(past: Portfolio, { policy: laid }: Pick<ExperimentDesign, "policy">, end: Day) {
	const policy = validatePolicy(past.policy);
	const [holdOut] = validatePolicy(laid).hold_outs;
	const first = parseDay(holdOut.from);
	const world = slowWorld(past, first);
	const lines = plainRows(past.tables.orders).filter((row) => row.status !== "cancelled" && row.status !== "cut");
	const linesOf = Map.groupBy(lines, (row) => Number(row.customer_id));
	const outcomeOf = (c: number, from: Day, to: Day): Record<OutcomeMetric, number> => {
		const own = (linesOf.get(c) ?? []).filter((row) => Number(row.ordered_on) >= from && Number(row.ordered_on) < to);
		const back = (row: SlowRow): number => ((Number(row.quantity) < 0 || row.kind === "return") && Number(row.net_value) > 0 ? -1 : 1);
		const marginOf = (row: SlowRow): number =>
			row.margin === null
				? Number(row.net_value) * Number(world.products[Number(row.product_id)].margin_rate ?? policy.value.default_margin_rate)
				: Number(row.margin);
		const revenue = sum(own.map((row) => back(row) * Number(row.net_value)));
		const sold = own.filter(isSale);
		const isReached =
			revenue >= 100 * policy.positivation.min_value && new Set(sold.map((row) => row.product_id)).size >= policy.positivation.min_products;
		return {
			revenue,
			margin: sum(own.map((row) => back(row) * marginOf(row))),
			orders: new Set(sold.map((row) => row.ordered_on)).size,
			positivation: Number(isReached),
		};
	};
	const before = Map.groupBy(world.lines, (row) => Number(row.customer_id));
	const ordered = (c: number): boolean =>
		(before.get(c) ?? []).some((row) => isSale(row) && row.status !== "cancelled" && Number(row.ordered_on) >= first - 365);
	const customers = world.ids
		.filter((c) => ordered(c) && !holdOut.left_out.includes(String(world.customers[c].customer_id)))
		.map((c) => ({ c, id: String(world.customers[c].customer_id), rep: ownerOf(world, c), group: world.customers[c].group_id }));
	/** Calls and visits that reps made, or tried. */
	const made = plainRows(past.tables.contacts).filter(
		(row) => row.direction !== "inbound" && row.outcome !== "cancelled" && dayOf(row) >= first && dayOf(row) < end,
	);
	const pastYear = new Map(customers.map(({ c }) => [c, outcomeOf(c, first - 365, first).revenue]));
	const ranked = customers.toSorted((a, b) => (pastYear.get(b.c) ?? 0) - (pastYear.get(a.c) ?? 0) || a.c - b.c);
	const rankOf = new Map(ranked.map(({ c }, rank) => [c, rank]));
	const sizeOf = (c: number): string => ["large", "middle", "small"][Math.floor((3 * (rankOf.get(c) ?? Number.NaN)) / ranked.length)];
	const fineOf = ({ c, rep }: (typeof customers)[number]): string => `${world.reps[rep].rep_id} ${sizeOf(c)}`;
	const numIn = Map.groupBy(customers, fineOf);
	const stratumOf = (one: (typeof customers)[number]): string =>
		(holdOut.share ?? Number.NaN) * (numIn.get(fineOf(one))?.length ?? 0) >= 3 ? fineOf(one) : `other ${sizeOf(one.c)}`;
	/** Customers as units of an experiment on them, with what they bought on the days from one up to another, and in as many before. */
	const unitsIn =
		(from: Day, to: Day) =>
		(metric: OutcomeMetric): TrialUnit[] =>
			customers.map((one) => ({
				...one,
				stratum: stratumOf(one),
				cluster: one.group === null ? `customer ${one.id}` : `group ${one.group}`,
				isHeldOut: holdOut.customers.includes(one.id),
				outcome: outcomeOf(one.c, from, to)[metric],
				before: outcomeOf(one.c, from - (to - from), from)[metric],
			}));
	/** Was a customer contacted in the experiment's days? */
	const met = new Set(made.map((row) => row.customer_id));
	const isContacted = (c: number): boolean => met.has(c);
	return { policy, holdOut, reps: world.reps, outcomeOf, customers, made, unitsIn, isContacted };
}

/** Cells: the units of one arm of one stratum. */
const cellsOf = (units: readonly TrialUnit[]): TrialUnit[][] => [
	...Map.groupBy(units, (unit) => `${unit.stratum} ${unit.isHeldOut}`).values(),
];

export function slopeOf(units: readonly TrialUnit[]): number {
	const pairs = cellsOf(units).flatMap((own) => {
		const [x, y] = [mean(own.map(({ before }) => before)), mean(own.map(({ outcome }) => outcome))];
		return own.map(({ before, outcome }) => [before - x, outcome - y]);
	});
	const squares = sum(pairs.map(([x]) => x * x));
	return squares > 0 ? sum(pairs.map(([x, y]) => x * y)) / squares : 0;
}

/** The uplift of units in strata with two of both arms at least; null where there is none. */
export function slowUplift(all: readonly TrialUnit[]) {
	const hasBoth = (name: string): boolean =>
		[true, false].every((arm) => all.filter((unit) => unit.stratum === name && unit.isHeldOut === arm).length >= 2);
	const units = all.filter(({ stratum }) => hasBoth(stratum));
	if (units.length === 0) return null;
	const strata = [...Map.groupBy(units, ({ stratum }) => stratum).values()];
	const slope = slopeOf(units);
	const valueOf = ({ outcome, before }: TrialUnit): number => outcome - slope * before;
	const differenceOf = (own: readonly TrialUnit[], values: ReadonlyMap<TrialUnit, number>, held: ReadonlySet<TrialUnit>): number => {
		const of = (isHeld: boolean): number => mean(own.filter((unit) => held.has(unit) === isHeld).map((unit) => values.get(unit) ?? 0));
		return of(false) - of(true);
	};
	const effectOf = (values: ReadonlyMap<TrialUnit, number>, held: ReadonlySet<TrialUnit>): number =>
		sum(strata.map((own) => (own.length / units.length) * differenceOf(own, values, held)));
	const held = new Set(units.filter(({ isHeldOut }) => isHeldOut));
	const values = new Map(units.map((unit) => [unit, valueOf(unit)]));
	const effect = effectOf(values, held);
	/** What each unit adds to the difference, summed by what belongs together. */
	const byCluster = new Map<string, number>();
	for (const cell of cellsOf(units)) {
		const weight = strata.find((own) => own.includes(cell[0]))?.length ?? 0;
		const middle = mean(cell.map(valueOf));
		for (const unit of cell) {
			const share = (weight / units.length / cell.length) * Math.sqrt(cell.length / (cell.length - 1));
			byCluster.set(unit.cluster, (byCluster.get(unit.cluster) ?? 0) + (unit.isHeldOut ? -1 : 1) * share * (valueOf(unit) - middle));
		}
	}
	const error = Math.sqrt(sum([...byCluster.values()].map((one) => one ** 2)));
	const reach = studentQuantile(0.95, Math.max(1, held.size - strata.length)) * error;
	/** P(a lot drawn again differs as much) if planning brought every unit `tau`: 2,000 lots of its own. */
	const random = createRandom(7, 7);
	const drawLots = () =>
		Array.from({ length: 2000 }, () => {
			const drawn = strata.flatMap((own) => {
				const shuffled = own.map((unit) => ({ unit, lot: random.next() })).sort((a, b) => a.lot - b.lot);
				return shuffled.slice(0, own.filter((unit) => held.has(unit)).length).map(({ unit }) => unit);
			});
			return new Set(drawn);
		});
	let lots: ReturnType<typeof drawLots> | null = null; // of those alone who ask
	const chanceOf = (tau: number): number => {
		const without = new Map(units.map((unit) => [unit, valueOf(unit) - (held.has(unit) ? 0 : tau)]));
		lots ??= drawLots();
		return mean(lots.map((lot) => Number(Math.abs(effectOf(without, lot)) >= Math.abs(effect - tau) - 1e-9)));
	};
	const arm = (isHeld: boolean): number => mean(units.filter((unit) => held.has(unit) === isHeld).map(({ outcome }) => outcome));
	return { planned: arm(false), heldOut: arm(true), effect, lower: effect - reach, upper: effect + reach, chanceOf };
}

const money = (cents: number): string => (cents / 100).toFixed(2);

/**
 * Each team's step and what speaks for it, from the units alone; only the intervals of lots drawn again are the report's own. Whoever is named
 * in `contacted` was contacted though held out.
 */
export function expectLadder(
	report: ExperimentReport,
	portfolio: Portfolio,
	unitsOf: (metric: OutcomeMetric) => readonly TrialUnit[],
	contacted: ReadonlySet<string>,
): void {
	const reps = plainRows(portfolio.tables.reps);
	const units = new Map(OUTCOME_METRICS.map((metric) => [metric, unitsOf(metric)]));
	const { rollout } = validatePolicy(portfolio.policy);
	const teamOf = ({ rep }: TrialUnit) => (rep < 0 ? undefined : reps[rep].team_id);
	const judge = (told: readonly Uplift[], isMeant: (unit: TrialUnit) => boolean) =>
		OUTCOME_METRICS.flatMap((metric) => {
			const slow = slowUplift((units.get(metric) ?? []).filter(isMeant));
			const found = told.find((one) => one.metric === metric);
			if (!slow) return [];
			if (!found) throw new Error(`${metric} is not told`);
			expect(found.planned).toBeCloseTo(slow.planned, 4);
			expect(found.held_out).toBeCloseTo(slow.heldOut, 4);
			for (const { effect } of [found.adjusted, found.randomised]) expect(effect).toBeCloseTo(slow.effect, 4);
			for (const end of ["lower", "upper"] as const) expect(found.adjusted[end]).toBeCloseTo(slow[end], 4);
			const isGain = slow.lower > 0 && found.randomised.lower > 0;
			const isLoss = slow.upper < 0 && found.randomised.upper < 0;
			const verdict = isGain ? "gain" : isLoss ? "loss" : "no_effect_shown";
			expect(found.verdict).toBe(verdict);
			return [{ metric, verdict, ...slow, words: `margin a unit ${money(slow.effect)} (${money(slow.lower)} to ${money(slow.upper)})` }];
		});
	const company = judge(report.uplift, () => true);
	const marginOf = (uplift: typeof company) => uplift.find(({ metric }) => metric === "margin");
	const isLost = (uplift: typeof company): boolean => uplift.some(({ verdict }) => verdict === "loss");
	const ofCompany = marginOf(company);
	for (const { rule, figure, limit, is_met } of report.guardrails) expect(is_met, rule).toBe(figure <= limit);
	const names = [...new Set(reps.map((row) => row.team_id))].map((name) => (name === null ? null : String(name)));
	const teams = [...names.filter((name) => name !== null).sort(), ...names.filter((name) => name === null)];
	expect(report.ladder.map(({ team_id }) => team_id)).toEqual(teams);
	for (const { uplift, ...step } of report.ladder) {
		const isOwn = (unit: TrialUnit): boolean => teamOf(unit) === step.team_id;
		const team = judge(uplift, isOwn);
		expect(uplift).toHaveLength(team.length);
		const own = marginOf(team);
		const heldOut = (units.get("margin") ?? []).filter((unit) => isOwn(unit) && unit.isHeldOut);
		const numContacted = heldOut.filter(({ id }) => contacted.has(id)).length;
		const stage = rollout.find(({ team_id }) => team_id === step.team_id)?.stage ?? "plan";
		const next = { shadow: "advise", advise: "plan", plan: null }[stage];
		const words = own?.words ?? "too few units in both arms";
		const isCarried = own !== undefined && ofCompany?.verdict === "gain" && own.upper >= ofCompany.lower;
		const evidence = [
			{ rule: "over", is_met: report.as_of > report.to, detail: "the experiment is over" },
			{ rule: "guardrails", is_met: report.guardrails.every(({ figure, limit }) => figure <= limit), detail: "every guardrail is met" },
			{ rule: "no_loss", is_met: !isLost(company), detail: "no figure of the company shows a loss" },
			{ rule: "team_obeyed", is_met: 10 * numContacted <= heldOut.length, detail: "the team left its hold-out alone" },
			{ rule: "team_no_loss", is_met: own !== undefined && !isLost(team), detail: `no figure of the team shows a loss: ${words}` },
			{
				rule: "gain",
				is_met: own?.verdict === "gain" || isCarried,
				detail: `a gain in margin, the team's own (${words}), or the company's that it does not contradict (${ofCompany?.words ?? ""})`,
			},
		].slice(0, next === "plan" ? 6 : 5);
		expect(step).toEqual({
			team_id: step.team_id,
			stage,
			next,
			is_ready: next !== null && evidence.every(({ is_met }) => is_met),
			evidence,
		});
	}
}
