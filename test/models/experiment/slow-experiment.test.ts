import { beforeAll, describe, expect, it } from "vitest";
import type { Portfolio } from "../../../engine/index.ts";
import { buildCalendar } from "../../../engine/portfolio/calendar/calendar.ts";
import { type Day, formatDay, parseDay } from "../../../engine/units.ts";
import { designExperiment } from "../../../models/experiment/design.ts";
import type { ExperimentDesign, ExperimentReport, OutcomeMetric } from "../../../models/experiment/experiment-document.ts";
import { reportExperiment } from "../../../models/experiment/report.ts";
import { dayOf, plainRows } from "../../monitor/slow-figures.ts";
import { MADE_AS_OF, madePast } from "../backtest/made-past.ts";
import { expectLadder, mean, slopeOf, slowCompany, slowUplift, sum, type TrialUnit } from "./slow-experiment.ts";

const FROM = MADE_AS_OF - 56;
const END = MADE_AS_OF;
const METRICS = ["revenue", "margin", "orders", "positivation"] as const;
let past: Portfolio;
beforeAll(async () => {
	past = await madePast(90, 2, 12);
});

/** The spread that the time before does not explain, and how far the arms lie apart in standard errors. */
function slowPower(units: readonly TrialUnit[]) {
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

function expectPower(design: ExperimentDesign, unitsOf: (metric: OutcomeMetric) => readonly TrialUnit[]): void {
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

function expectUplift(report: ExperimentReport, unitsOf: (metric: OutcomeMetric) => readonly TrialUnit[]): void {
	expect(report.uplift.map(({ metric }) => metric)).toEqual(METRICS);
	for (const { metric, planned, held_out, adjusted, randomised, p_value } of report.uplift) {
		const slow = slowUplift(unitsOf(metric));
		if (!slow) throw new Error("no stratum has both arms");
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

/** The guardrails that there are, each met up to its limit. */
function expectLimits({ guardrails }: ExperimentDesign | ExperimentReport, limits: Readonly<Record<string, number>>): void {
	expect(guardrails.map(({ rule }) => rule).sort()).toEqual(Object.keys(limits).sort());
	for (const { rule, figure, limit, is_met } of guardrails) {
		expect(limit, rule).toBeCloseTo(limits[rule], 12);
		expect(is_met, rule).toBe(figure <= limits[rule]);
	}
}

describe("an experiment on customers", () => {
	it("has power, balance, uplift, intervals and contamination as customer by customer adds up to", () => {
		const design = designExperiment(past, { experiment: "autumn", from: FROM, to: END - 1, share: 0.3, seed: 5 });
		const { holdOut, customers, unitsIn, isContacted } = slowCompany(past, design, END);
		expectPower(design, unitsIn(knownUntil() - (END - FROM), knownUntil()));
		expect(figureOf(design, "longest_silence")).toBe(END - FROM);
		const limits = { rep_share: 0.6, rep_value: 0.6, stratum_share: 0.6, phase_floor: 0.6 };
		expectLimits(design, { ...limits, longest_silence: 92, balance: 3 });

		const report = reportExperiment(laid(design), { experiment: "autumn", asOf: END });
		expectLimits(report, { ...limits, contamination: 0.1 });
		expectUplift(report, unitsIn(FROM, END));
		const contacted = customers.filter(({ c, id }) => holdOut.customers.includes(id) && isContacted(c));
		expect(contacted.length).toBeGreaterThan(0);
		expect(report.num_contacted_though_held_out).toBe(contacted.length);
		expect(figureOf(report, "contamination")).toBeCloseTo(contacted.length / holdOut.customers.length, 12);
		expect([report.num_units, report.num_held_out]).toEqual([customers.length, holdOut.customers.length]);
		expectLadder(report, laid(design), unitsIn(FROM, END), new Set(contacted.map(({ id }) => id)));
	});
});

describe("an experiment on days of reps", () => {
	it("has power, fairness, uplift, intervals and contamination as day by day adds up to", () => {
		const design = designExperiment(past, { experiment: "switch", from: FROM, to: END - 1, share: 0.25, seed: 2, unit: "rep_day" });
		const { policy, holdOut, reps, outcomeOf, customers, made } = slowCompany(past, design, END);
		const calendar = buildCalendar(past.tables.holidays, policy);
		const days = Array.from({ length: END - FROM }, (_, i) => FROM + i).filter((day) => calendar.isWorkingDay(day));
		const isDrawn = (rep: number, day: Day): boolean =>
			holdOut.rep_days.some(({ rep_id, dates }) => rep_id === reps[rep].rep_id && dates.some((date) => parseDay(date) === day));
		const soldOn = (rep: number, day: Day, metric: OutcomeMetric): number =>
			sum(customers.filter((one) => one.rep === rep).map(({ c }) => outcomeOf(c, day, day + 1)[metric]));
		const owners = [...new Set(customers.map(({ rep }) => rep))].sort((a, b) => a - b);
		const unitsAt =
			(shift: number) =>
			(metric: OutcomeMetric): TrialUnit[] =>
				owners.flatMap((rep) =>
					days.map((day) => {
						const start = days[0] - shift;
						const usual = Array.from({ length: 56 }, (_, i) => start - 56 + i).filter((other) => (day - shift - other) % 7 === 0);
						const block = FROM + 14 * Math.floor((day - FROM) / 14);
						return {
							id: `${reps[rep].rep_id} ${formatDay(day)}`,
							rep,
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
		const limits = { rep_share: (2 * report.num_held_out) / report.num_units, longest_silence: 14 };
		expectLimits(design, { ...limits, balance: 3 });
		expectLimits(report, { ...limits, contamination: 0.1 });
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
