import { beforeAll, describe, expect, it } from "vitest";
import type { ForecastDocument } from "../../engine/forecast/forecast-document.ts";
import { forecastPortfolio } from "../../engine/forecast/forecast.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { loadPredictor, type Predictor } from "../../engine/scoring/predictor.ts";
import { understand } from "../../engine/understand.ts";
import { NULL_CODE, SECONDS_PER_DAY } from "../../engine/units.ts";
import { LAST_DAY } from "../scoring/synthetic-portfolio.ts";
import { madeTrade } from "./trade.ts";

let predictor: Predictor;
beforeAll(async () => {
	predictor = await loadPredictor();
});

function forecastWith(portfolio: Portfolio, plan: unknown): ForecastDocument {
	const context = understand(portfolio, { asOf: LAST_DAY }, predictor, { isSilenceCounted: true });
	return forecastPortfolio({ context, predictor, plan });
}

describe("a forecast with a plan", () => {
	const trade = madeTrade(70, 4);

	it("refuses a plan of another day, and what is no plan", () => {
		const plan = { as_of: "2020-01-01", horizon: { from: "2020-01-01", to: "2020-01-10" }, reps: [] };
		expect(() => forecastWith(trade, plan)).toThrow(/the plan is of 2020-01-01; expected one of 2026-11-23/);
		expect(() => forecastWith(trade, { reps: 1 })).toThrow(/the plan, at \//);
	});

	it("adds to usual service what a plan's contacts win, on what is assumed of contacts", () => {
		const entries = [0, 1, 2].map((row) => ({ customer_id: `customers-${row}`, channel: "visit" }));
		const plan = {
			as_of: "2026-11-23",
			horizon: { from: "2026-11-23", to: "2026-12-04" },
			reps: [{ days: [{ date: "2026-11-24", entries }] }],
		};
		const { groups, plan: told, notes } = forecastWith(trade, plan);
		expect(told).toMatchObject({ num_contacts: 3, usual_contacts: 0, effects: "assumed" });
		expect(notes.map(({ code }) => code)).toContain("PLAN_EFFECTS_ASSUMED");
		const [{ without_plan: without, with_plan: planned }] = groups[0].figures;
		expect(planned?.mean).toBeGreaterThan(without.mean);
		expect((planned?.upper ?? 0) - (planned?.mean ?? 0)).toBeGreaterThan(without.upper - without.mean);
		const idle = forecastWith(trade, { ...plan, reps: [] }).groups[0].figures[0];
		expect(idle.with_plan).toEqual(idle.without_plan);
	});

	it("leaves customers of reps that the plan was not made for to usual service", () => {
		const { contacts } = trade.tables;
		const row = (columns: Readonly<Record<string, unknown>>, value: number) =>
			Object.fromEntries(Object.keys(columns).map((name) => [name, Float64Array.of(value)]));
		const called = {
			...contacts,
			numRows: 1,
			length: 1,
			refs: { ...row(contacts.refs, -1), customer_id: Int32Array.of(1), rep_id: Int32Array.of(1) },
			numbers: { ...row(contacts.numbers, Number.NaN), contacted_at: Float64Array.of((LAST_DAY - 10) * SECONDS_PER_DAY) },
			codes: { ...row(contacts.codes, NULL_CODE), channel: Uint8Array.of(0), outcome: Uint8Array.of(1) },
			texts: Object.fromEntries(Object.keys(contacts.texts).map((name) => [name, { length: 1, at: () => null }])),
		} as unknown as typeof contacts;
		const served = { ...trade, tables: { ...trade.tables, contacts: called } };
		const whole = { as_of: "2026-11-23", horizon: { from: "2026-11-23", to: "2026-12-04" }, reps: [] };
		const told = (plan: object) => {
			const { plan: of, groups } = forecastWith(served, plan);
			return { usual: of?.usual_contacts ?? Number.NaN, figure: groups[0].figures[0] };
		};
		const [missed, other, own] = [whole, { ...whole, receipt: { reps: ["r0"] } }, { ...whole, receipt: { reps: ["r1"] } }].map(told);
		expect(missed.usual).toBeCloseTo(12 / 90, 9);
		expect(missed.figure.with_plan?.mean).toBeLessThan(missed.figure.without_plan.mean);
		expect(own).toEqual(missed);
		expect(other.usual).toBe(0);
		expect(other.figure.with_plan).toEqual(other.figure.without_plan);
	});
});
