import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatDay, parseDay, weekdayOf } from "../../../engine/units.ts";
import { generate } from "../../../models/generator/generate.ts";
import type { OutcomeEntry, Outcomes } from "../../../models/generator/outcomes.ts";
import { simulateOutcomes } from "../../../models/generator/outcomes.ts";
import { readTruth } from "../../../models/generator/truth.ts";

const root = mkdtempSync(join(tmpdir(), "carteira-outcomes-"));
const asOf = parseDay("2026-11-23"); // a Monday
const buyers: string[] = [];
const left: string[] = [];

beforeAll(async () => {
	await generate({ customers: 400, reps: 2, seed: 5, asOf, format: "csv", out: join(root, "source") });
	for await (const { customer, state } of readTruth(join(root, "source"))) {
		if (state.mode === "regular") buyers.push(customer.id);
		if (state.mode === "gone") left.push(customer.id);
	}
});
afterAll(() => rmSync(root, { recursive: true }));

let copies = 0;
function freshCopy(): string {
	const folder = join(root, `copy-${++copies}`);
	cpSync(join(root, "source", "truth"), join(folder, "truth"), { recursive: true });
	return folder;
}

function visitsTo(customers: readonly string[]): OutcomeEntry[] {
	return customers.map((customer_id, i) => ({
		entry_id: `e${i}`,
		customer_id,
		rep_id: "R00001",
		channel: "visit",
		start: "09:00:00",
		end: "09:25:00",
	}));
}

describe("simulateOutcomes", () => {
	it("answers one contact an entry, linked to the order it brought", async () => {
		const { contacts, orders } = await simulateOutcomes(freshCopy(), asOf, visitsTo(buyers.slice(0, 80)), 1);
		expect(contacts).toHaveLength(80);
		const orderOf = new Map(orders.map((order) => [order.order_id, order]));
		for (const contact of contacts) {
			expect(contact.contacted_at).toBe("2026-11-23T09:00:00");
			if (contact.outcome === "order") expect(orderOf.get(contact.order_id)?.customer_id).toBe(contact.customer_id);
			else expect(contact.order_id).toBeNull();
		}
		expect(new Set(contacts.map(({ outcome }) => outcome))).toEqual(new Set(["order", "no_order", "not_reached"]));
	});

	it("gives the same rows for the same chain of days and seed, and others for another seed", async () => {
		const chain = async (seed: number): Promise<Outcomes[]> => {
			const folder = freshCopy();
			const days: Outcomes[] = [];
			for (const day of [0, 1, 2]) days.push(await simulateOutcomes(folder, asOf + day, visitsTo(buyers.slice(0, 20)), seed));
			return days;
		};
		const [first, again, other] = [await chain(1), await chain(1), await chain(2)];
		expect(again).toEqual(first);
		expect(other).not.toEqual(first);
	});

	it("lives through the days between two calls: their orders come too, none on a Sunday", async () => {
		const folder = freshCopy();
		await simulateOutcomes(folder, asOf + 4, [], 1); // to Friday
		const { orders } = await simulateOutcomes(folder, asOf + 7, [], 1); // Saturday, Sunday, Monday
		const days = new Set(orders.map(({ ordered_on }) => ordered_on));
		expect(days).toEqual(new Set([formatDay(asOf + 5), formatDay(asOf + 7)]));
	});

	it("lets visited customers buy more often than those left alone, by their true effects", async () => {
		const folder = freshCopy();
		const visited = buyers.filter((_, i) => i % 2 === 0);
		let [byVisited, byOthers] = [0, 0];
		for (let day = asOf; day < asOf + 12; day++) {
			if (weekdayOf(day) > 4) continue;
			const { orders } = await simulateOutcomes(folder, day, day % 3 === 0 ? visitsTo(visited) : [], 3);
			if (day % 3 !== 0) continue;
			const ids = new Set(orders.map(({ customer_id }) => customer_id));
			byVisited += visited.filter((id) => ids.has(id)).length;
			byOthers += buyers.filter((id, i) => i % 2 === 1 && ids.has(id)).length;
		}
		expect(byVisited).toBeGreaterThan(2 * byOthers);
	});

	it("withholds by lot as many contacts as asked, and tells them as held out and without an order", async () => {
		const { contacts, orders } = await simulateOutcomes(freshCopy(), asOf, visitsTo(buyers), 1, 0.25);
		const withheld = contacts.filter(({ objection }) => objection === "held_out");
		// A quarter of some 300: standard error 0.025.
		expect(withheld.length / contacts.length).toBeGreaterThan(0.15);
		expect(withheld.length / contacts.length).toBeLessThan(0.35);
		for (const contact of withheld) expect(contact).toMatchObject({ outcome: "cancelled", order_id: null });
		const ids = new Set(withheld.map(({ customer_id }) => customer_id));
		for (const { customer_id, origin } of orders) if (ids.has(customer_id)) expect(origin).toBe("ecommerce");
		await expect(simulateOutcomes(freshCopy(), asOf, [], 1, 1)).rejects.toMatchObject({ code: "USAGE" });
	});

	it("sells next to nothing to customers that left", async () => {
		const { orders } = await simulateOutcomes(freshCopy(), asOf, visitsTo(left), 1);
		const ids = new Set(orders.map(({ customer_id }) => customer_id));
		expect(left.filter((id) => ids.has(id)).length).toBeLessThan(0.05 * left.length);
	});

	it("refuses a day that was lived already, one out of its calendar and a folder without a truth", async () => {
		const folder = freshCopy();
		await simulateOutcomes(folder, asOf, [], 1);
		await expect(simulateOutcomes(folder, asOf, [], 1)).rejects.toMatchObject({ code: "CONFLICT" });
		await expect(simulateOutcomes(folder, asOf + 200, [], 1)).rejects.toMatchObject({ code: "USAGE" });
		await expect(simulateOutcomes(join(root, "nowhere"), asOf, [], 1)).rejects.toMatchObject({ code: "NOT_FOUND" });
	});
});
