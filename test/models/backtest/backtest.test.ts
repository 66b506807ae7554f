import { beforeAll, describe, expect, it } from "vitest";
import { contactValuesOf, type Portfolio, TERMS } from "../../../engine/index.ts";
import { buildHistory, netValueOf } from "../../../engine/portfolio/history.ts";
import { createRandom } from "../../../engine/random.ts";
import { prepareCases } from "../../../engine/policy/cases.ts";
import { loadPredictor, type Predictor } from "../../../engine/scoring/predictor.ts";
import { formatDay, parseDay } from "../../../engine/units.ts";
import { understand } from "../../../engine/understand.ts";
import { type BacktestDocument, backtestDocument } from "../../../models/backtest/backtest-document.ts";
import { backtest, contextAt } from "../../../models/backtest/backtest.ts";
import { effectsThen, knownThen } from "../../../models/backtest/known-then.ts";
import { rankCustomers } from "../../../models/backtest/rankings.ts";
import { formatBacktest } from "../../../models/report/backtest-report.ts";
import { backtestPage } from "../../../server/pages/backtest-page.ts";
import { createSpeech } from "../../../server/pages/speech.ts";
import { randomWorld } from "../../random-world.ts";
import { MADE_AS_OF, madePast, spoiledFrom } from "./made-past.ts";

const ORIGIN = MADE_AS_OF - 120;
let past: Portfolio;
let predictor: Predictor;
let document: BacktestDocument;
beforeAll(async () => {
	[past, predictor] = await Promise.all([madePast(120, 2, 11), loadPredictor()]);
	document = await backtest(past, { from: ORIGIN - 60, to: ORIGIN, origins: 2 });
});

const contextOf = (portfolio: Portfolio) => contextAt(knownThen(portfolio), portfolio, ORIGIN, predictor);

describe("a back-test", () => {
	it("is the document that it says it is, with a table for people that says what it cannot show", () => {
		expect(backtestDocument.safeParse(document).error).toBeUndefined();
		expect(document.origins.map(({ origin }) => origin)).toEqual([ORIGIN - 60, ORIGIN].map(formatDay));
		expect(document.overall.map(({ ranking }) => ranking)).toEqual(["value", "last_order", "biggest", "route", "random", "reps"]);
		expect(document.limits.map(({ code }) => code)).toEqual(["NO_UPLIFT", "USUAL_SERVICE", "TODAYS_MASTER_DATA", "NO_SOLVE"]);
		expect(formatBacktest(document)).toMatch(/not what contacting them would have changed/);
		for (const { sales, value_ahead } of document.overall) {
			expect(sales.lower).toBeLessThanOrEqual(sales.mean ?? 0);
			expect(sales.upper).toBeGreaterThanOrEqual(sales.mean ?? 1);
			const own = (document.overall[0].sales.mean ?? 0) - (sales.mean ?? 0);
			if (value_ahead) expect(value_ahead.sales.mean).toBeCloseTo(own, 12);
		}
	});

	it("has intervals as wide as drawing the customers again by other draws makes them", async () => {
		const random = createRandom(77, 3);
		const { customers, rankings } = rankCustomers(contextOf(past), 1);
		const single = await backtest(past, { from: ORIGIN, to: ORIGIN, origins: 1 });
		const [origin] = single.origins;
		const held = new Set((rankings.get("biggest") ?? []).slice(0, origin.num_contacts));
		const value = new Map(
			customers.map((customer) => [customer, netValueOf(past, buildHistory(past, MADE_AS_OF), customer, ORIGIN, ORIGIN + 90)]),
		);
		const draws = Array.from({ length: 2000 }, () => {
			let [inside, all] = [0, 0];
			for (let draw = 0; draw < past.tables.customers.length; draw++) {
				const customer = random.below(past.tables.customers.length);
				all += value.get(customer) ?? 0;
				if (held.has(customer)) inside += value.get(customer) ?? 0;
			}
			return inside / all;
		}).sort((a, b) => a - b);
		const found = single.overall.find(({ ranking }) => ranking === "biggest")?.sales;
		expect(Math.abs((found?.lower ?? 0) - draws[50])).toBeLessThan(0.02);
		expect(Math.abs((found?.upper ?? 0) - draws[1949])).toBeLessThan(0.02);
	});

	it("ranks and scores by nothing dated on the origin or later, thrown away or shuffled", () => {
		const [known, ...spoiled] = [past, ...(["deleted", "shuffled"] as const).map((how) => spoiledFrom(past, ORIGIN, how))].map(contextOf);
		for (const context of spoiled) {
			expect(rankCustomers(context, 1)).toEqual(rankCustomers(known, 1));
			expect(context.scores.hazard).toEqual(known.scores.hazard);
			expect(context.scores.expectedValue).toEqual(known.scores.expectedValue);
		}
	});

	it("leaves out how things stand today, and effects that were measured later", () => {
		const { customers, appointments } = knownThen(past).tables;
		expect(customers.numbers.overdue_amount.every((amount) => Number.isNaN(amount))).toBe(true);
		expect(appointments.numRows).toBe(0);
		const measured = { as_of: "2026-01-01", assumed_order_logit: 0.5, level: 0.9, lower: 1, upper: 3, made: 9, held_out: 9 };
		const policy = { effects: [{ phase: null, class: null, channel: "visit", order_logit: 2, measured }] };
		expect(effectsThen(policy, parseDay("2025-12-31")).effects[0]).toMatchObject({ order_logit: 0.5 });
		expect(effectsThen(policy, parseDay("2025-12-31")).effects[0].measured).toBeUndefined();
		expect(effectsThen(policy, parseDay("2026-01-01")).effects[0]).toMatchObject({ order_logit: 2, measured });
	});

	it("says in words why figures are missing at origins before any order", async () => {
		const first = Math.min(...past.tables.orders.days.ordered_on);
		const early = await backtest(past, { from: first - 30, to: first - 10, origins: 2 });
		expect(early.origins.map(({ num_customers }) => num_customers)).toEqual([0, 0]);
		expect(early.limits[0].code).toBe("NOBODY_TO_RANK");
		expect(formatBacktest(early)).toContain(`at 2 of 2 origins (${formatDay(first - 30)}, ${formatDay(first - 10)}) nobody`);
		const page = await backtestPage(createSpeech("pt-BR", "BRL"), early, null);
		expect(page).toContain("ninguém que se pudesse contatar tinha comprado no ano anterior");
		expect(document.limits.map(({ code }) => code)).not.toContain("NOBODY_TO_RANK");
	});

	it("refuses a window that is not over, and a last origin before the first", async () => {
		await expect(backtest(past, { from: ORIGIN, to: MADE_AS_OF - 30, origins: 2 })).rejects.toThrow(
			/window of 90 days is not over in the data; expected/,
		);
		await expect(backtest(past, { from: ORIGIN, to: ORIGIN - 1, origins: 2 })).rejects.toThrow(/expected .* \(--from\) or later/);
	});
});

describe("the value of a contact", () => {
	it("is that of the best contact that any rep could make with the customer", () => {
		const asOf = parseDay("2026-11-23");
		const context = understand(randomWorld(3, asOf), { asOf }, predictor);
		const { best, rep } = contactValuesOf(context);
		const cases = prepareCases(context);
		const values = new Map<number, number[]>();
		for (const row of cases.order) {
			const repCase = cases.build(row, new Map());
			for (const [at, { customer }] of repCase.options.entries())
				values.set(customer, [...(values.get(customer) ?? []), repCase.termsInto(at, null, false, new Int32Array(TERMS.length))]);
		}
		expect(values.size).toBeGreaterThan(20);
		for (const [customer, value] of best.entries()) {
			expect(value).toBe(values.has(customer) ? Math.max(...(values.get(customer) ?? [])) : Number.NaN);
			expect(rep[customer] >= 0).toBe(values.has(customer));
		}
	});
});
