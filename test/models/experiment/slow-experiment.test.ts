import { beforeAll, describe, expect, it } from "vitest";
import { type Portfolio, validatePolicy } from "../../../engine/index.ts";
import { buildCalendar } from "../../../engine/portfolio/calendar/calendar.ts";
import { createRandom } from "../../../engine/random.ts";
import { type Day, formatDay, parseDay } from "../../../engine/units.ts";
import { designExperiment } from "../../../models/experiment/design.ts";
import type { ExperimentDesign, ExperimentReport, OutcomeMetric } from "../../../models/experiment/experiment-document.ts";
import { reportExperiment } from "../../../models/experiment/report.ts";
import { studentQuantile, type UpliftUnit } from "../../../models/experiment/uplift.ts";
import { dayOf, ownerOf, plainRows, type SlowRow, slowWorld } from "../../monitor/slow-figures.ts";
import { MADE_AS_OF, madePast } from "../backtest/made-past.ts";

const FROM = MADE_AS_OF - 56;
const END = MADE_AS_OF;
const METRICS = ["revenue", "margin", "orders", "positivation"] as const;
let past: Portfolio;
beforeAll(async () => {
	past = await madePast(90, 2, 12);
});

type Unit = UpliftUnit & { readonly id: string };
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
const isSale = (row: SlowRow): boolean => Number(row.quantity) > 0 && (row.kind === "sale" || row.kind === null);

/** What a slow walk knows of the company: participants with their owners, and what each bought on which days. */
function slowCompany({ policy: laid }: ExperimentDesign) {
	const policy = validatePolicy(past.policy);
	const [holdOut] = validatePolicy(laid).hold_outs;
	const world = slowWorld(past, FROM);
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
	const ordered = (c: number): boolean =>
		world.lines.some((row) => row.customer_id === c && isSale(row) && row.status !== "cancelled" && Number(row.ordered_on) >= FROM - 365);
	const customers = world.ids
		.filter((c) => ordered(c) && !holdOut.left_out.includes(String(world.customers[c].customer_id)))
		.map((c) => ({ c, id: String(world.customers[c].customer_id), rep: ownerOf(world, c), group: world.customers[c].group_id }));
	/** Calls and visits that reps made, or tried. */
	const made = plainRows(past.tables.contacts).filter(
		(row) => row.direction !== "inbound" && row.outcome !== "cancelled" && dayOf(row) >= FROM && dayOf(row) < END,
	);
	return { policy, holdOut, reps: world.reps, outcomeOf, customers, made };
}

/** The spread that the time before does not explain, and how far the arms lie apart in standard errors. */
function slowPower(units: readonly Unit[]) {
	const slope = slopeOf(units);
	const strata = [...Map.groupBy(units, ({ stratum }) => stratum).values()];
	const left = strata.flatMap((own) => {
		const middle = mean(own.map((unit) => unit.outcome - slope * unit.before));
		return own.map((unit) => unit.outcome - slope * unit.before - middle);
	});
	const deviation = Math.sqrt(sum(left.map((one) => one ** 2)) / (units.length - strata.length - 1));
	const arms = [units.filter((unit) => !unit.isHeldOut), units.filter((unit) => unit.isHeldOut)].map((own) =>
		own.map(({ outcome }) => outcome),
	);
	const scale = Math.sqrt(1 / arms[0].length + 1 / arms[1].length);
	const middle = mean(units.map(({ outcome }) => outcome));
	const spread = Math.sqrt(mean(units.map(({ outcome }) => (outcome - middle) ** 2)));
	return { baseline: middle, deviation, scale, balance: Math.abs(mean(arms[0]) - mean(arms[1])) / (spread * scale) };
}

/** Cells: the units of one arm of one stratum. */
const cellsOf = (units: readonly Unit[]): Unit[][] => [...Map.groupBy(units, (unit) => `${unit.stratum} ${unit.isHeldOut}`).values()];

function slopeOf(units: readonly Unit[]): number {
	const pairs = cellsOf(units).flatMap((own) => {
		const [x, y] = [mean(own.map(({ before }) => before)), mean(own.map(({ outcome }) => outcome))];
		return own.map(({ before, outcome }) => [before - x, outcome - y]);
	});
	const squares = sum(pairs.map(([x]) => x * x));
	return squares > 0 ? sum(pairs.map(([x, y]) => x * y)) / squares : 0;
}

function slowUplift(all: readonly Unit[]) {
	const hasBoth = (name: string): boolean =>
		[true, false].every((arm) => all.filter((unit) => unit.stratum === name && unit.isHeldOut === arm).length >= 2);
	const units = all.filter(({ stratum }) => hasBoth(stratum));
	const strata = [...Map.groupBy(units, ({ stratum }) => stratum).values()];
	const slope = slopeOf(units);
	const valueOf = ({ outcome, before }: Unit): number => outcome - slope * before;
	const differenceOf = (own: readonly Unit[], values: ReadonlyMap<Unit, number>, held: ReadonlySet<Unit>): number => {
		const of = (isHeld: boolean): number => mean(own.filter((unit) => held.has(unit) === isHeld).map((unit) => values.get(unit) ?? 0));
		return of(false) - of(true);
	};
	const effectOf = (values: ReadonlyMap<Unit, number>, held: ReadonlySet<Unit>): number =>
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
	const reach = studentQuantile(0.95, held.size - strata.length) * error;
	/** P(a lot drawn again differs as much) if planning brought every unit `tau`: 2,000 lots of its own. */
	const random = createRandom(7, 7);
	const lots = Array.from({ length: 2000 }, () => {
		const drawn = strata.flatMap((own) => {
			const shuffled = own.map((unit) => ({ unit, lot: random.next() })).sort((a, b) => a.lot - b.lot);
			return shuffled.slice(0, own.filter((unit) => held.has(unit)).length).map(({ unit }) => unit);
		});
		return new Set(drawn);
	});
	const chanceOf = (tau: number): number => {
		const without = new Map(units.map((unit) => [unit, valueOf(unit) - (held.has(unit) ? 0 : tau)]));
		return mean(lots.map((lot) => Number(Math.abs(effectOf(without, lot)) >= Math.abs(effect - tau) - 1e-9)));
	};
	const arm = (isHeld: boolean): number => mean(units.filter((unit) => held.has(unit) === isHeld).map(({ outcome }) => outcome));
	return { planned: arm(false), heldOut: arm(true), effect, lower: effect - reach, upper: effect + reach, chanceOf };
}

function expectPower(design: ExperimentDesign, unitsOf: (metric: OutcomeMetric) => readonly Unit[]): void {
	for (const told of design.power) {
		const slow = slowPower(unitsOf(told.metric));
		expect(told.baseline / slow.baseline, told.metric).toBeCloseTo(1, 9);
		expect(told.deviation / slow.deviation, told.metric).toBeCloseTo(1, 9);
		const least = (1.644_854 + 0.841_621) * slow.deviation * slow.scale; // quantiles of 95 % and 80 %
		expect(told.minimum_detectable / least).toBeCloseTo(1, 2);
		expect(told.minimum_detectable_share).toBeCloseTo(told.minimum_detectable / slow.baseline, 9);
	}
	const strata = [...Map.groupBy(unitsOf("revenue"), ({ stratum }) => stratum)];
	const sizes = strata.map(([name, own]) => [name, own.length, own.filter(({ isHeldOut }) => isHeldOut).length]);
	expect(design.strata.map((one) => [one.name, one.num_units, one.num_held_out])).toEqual(sizes);
	expect(design.guardrails.find(({ rule }) => rule === "balance")?.figure).toBeCloseTo(slowPower(unitsOf("revenue")).balance, 9);
}

function expectUplift(report: ExperimentReport, unitsOf: (metric: OutcomeMetric) => readonly Unit[]): void {
	expect(report.uplift.map(({ metric }) => metric)).toEqual(METRICS);
	for (const { metric, planned, held_out, adjusted, randomised, p_value } of report.uplift) {
		const slow = slowUplift(unitsOf(metric));
		expect(planned / slow.planned, metric).toBeCloseTo(1, 9);
		expect(held_out / slow.heldOut, metric).toBeCloseTo(1, 9);
		for (const { effect } of [adjusted, randomised]) expect(effect / slow.effect, metric).toBeCloseTo(1, 6);
		expect((adjusted.upper - adjusted.lower) / (slow.upper - slow.lower), metric).toBeCloseTo(1, 6);
		expect(Math.abs(p_value - slow.chanceOf(0)), metric).toBeLessThan(0.06);
		// The ends of an interval of 90 % are what one lot in ten refutes.
		for (const end of [randomised.lower, randomised.upper]) expect(Math.abs(slow.chanceOf(end) - 0.1), metric).toBeLessThan(0.05);
	}
}

/** The day after the last order before the first day. */
const knownUntil = (): Day =>
	1 + Math.max(...plainRows(past.tables.orders).flatMap((row) => (Number(row.ordered_on) < FROM ? [Number(row.ordered_on)] : [])));
const laid = (design: ExperimentDesign): Portfolio => ({ ...past, policy: { ...(past.policy as object), ...design.policy } });
const figureOf = ({ guardrails }: ExperimentDesign | ExperimentReport, rule: string): number | undefined =>
	guardrails.find((one) => one.rule === rule)?.figure;

describe("an experiment on customers", () => {
	it("has power, balance, uplift, intervals and contamination as customer by customer adds up to", () => {
		const design = designExperiment(past, { experiment: "autumn", from: FROM, to: END - 1, share: 0.3, seed: 5 });
		const { holdOut, reps, outcomeOf, customers, made } = slowCompany(design);
		const pastYear = new Map(customers.map(({ c }) => [c, outcomeOf(c, FROM - 365, FROM).revenue]));
		const ranked = customers.toSorted((a, b) => (pastYear.get(b.c) ?? 0) - (pastYear.get(a.c) ?? 0) || a.c - b.c);
		const sizeOf = (c: number): string =>
			["large", "middle", "small"][Math.floor((3 * ranked.findIndex((one) => one.c === c)) / ranked.length)];
		const fineOf = ({ c, rep }: (typeof customers)[number]): string => `${reps[rep].rep_id} ${sizeOf(c)}`;
		const unitsIn =
			(from: Day, to: Day) =>
			(metric: OutcomeMetric): Unit[] =>
				customers.map((one) => {
					const peers = customers.filter((other) => fineOf(other) === fineOf(one)).length;
					return {
						id: one.id,
						stratum: 0.3 * peers >= 3 ? fineOf(one) : `other ${sizeOf(one.c)}`,
						cluster: one.group === null ? `customer ${one.id}` : `group ${one.group}`,
						isHeldOut: holdOut.customers.includes(one.id),
						outcome: outcomeOf(one.c, from, to)[metric],
						before: outcomeOf(one.c, from - (to - from), from)[metric],
					};
				});
		expectPower(design, unitsIn(knownUntil() - (END - FROM), knownUntil()));
		expect(figureOf(design, "longest_silence")).toBe(END - FROM);

		const report = reportExperiment(laid(design), { experiment: "autumn", asOf: END });
		expectUplift(report, unitsIn(FROM, END));
		const contacted = customers.filter(({ c, id }) => holdOut.customers.includes(id) && made.some((row) => row.customer_id === c));
		expect(contacted.length).toBeGreaterThan(0);
		expect(report.num_contacted_though_held_out).toBe(contacted.length);
		expect(figureOf(report, "contamination")).toBeCloseTo(contacted.length / holdOut.customers.length, 12);
		expect([report.num_units, report.num_held_out]).toEqual([customers.length, holdOut.customers.length]);
	});
});

describe("an experiment on days of reps", () => {
	it("has power, fairness, uplift, intervals and contamination as day by day adds up to", () => {
		const design = designExperiment(past, { experiment: "switch", from: FROM, to: END - 1, share: 0.25, seed: 2, unit: "rep_day" });
		const { policy, holdOut, reps, outcomeOf, customers, made } = slowCompany(design);
		const calendar = buildCalendar(past.tables.holidays, policy);
		const days = Array.from({ length: END - FROM }, (_, i) => FROM + i).filter((day) => calendar.isWorkingDay(day));
		const isDrawn = (rep: number, day: Day): boolean =>
			holdOut.rep_days.some(({ rep_id, dates }) => rep_id === reps[rep].rep_id && dates.some((date) => parseDay(date) === day));
		const soldOn = (rep: number, day: Day, metric: OutcomeMetric): number =>
			sum(customers.filter((one) => one.rep === rep).map(({ c }) => outcomeOf(c, day, day + 1)[metric]));
		const owners = [...new Set(customers.map(({ rep }) => rep))].sort((a, b) => a - b);
		const unitsAt =
			(shift: number) =>
			(metric: OutcomeMetric): Unit[] =>
				owners.flatMap((rep) =>
					days.map((day) => {
						const start = days[0] - shift;
						const usual = Array.from({ length: 56 }, (_, i) => start - 56 + i).filter((other) => (day - shift - other) % 7 === 0);
						const block = FROM + 14 * Math.floor((day - FROM) / 14);
						return {
							id: `${reps[rep].rep_id} ${formatDay(day)}`,
							stratum: `${reps[rep].rep_id} from ${formatDay(days.find((one) => one >= block) ?? 0)}`,
							cluster: `${rep} ${day}`,
							isHeldOut: isDrawn(rep, day),
							outcome: soldOn(rep, day - shift, metric),
							before: mean(usual.map((other) => soldOn(rep, other, metric))),
						};
					}),
				);
		expectPower(design, unitsAt(7 * Math.ceil((END - knownUntil()) / 7)));
		const report = reportExperiment(laid(design), { experiment: "switch", asOf: END });
		expectUplift(report, unitsAt(0));
		const silences = owners.flatMap((rep) => {
			const planned = days.filter((day) => !isDrawn(rep, day));
			return planned.slice(1).map((day, i) => day - planned[i]);
		});
		const shares = owners.map((rep) => (days.filter((day) => isDrawn(rep, day)).length - 1) / days.length);
		for (const told of [design, report]) {
			expect(figureOf(told, "longest_silence")).toBe(Math.max(...silences));
			expect(figureOf(told, "rep_share")).toBeCloseTo(Math.max(...shares), 12);
		}
		const promised = plainRows(past.tables.appointments);
		const contacted = owners.flatMap((rep) =>
			days.filter(
				(day) =>
					isDrawn(rep, day) &&
					made.some(
						(row) =>
							row.rep_id === rep &&
							dayOf(row) === day &&
							!promised.some((one) => one.customer_id === row.customer_id && one.rep_id === rep && one.on === day),
					),
			),
		);
		expect(contacted.length).toBeGreaterThan(0);
		expect(report.num_contacted_though_held_out).toBe(contacted.length);
		expect(figureOf(report, "contamination")).toBeCloseTo(contacted.length / report.num_held_out, 12);
	});
});
