import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Portfolio } from "../../../engine/index.ts";
import { loadPredictor, type Predictor } from "../../../engine/scoring/predictor.ts";
import { type Day, SECONDS_PER_DAY } from "../../../engine/units.ts";
import { backtest } from "../../../models/backtest/backtest.ts";
import { monitorWorld } from "../../monitor/worlds.ts";
import { MADE_AS_OF, madePast } from "./made-past.ts";
import { slowBacktest, type SlowQuestion } from "./slow-backtest.ts";

let predictor: Predictor;
let engine: Awaited<ReturnType<typeof createEngine>>;
beforeAll(async () => {
	[predictor, engine] = await Promise.all([loadPredictor(), createEngine({ threads: 1 })]);
});
afterAll(() => engine.close());

/** Every number, word and null of a document by the way to it. */
function leaves(value: unknown, path = "", into = new Map<string, unknown>()): Map<string, unknown> {
	if (value === null || typeof value !== "object") return into.set(path, value);
	if (Array.isArray(value)) into.set(`${path}.length`, value.length);
	for (const [key, part] of Object.entries(value)) leaves(part, `${path}.${key}`, into);
	return into;
}

/** Asks both, and compares figure by figure; returns the slow ones by their way. `planned` is filled with what real plans name. */
async function compare(
	portfolio: Portfolio,
	question: SlowQuestion & { readonly planned?: Map<Day, readonly string[]> },
): Promise<Map<string, unknown>> {
	const { origins, windowDays, contactDays, seed, planned } = question;
	const found = await backtest(portfolio, {
		from: origins[0],
		to: origins[origins.length - 1],
		origins: origins.length,
		windowDays,
		contactDays,
		seed,
		...(planned && {
			solve: async (past, request) => {
				const plan = await engine.plan(past, { ...request, seed, iterations: 1 });
				const entries = plan.reps.flatMap(({ days }) => days.flatMap((day) => day.entries.map((entry) => ({ date: day.date, ...entry }))));
				entries.sort((a, b) => `${a.date} ${a.start} ${a.customer_id}`.localeCompare(`${b.date} ${b.start} ${b.customer_id}`, "en"));
				planned.set(
					request.asOf,
					entries.map(({ customer_id }) => customer_id),
				);
				return plan;
			},
		}),
	});
	const slow = slowBacktest(portfolio, predictor, question);
	const { model, currency, ...figures } = found;
	expect([model, currency]).toEqual([predictor.model, "BRL"]);
	const [ours, theirs] = [leaves({ ...figures, limits: figures.limits.map(({ code }) => ({ code, detail: "" })) }), leaves(slow)];
	expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort());
	for (const [path, value] of theirs)
		if (typeof value === "number") expect(ours.get(path), path).toBeCloseTo(value, path.includes("calibration") ? 6 : 9);
		else expect(ours.get(path), path).toBe(value);
	return theirs;
}

/**
 * A rough company whose customers order on the first and last days that count, and on the days beside them: of the window from a day on and of
 * the year before it; and whose reps contacted them at the last moment that counts, and at the next.
 */
function edgedWorld(seed: number, origin: Day, windowDays: number, contactDays: number): Portfolio {
	const portfolio = monitorWorld(seed, MADE_AS_OF);
	const { orders, contacts } = portfolio.tables;
	const ordered_on = orders.days.ordered_on.map((day, row) => {
		const customer = orders.refs.customer_id[row];
		if (day >= origin && day <= origin + windowDays) return origin + windowDays - (customer % 2);
		return Math.abs(day - (origin - 365)) < 20 ? origin - 365 - (customer % 2) : day;
	});
	const contacted_at = contacts.numbers.contacted_at.map((at, row) => {
		const end = (origin + contactDays) * SECONDS_PER_DAY;
		return at >= origin * SECONDS_PER_DAY && at <= end ? end - (contacts.refs.customer_id[row] % 2) : at;
	});
	const tables = {
		...portfolio.tables,
		orders: { ...orders, days: { ...orders.days, ordered_on } },
		contacts: { ...contacts, numbers: { ...contacts.numbers, contacted_at } },
	};
	return { ...portfolio, tables };
}

describe("a back-test is figure by figure what the obvious computation gives", () => {
	it.each([1, 2, 3])("of a rough company, with contacts at its later origins alone: seed %i", async (seed) => {
		const origins = [600, 430, 260, 90].map((days) => MADE_AS_OF - days);
		const portfolio = edgedWorld(seed, origins[2], 90, 28);
		const figures = await compare(portfolio, { origins, windowDays: 90, contactDays: 28, seed });
		expect(figures.get(".limits.0.code")).toBe("NOBODY_TO_RANK");
		expect(figures.get(".overall.5.num_origins")).toBeLessThan(4);
		expect(figures.get(".origins.3.num_breaks")).toBeGreaterThan(1);
	});

	it("of a rough company with plans solved as of the origins, windows of 30 days, some without 90 days after them", async () => {
		const origins = [200, 120, 40].map((days) => MADE_AS_OF - days);
		const planned = new Map<Day, readonly string[]>();
		const made = monitorWorld(4, MADE_AS_OF);
		const portfolio = { ...made, policy: { ...(made.policy as object), horizon_days: 15 } };
		const figures = await compare(portfolio, { origins, windowDays: 30, contactDays: 7, seed: 9, planned });
		expect(figures.get(".overall.6.ranking")).toBe("plan");
		expect(figures.get(".overall.6.breaks.mean")).toBeGreaterThan(0);
		for (const ids of planned.values()) expect(new Set(ids).size).toBeLessThan(ids.length); // who is seen again is counted once
	});

	it("of a generated distributor", async () => {
		const origins = [240, 180, 120].map((days) => MADE_AS_OF - days);
		await compare(await madePast(40, 2, 21), { origins, windowDays: 90, contactDays: 7, seed: 3 });
	});
});
