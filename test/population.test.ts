import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
	createEngine,
	DEFAULT_POLICY,
	type Engine,
	loadPopulation,
	parseDay,
	type Policy,
	type Population,
	populationKey,
	type Portfolio,
	readPortfolio,
	savePopulation,
	type Table,
	TERMS,
	understand,
} from "../engine/index.ts";
import { prepareCases } from "../engine/policy/cases.ts";
import { createRandom } from "../engine/random.ts";
import { loadPredictor, type Predictor } from "../engine/scoring/predictor.ts";
import { generate } from "../models/generator/generate.ts";
import type { Row } from "./check/tables.ts";
import { randomWorld } from "./random-world.ts";
import { sliceOf } from "./slice-of.ts";

const AS_OF = parseDay("2026-11-23");
const SEEDS = [1, 2, 3, 4, 5, 6];

const repsOf = ({ tables: { reps } }: Portfolio): string[] =>
	Array.from({ length: reps.numRows }, (_, row) => reps.texts.rep_id.at(row) ?? "");

/** The slice that a plan of these reps needs. */
function slicedFor(portfolio: Portfolio, population: Population, reps: readonly string[]): Portfolio {
	const escalated = reps.flatMap((id) => population.cases.escalated.get(repsOf(portfolio).indexOf(id)) ?? []);
	return sliceOf(portfolio, reps, escalated);
}

/** No rows: what is planned from slices must not be read as a whole. */
const emptyOf = (table: Table): Table => ({ ...table, numRows: 0, length: 0 });

let engine: Engine;
let predictor: Predictor;
let folder: string;

beforeAll(async () => {
	engine = await createEngine({ threads: 2 });
	predictor = await loadPredictor();
	folder = mkdtempSync(join(tmpdir(), "carteira-population-"));
});

afterAll(async () => {
	await engine?.close();
	rmSync(folder, { recursive: true });
});

describe("a plan from a slice and the population", () => {
	it.each(SEEDS)("is the whole portfolio's to the byte: world %i", async (seed) => {
		const world = randomWorld(seed, AS_OF);
		const population = await engine.survey(world, { asOf: AS_OF });
		const published = await engine.plan(world, { asOf: AS_OF, iterations: 2 });
		const random = createRandom(seed, 99);
		const ids = repsOf(world);
		for (const reps of [ids.filter(() => random.next() < 0.4), [ids[random.below(ids.length)]], ["S1"]]) {
			const request = { asOf: AS_OF, reps, iterations: 5, seed, ...(random.next() < 0.5 && { published }) };
			const slice = slicedFor(world, population, reps);
			expect(slice.tables.customers.length, reps.join()).toBeLessThan(world.tables.customers.length);
			const plan = await engine.plan(slice, request, {}, { population });
			expect(JSON.stringify(plan), reps.join()).toBe(JSON.stringify(await engine.plan(world, request)));
		}
	});

	it("is the same from a slice that holds more than it needs", async () => {
		const world = randomWorld(2, AS_OF);
		const population = await engine.survey(world, { asOf: AS_OF });
		const request = { asOf: AS_OF, reps: ["S1"], iterations: 5 };
		const team = sliceOf(world, ["S1", "R0", "R2", "R4"]);
		const plan = await engine.plan(team, request, {}, { population });
		expect(JSON.stringify(plan)).toBe(JSON.stringify(await engine.plan(world, request)));
	});

	it("is refused where the slice lacks what the reps need", async () => {
		const world = randomWorld(2, AS_OF);
		const population = await engine.survey(world, { asOf: AS_OF });
		const slice = sliceOf(world, ["S1"]);
		await expect(engine.plan(slice, { asOf: AS_OF, iterations: 1, reps: ["S1"] }, {}, { population })).rejects.toMatchObject({
			code: "INVALID_INPUT",
			message: expect.stringMatching(/^the slice lacks customers that a manager is called in for: C\d+/),
		});
		await expect(engine.plan(slice, { asOf: AS_OF, iterations: 1 }, {}, { population })).rejects.toMatchObject({
			code: "INVALID_INPUT",
			message: expect.stringMatching(/^a slice of \d+ of 60 customers; expected the reps to plan by name$/),
		});
	});

	it("is refused where the slices that are cut lack them", async () => {
		const world = randomWorld(2, AS_OF);
		const population = await engine.survey(world, { asOf: AS_OF });
		const slice = (reps: readonly string[]): Portfolio => sliceOf(world, reps);
		await expect(engine.plan(world, { asOf: AS_OF, iterations: 1 }, {}, { population, slice })).rejects.toThrow(
			/^the slice lacks customers/,
		);
	});

	it("of all reps is the same where each is planned from a slice of its own, in waves", async () => {
		for (const seed of [2, 5]) {
			const world = randomWorld(seed, AS_OF);
			const population = await engine.survey(world, { asOf: AS_OF });
			const cut: string[] = [];
			const slice = (reps: readonly string[], customers: readonly string[]): Portfolio => {
				cut.push(reps.join());
				return sliceOf(world, reps, customers);
			};
			const published = await engine.plan(world, { asOf: AS_OF, iterations: 2 });
			const request = { asOf: AS_OF, iterations: 5, published };
			const tables = { ...world.tables, orders: emptyOf(world.tables.orders), contacts: emptyOf(world.tables.contacts) };
			const plan = await engine.plan({ ...world, tables }, request, {}, { population, slice });
			expect(JSON.stringify(plan)).toBe(JSON.stringify(await engine.plan(world, request)));
			expect(cut.sort()).toEqual(repsOf(world).sort());
			expect(plan.unplanned.some(({ reasons }) => reasons.some(({ code }) => code === "NO_REP"))).toBe(true);
		}
	});

	it("is made from the same waves", async () => {
		for (const seed of SEEDS) {
			const world = randomWorld(seed, AS_OF);
			const population = await engine.survey(world, { asOf: AS_OF });
			const wavesOf = (portfolio: Portfolio, own = {}) => prepareCases(understand(portfolio, { asOf: AS_OF }, predictor, own)).waves;
			expect(wavesOf(slicedFor(world, population, ["R1"]), { population })).toEqual(wavesOf(world));
			expect(wavesOf(world).length).toBeGreaterThan(1);
		}
	});
});

/** What the solver and the agenda get of one rep: options with their money and products. */
function caseOf(portfolio: Portfolio, population: Population, rep: number): string {
	const repCase = prepareCases(understand(portfolio, { asOf: AS_OF }, predictor, { population })).build(rep, new Map());
	const idOf = (customer: number): string | null => portfolio.tables.customers.texts.customer_id.at(customer);
	const out = new Int32Array(TERMS.length);
	return JSON.stringify(
		repCase.options.map((option, at) => [
			{ ...option, customer: idOf(option.customer) },
			repCase.termsInto(at, null, false, out),
			[...out],
			repCase.productsOf(at),
		]),
	);
}

describe("each part of a population", () => {
	const partsOf = ({ scoring, cuts, cases }: Population): Record<string, (own: Population) => Partial<Population>> => ({
		rhythm: (own) => ({ scoring: { ...scoring, rhythm: own.scoring.rhythm } }),
		items: (own) => ({ scoring: { ...scoring, taste: { ...scoring.taste, items: own.scoring.taste.items } } }),
		pool: (own) => ({ scoring: { ...scoring, taste: { ...scoring.taste, pool: own.scoring.taste.pool } } }),
		season: (own) => ({ scoring: { ...scoring, seasonShift: own.scoring.seasonShift } }),
		classes: (own) => ({ cuts: { ...cuts, class: own.cuts.class } }),
		potentials: (own) => ({ cuts: { ...cuts, potential: own.cuts.potential } }),
		usual: (own) => ({ cases: { ...cases, usual: own.cases.usual } }),
		favourites: (own) => ({ cases: { ...cases, favourites: own.cases.favourites } }),
		achieved: (own) => ({ cases: { ...cases, achieved: own.cases.achieved } }),
	});

	it("is needed: a slice's own in its place makes another case of some rep", async () => {
		const needed = new Set<string>();
		for (const seed of SEEDS) {
			const world = randomWorld(seed, AS_OF);
			const population = await engine.survey(world, { asOf: AS_OF });
			for (const id of ["R0", "R1", "R5"]) {
				const slice = slicedFor(world, population, [id]);
				const own = await engine.survey(slice, { asOf: AS_OF });
				const rep = repsOf(world).indexOf(id);
				const right = caseOf(slice, population, rep);
				expect(caseOf(world, population, rep)).toBe(right);
				for (const [name, replace] of Object.entries(partsOf(population)))
					if (caseOf(slice, { ...population, ...replace(own) }, rep) !== right) needed.add(name);
			}
		}
		expect([...needed].sort()).toEqual(Object.keys(partsOf(await engine.survey(randomWorld(1, AS_OF), { asOf: AS_OF }))).sort());
	});

	it("reads of the policy only what its key holds", async () => {
		const world = { ...randomWorld(2, AS_OF), policy: {} };
		const base = await engine.survey(world, { asOf: AS_OF });
		const { value, travel, stability, delivery } = DEFAULT_POLICY;
		const others: { readonly [Name in keyof Policy]?: Policy[Name] } = {
			currency: "USD",
			language: "en",
			time_zone: "UTC",
			routing_mode: "fixed",
			on_bad_rows: "reject",
			dialects: {},
			stale_after_days: 9,
			travel: { ...travel, cost_per_km: 3 },
			floors: [],
			effects: [],
			effect_learning: { ...DEFAULT_POLICY.effect_learning, level: 0.5 },
			channel_costs: { ...DEFAULT_POLICY.channel_costs, visit: 99 },
			delivery: { ...delivery, max_wait_days: 1 },
			stability: { ...stability, change_cost: 50 },
			hold_outs: [{ experiment: "x", from: "2026-11-23", to: "2026-12-04", customers: ["C1"], rep_days: [], share: null, left_out: [] }],
			recovery_objectives: { ...DEFAULT_POLICY.recovery_objectives, credit: "collect_first" },
			rollout: [{ team_id: null, stage: "advise" }],
			contact_rules: [{ customer_id: "C1", rep_id: "R1", from: "2026-11-23", until: "2026-12-04", reason: "closed" }],
			value: { ...value, retention_months: 3, saturation_days: 2, prospect_order_probability: 0.5, pull_forward: 0 },
		};
		const surveyed = ["country", "region", "horizon_days", "phases", "classes", "potential", "positivation", "credit"];
		const known = [...Object.keys(others), ...surveyed, "action_plans", "objections", "objection_days"];
		expect(Object.keys(DEFAULT_POLICY).filter((name) => !known.includes(name))).toEqual([]);
		expect(await engine.survey(world, { asOf: AS_OF, policy: others })).toEqual(base);
		for (const policy of [{ horizon_days: 3 }, { value: { default_margin_rate: 0.5 } }, { region: "RJ" }, { objection_days: 1 }])
			expect((await engine.survey(world, { asOf: AS_OF, policy })).of.policy).not.toBe(base.of.policy);
	});
});

describe("a population of earlier inputs", () => {
	const newOrder: Row = { order_id: "new", customer_id: "C1", ordered_on: "2026-11-22", product_id: "P1", quantity: 9, net_value: 777 };
	const ownerOf = ({ tables: { customers, reps } }: Portfolio): string => reps.texts.rep_id.at(customers.refs.rep_id[1]) ?? "R0";

	it("is refused unless it is asked for by its digest, and then told in receipt and warnings", async () => {
		const before = randomWorld(3, AS_OF);
		const after: Portfolio = { ...randomWorld(3, AS_OF, [newOrder]), digest: "fedcba9876543210" };
		const population = await engine.survey(before, { asOf: AS_OF });
		const reps = [ownerOf(after)];
		const slice = slicedFor(after, population, reps);
		const request = { asOf: AS_OF, reps, iterations: 5 };
		await expect(engine.plan(slice, request, {}, { population })).rejects.toMatchObject({
			code: "CONFLICT",
			message: `the population's inputs is ${before.digest}; expected ${after.digest}; survey it anew`,
		});
		const plan = await engine.plan(slice, request, {}, { population, populationOf: before.digest });
		expect(plan.receipt).toMatchObject({ inputs_digest: after.digest, population: before.digest, data_through: { orders: "2026-11-22" } });
		expect(plan.warnings.filter((warning) => warning.includes(before.digest))).toHaveLength(1);
		expect((await engine.check(after, plan, undefined, undefined, population)).filter(({ rule }) => rule === "term-value")).toEqual([]);
		const forged = structuredClone(plan);
		const entry = forged.reps[0].days.flatMap(({ entries }) => entries)[0];
		Object.assign(entry.terms[0], { cents: entry.terms[0].cents + 1 });
		expect((await engine.check(after, forged, undefined, undefined, population)).map(({ rule }) => rule)).toContain("term-value");
		const lastOrder = (portfolio: Portfolio): number => {
			const { classification } = understand(portfolio, { asOf: AS_OF }, predictor, { population, populationOf: before.digest });
			const { customer_id: ids } = portfolio.tables.customers.texts;
			return classification.lastOrderDay[Array.from({ length: ids.length }, (_, row) => ids.at(row)).indexOf("C1")];
		};
		expect(lastOrder(slice)).toBe(parseDay("2026-11-22"));
	});

	it("is refused where the append brought a product that it does not know", async () => {
		const before = randomWorld(3, AS_OF);
		const population = await engine.survey(before, { asOf: AS_OF });
		const products = { ...before.tables.products, length: before.tables.products.length - 1 };
		const after: Portfolio = { ...before, tables: { ...before.tables, products }, digest: "fedcba9876543210" };
		expect(() => understand(after, { asOf: AS_OF }, predictor, { population, populationOf: before.digest })).toThrow(
			/products: row 14 is nothing, in the population P13/,
		);
	});
});

describe("a generated distributor", () => {
	let portfolio: Portfolio;
	let population: Population;
	let path: string;

	beforeAll(async () => {
		await generate({ customers: 300, reps: 4, seed: 12, asOf: AS_OF, format: "parquet", out: join(folder, "distributor") });
		portfolio = await readPortfolio(join(folder, "distributor"));
		population = await engine.survey(portfolio, { asOf: AS_OF });
		path = join(folder, "population");
		savePopulation(path, population);
	});

	const key = () => populationKey(portfolio, { asOf: AS_OF }, population.of.model);

	it("has the same plans from slices, by a population that was on disk", async () => {
		const loaded = loadPopulation(path, key());
		expect(loaded).toEqual(population);
		for (const reps of [["S0001"], ["R00002", "R00004", "D0001"]]) {
			const request = { asOf: AS_OF, reps, iterations: 10 };
			const plan = await engine.plan(slicedFor(portfolio, loaded, reps), request, {}, { population: loaded });
			expect(JSON.stringify(plan)).toBe(JSON.stringify(await engine.plan(portfolio, request)));
			expect(await engine.check(portfolio, plan)).toEqual([]);
		}
	});

	it("is refused by another day, model, policy or inputs, and where its file is damaged, cut or none", () => {
		const fails = (file: string, changes: object, code: string, message: RegExp): void =>
			expect(() => loadPopulation(file, { ...key(), ...changes })).toThrow(
				expect.objectContaining({ code, message: expect.stringMatching(message) }),
			);
		fails(path, { asOf: AS_OF + 1 }, "CONFLICT", /asOf is 2026-11-23; expected 2026-11-24/);
		fails(path, { model: "other" }, "CONFLICT", /model is .*; expected other/);
		fails(path, { policy: "other" }, "CONFLICT", /policy is/);
		fails(path, { inputs: "other" }, "CONFLICT", /inputs is/);
		fails(`${path}-none`, {}, "NOT_FOUND", /there is no population/);
		const bytes = readFileSync(path);
		const damaged = Buffer.from(bytes);
		damaged[bytes.length - 9] ^= 1;
		for (const [name, content, message] of [
			["damaged", damaged, /SHA-256/],
			["cut", bytes.subarray(0, -1), /it holds \d+ bytes; expected/],
			["empty", Buffer.alloc(0), /its first line is not JSON/],
			["other", Buffer.from("{}\n"), /at \/format/],
		] as const) {
			writeFileSync(`${path}-${name}`, content);
			fails(`${path}-${name}`, {}, "INVALID_INPUT", message);
		}
	});
});
