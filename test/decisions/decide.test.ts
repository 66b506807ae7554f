import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDecider, type Decider, type Subject } from "../../engine/decisions/decide.ts";
import { buildStore, importTable, openSnapshot, parseDay, type PlanDocument } from "../../engine/index.ts";
import { knownPopulation, planSnapshot } from "../../engine/plan-snapshot.ts";
import { loadPredictor, type Predictor } from "../../engine/scoring/predictor.ts";
import { createPool } from "../../engine/workers/pool.ts";
import { generate } from "../../models/generator/generate.ts";
import { checkPlan } from "../../engine/check/check-plan.ts";
import { populationKey } from "../../engine/understand.ts";
import { valuerOf } from "../../engine/valuer.ts";
import type { Revision } from "../../engine/replan/replan.ts";
import { randomOrders } from "../replan/random-day.ts";

describe("decisions about a large portfolio's plan sit at slices of it", () => {
	let folder: string;
	let predictor: Predictor;
	let whole: Decider;
	let sliced: Decider;
	let plan: PlanDocument;
	const store = (): string => join(folder, "store");
	const asOf = parseDay("2026-11-23");

	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "carteira-test-"));
		await generate({ customers: 160, reps: 4, seed: 6, asOf, format: "csv", out: join(folder, "files") });
		await buildStore(join(folder, "files"), store());
		predictor = await loadPredictor();
		const pool = createPool({ threads: 2 });
		plan = await planSnapshot(
			openSnapshot(store()),
			{ asOf, iterations: 400 },
			{ predictor, pool },
			{},
			{ model: undefined, slicedFrom: 1 },
		);
		await pool.close();
		[whole, sliced] = [await createDecider(), await createDecider(undefined, { slicedFrom: 1 })];
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	function subjectOf(document: PlanDocument): Subject {
		const file = join(folder, `${document.plan_id}.json`);
		writeFileSync(file, JSON.stringify(document));
		const { sha } = openSnapshot(store());
		return { portfolio: { folder: store(), sha }, plan: { plan_id: document.plan_id, file }, published: null };
	}

	it("and come to what they come to at the whole", () => {
		const left = plan.unplanned.slice(0, 6).map(({ customer_id }) => customer_id);
		const planned = plan.reps.flatMap(({ days }) => days.flatMap(({ entries }) => entries.map(({ customer_id }) => customer_id)));
		const subject = subjectOf(plan);
		for (const customer_id of [...left, ...planned.slice(0, 4)]) {
			for (const kind of ["suggest", "alternatives"] as const)
				expect(sliced({ kind, subject, order: { customer_id } }), customer_id).toEqual(whole({ kind, subject, order: { customer_id } }));
		}
		const asked = { force: [{ customer_id: left[0] }], forbid: [{ customer_id: planned[0] }], iterations: 50 };
		expect(sliced({ kind: "what-if", subject, order: asked })).toEqual(whole({ kind: "what-if", subject, order: asked }));
		let numRevisions = 0;
		for (let seed = 1; seed <= 4; seed++) {
			randomOrders(
				seed,
				(order, before) => {
					numRevisions++;
					const decision = { kind: "replan", subject: subjectOf(before), order } as const;
					const revision = sliced(decision) as Revision;
					expect(JSON.stringify(revision)).toBe(JSON.stringify(whole(decision)));
					return revision.plan;
				},
				plan,
			);
		}
		expect(numRevisions).toBeGreaterThan(5);
	});

	it("and refuse what they refuse at the whole, in the same words", () => {
		const subject = subjectOf(plan);
		const refused: [kind: "suggest" | "replan" | "what-if", order: object][] = [
			["suggest", { customer_id: "nobody" }],
			["replan", { now: `${plan.as_of}T09:00`, events: [{ type: "delayed", rep_id: "nobody", minutes: 5 }] }],
			["replan", { now: `${plan.as_of}T09:00`, events: [{ type: "urgent", rep_id: plan.reps[0].rep_id, customer_id: "nobody" }] }],
			["what-if", {}],
			["what-if", { force: [{ customer_id: "nobody" }] }],
		];
		for (const [kind, order] of refused) {
			const words = (decide: Decider): string => {
				try {
					decide({ kind, subject, order });
					return "nothing";
				} catch (error) {
					return String(error);
				}
			};
			expect(words(whole)).toMatch(/nobody|expected force/);
			expect(words(sliced)).toBe(words(whole));
		}
	});

	it("and after an append say on whose classes and seasons they rest, which check takes for its own", async () => {
		const upload = join(folder, "append.csv");
		const [{ rep_id, days }] = plan.reps.filter((rep) => rep.days[0].entries.length > 2);
		const [{ date, entries }] = days;
		const snapshot = openSnapshot(store());
		const product = snapshot.portfolio().tables.products.texts.product_id.at(0);
		const line = `new,${entries[0].customer_id},2026-11-22,${product},3,900.00`;
		writeFileSync(upload, `order_id,customer_id,ordered_on,product_id,quantity,net_value\n${line}\n`);
		const before = snapshot.manifest.digest;
		await importTable(store(), "orders", { path: upload, format: "csv" }, "upsert");
		const order = { now: `${date}T${entries[0].end}`, events: [{ type: "delayed", rep_id, minutes: 45 }] };
		const { plan: revised } = sliced({ kind: "replan", subject: subjectOf(plan), order }) as Revision;
		expect(revised.receipt.population).toBe(before);
		expect(whole({ kind: "replan", subject: subjectOf(plan), order })).not.toHaveProperty("plan.receipt.population");
		const after = openSnapshot(store());
		const portfolio = after.portfolio();
		const population = knownPopulation(after, populationKey(portfolio, { asOf, policy: plan.policy }, predictor.model), portfolio);
		expect(population?.of.inputs).toBe(before);
		// That a plan's days began before the order came, other rules say; the money of all that is yet to come is right.
		const found = checkPlan(portfolio, revised, { valuer: valuerOf(portfolio, predictor, undefined, population ?? undefined) });
		expect(found.filter(({ rule }) => rule.startsWith("term"))).toEqual([]);
	});

	it("and sit at the whole where the survey no longer fits the reps", async () => {
		const [customer_id] = plan.unplanned.filter(({ rep_id }) => rep_id !== null).map((row) => row.customer_id);
		const { reps } = openSnapshot(store()).portfolio().tables;
		const columns = ["rep_id", "kind", "team_id", "manager_id"] as const;
		const kinds = ["R", "S", "D"].map((letter) => [letter, { R: "field_employee", S: "supervisor", D: "director" }[letter]]);
		const kindOf = new Map(kinds as [string, string][]);
		const ids = Array.from({ length: reps.numRows }, (_, row) => reps.texts.rep_id.at(row) ?? "").reverse();
		const upload = join(folder, "reps.csv");
		writeFileSync(upload, [columns.join(","), ...ids.map((id) => `${id},${kindOf.get(id[0])},,`), ""].join("\n"));
		await importTable(store(), "reps", { path: upload, format: "csv" }, "replace");
		const decision = { kind: "suggest", subject: subjectOf(plan), order: { customer_id } } as const;
		expect(sliced(decision)).toEqual(whole(decision));
	});
});
