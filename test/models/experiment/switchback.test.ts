import { beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Portfolio } from "../../../engine/index.ts";
import { CLASSES, PHASES, pictureBefore, validatePolicy } from "../../../engine/index.ts";
import { buildHistory } from "../../../engine/portfolio/history.ts";
import { formatDay, parseDay, weekdayOf } from "../../../engine/units.ts";
import { designExperiment } from "../../../models/experiment/design.ts";
import { type ExperimentDesign, experimentDesign, experimentReport } from "../../../models/experiment/experiment-document.ts";
import { findLeftOut, findParticipants } from "../../../models/experiment/participants.ts";
import { reportExperiment } from "../../../models/experiment/report.ts";
import { formatDesign, formatExperiment } from "../../../models/report/experiment-sheets.ts";
import { MADE_AS_OF, madePast, spoiledFrom } from "../backtest/made-past.ts";

const FROM = MADE_AS_OF - 84;
const options = { experiment: "switch", from: FROM, to: MADE_AS_OF - 1, share: 0.2, seed: 1, unit: "rep_day" } as const;
let past: Portfolio;
let design: ExperimentDesign;
const laid = (fields: object, over: Portfolio = past): Portfolio => ({ ...over, policy: { ...(past.policy as object), ...fields } });
const datesOf = ({ policy }: ExperimentDesign): Map<string, string[]> => {
	const [{ rep_days: rows }] = policy.hold_outs as { rep_days: { rep_id: string; dates: string[] }[] }[];
	return new Map(rows.map(({ rep_id, dates }) => [rep_id, dates]));
};
beforeAll(async () => {
	past = await madePast(150, 2, 12);
	design = designExperiment(past, options);
});

describe("a switchback by days of reps", () => {
	it("draws days of both arms for every rep in each fortnight, the same for a seed, others for another", () => {
		expect(experimentDesign.safeParse(design).error).toBeUndefined();
		const dates = datesOf(design);
		expect(dates.size).toBe(2);
		for (const own of dates.values())
			for (let start = FROM; start < MADE_AS_OF; start += 14) {
				const held = own.filter((date) => parseDay(date) >= start && parseDay(date) < start + 14);
				expect(held.length).toBeGreaterThanOrEqual(2);
				expect(held.length).toBeLessThanOrEqual(3); // a fifth of ten days at most, or two
				for (const date of held) expect(weekdayOf(parseDay(date))).toBeLessThan(5);
			}
		expect(designExperiment(past, options)).toEqual(design);
		expect(datesOf(designExperiment(past, { ...options, seed: 4 }))).not.toEqual(dates);
	});

	it("states its power beforehand, from nothing dated on its first day or later", () => {
		const [{ deviation, minimum_detectable: least, baseline }] = design.power;
		expect(baseline).toBeGreaterThan(0);
		const arms = Math.sqrt(1 / design.num_held_out + 1 / (design.num_units - design.num_held_out));
		expect(least / (2.4865 * deviation * arms)).toBeCloseTo(1, 2);
		for (const how of ["deleted", "shuffled"] as const) expect(designExperiment(spoiledFrom(past, FROM, how), options)).toEqual(design);
		expect(formatDesign(design)).toContain("days of reps held out");
	});

	it("reports no effect where the lot changed nothing, and that reps worked on all the same", () => {
		const report = reportExperiment(laid(design.policy), { experiment: "switch", asOf: MADE_AS_OF, numDraws: 199 });
		expect(experimentReport.safeParse(report).error).toBeUndefined();
		expect(report).toMatchObject({ unit: "rep_day", num_units: design.num_units, num_held_out: design.num_held_out });
		expect(report.uplift.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 4 }, () => "no_effect_shown"));
		expect(report.guardrails.find(({ rule }) => rule === "contamination")?.is_met).toBe(false);
		expect(report.notes.map(({ code }) => code)).toEqual(["SAME_DAY"]);
		expect(formatExperiment(report)).toContain("a rep's day");
	});

	it("finds a loss of all sales on the days held out", () => {
		const { orders, customers, reps } = past.tables;
		const held = new Set([...datesOf(design)].flatMap(([rep, dates]) => dates.map((date) => `${rep} ${date}`)));
		const dayOf = (row: number): string => {
			const rep = customers.refs.rep_id[orders.refs.customer_id[row]];
			return `${reps.texts.rep_id.at(rep)} ${formatDay(orders.days.ordered_on[row])}`;
		};
		const net = orders.numbers.net_value.map((value, row) => (held.has(dayOf(row)) ? 0 : value));
		const tables = { ...past.tables, orders: { ...orders, numbers: { ...orders.numbers, net_value: net } } };
		const report = reportExperiment(laid(design.policy, { ...past, tables }), { experiment: "switch", asOf: MADE_AS_OF, numDraws: 199 });
		expect(report.uplift[0]).toMatchObject({ metric: "revenue", verdict: "gain", held_out: 0 });
		expect(report.uplift[0].planned).toBeGreaterThan(0);
	});

	it("is obeyed by plans, and the check sees where it is not", async () => {
		const engine = await createEngine({ threads: 1 });
		const dates = ["2026-11-23", "2026-11-25"];
		const [repId] = datesOf(design).keys();
		const policy = { hold_outs: [{ experiment: "switch", from: dates[0], to: "2026-12-04", rep_days: [{ rep_id: repId, dates }] }] };
		const plan = await engine.plan(past, { asOf: MADE_AS_OF, iterations: 5, policy });
		const free = await engine.plan(past, { asOf: MADE_AS_OF, iterations: 5 });
		const planned = (document: typeof plan) =>
			document.reps
				.filter(({ rep_id }) => rep_id === repId)
				.flatMap(({ days }) => days.filter(({ date }) => dates.includes(date)))
				.flatMap(({ entries }) => entries.filter(({ kind }) => kind !== "appointment"));
		const rules = async (document: typeof plan) => (await engine.check(past, document)).map(({ rule }) => rule);
		expect(planned(plan)).toEqual([]);
		expect(planned(free).length).toBeGreaterThan(0);
		expect(await rules(plan)).toEqual([]);
		expect(await rules({ ...free, policy: plan.policy })).toContain("held-out");
		await engine.close();
	});
});

describe("fairness and floors", () => {
	it("are what a slow count says, in the design and in the report", () => {
		const lot = { experiment: "autumn", from: FROM, to: MADE_AS_OF - 1, share: 0.2, seed: 3 };
		const made = designExperiment(past, lot);
		const policy = validatePolicy(past.policy);
		const before = buildHistory(past, FROM);
		const units = findParticipants(past, before, policy, { share: 0.2, leftOut: findLeftOut(past, before) });
		const [{ customers }] = made.policy.hold_outs as { customers: string[] }[];
		const picture = pictureBefore({ portfolio: past, policy, history: before }, FROM);
		/** Largest share held out over groups named by a function; null: in no group. */
		const slow = (names: readonly string[], isIn: (name: string, at: number) => boolean, weight: (at: number) => number, slack: number) => {
			let most = 0;
			for (const name of names) {
				let [all, held] = [0, -slack];
				for (const [at, { id }] of units.entries()) {
					if (!isIn(name, at)) continue;
					all += weight(at);
					if (customers.includes(id)) held += weight(at);
				}
				if (all > 0) most = Math.max(most, held / all);
			}
			return most;
		};
		const reps = units.map(({ rep }) => String(rep));
		const strata = units.map(({ stratum }) => stratum);
		const expected = {
			rep_share: slow(
				reps,
				(name, at) => reps[at] === name,
				() => 1,
				1,
			),
			rep_value: slow(
				reps,
				(name, at) => reps[at] === name,
				(at) => Math.max(0, units[at].pastYear),
				0,
			),
			stratum_share: slow(
				strata,
				(name, at) => strata[at] === name,
				() => 1,
				1,
			),
			phase_floor: slow(
				policy.floors.map((_, floor) => String(floor)),
				(name, at) => {
					const { phase, class: cls } = policy.floors[Number(name)];
					const { customer } = units[at];
					return (
						(phase ?? PHASES[picture.phase[customer]]) === PHASES[picture.phase[customer]] &&
						(cls ?? CLASSES[picture.class[customer]]) === CLASSES[picture.class[customer]]
					);
				},
				() => 1,
				1,
			),
		};
		expect(expected.rep_share).toBeGreaterThan(0);
		const report = reportExperiment(laid(made.policy), { experiment: "autumn", asOf: MADE_AS_OF, numDraws: 19 });
		for (const { guardrails } of [made, report])
			for (const [rule, figure] of Object.entries(expected))
				expect(guardrails.find((one) => one.rule === rule)?.figure).toBeCloseTo(figure, 9);
		// All customers of one rep held out are not fair to it, and the report says so.
		const own = units.filter(({ rep }) => rep === units[0].rep).map(({ id }) => id);
		const unfair = laid({
			hold_outs: [
				{
					experiment: "unfair",
					from: formatDay(FROM),
					to: formatDay(MADE_AS_OF - 1),
					customers: [
						...own.slice(3),
						...units
							.filter(({ rep }) => rep !== units[0].rep)
							.slice(0, 3)
							.map(({ id }) => id),
					],
				},
			],
		});
		const told = reportExperiment(unfair, { experiment: "unfair", asOf: MADE_AS_OF, numDraws: 19 });
		expect(told.guardrails.find(({ rule }) => rule === "rep_share")?.figure).toBeGreaterThan(0.8);
	});
});
