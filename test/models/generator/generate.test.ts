import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { validatePolicy } from "../../../engine/index.ts";
import { buildCalendar } from "../../../engine/portfolio/calendar/calendar.ts";
import type { Portfolio, Table } from "../../../engine/portfolio/portfolio.ts";
import { readPortfolio } from "../../../engine/portfolio/reading/read-portfolio.ts";
import { ORDER_STATUS, TABLE_NAMES } from "../../../engine/portfolio/schema.ts";
import type { Day } from "../../../engine/units.ts";
import { NULL_CODE, NULL_DAY, parseDay, SECONDS_PER_DAY, weekdayOf } from "../../../engine/units.ts";
import { generate } from "../../../models/generator/generate.ts";
import type { CustomerTruth } from "../../../models/generator/truth.ts";
import { readTruth } from "../../../models/generator/truth.ts";

const root = mkdtempSync(join(tmpdir(), "carteira-generate-"));
const asOf = parseDay("2026-11-20"); // a national holiday itself
const small = { customers: 150, reps: 3, seed: 7, asOf, format: "csv" as const };
const folderOf = (name: string): string => join(root, name);

afterAll(() => rmSync(root, { recursive: true }));

function digestOf(folder: string): string {
	const hash = createHash("sha256");
	for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
		if (name !== "truth") hash.update(name).update(readFileSync(join(folder, name)));
	}
	return hash.digest("hex");
}

describe("one distributor of 600 customers", () => {
	let portfolio: Portfolio;
	const truths: CustomerTruth[] = [];

	beforeAll(async () => {
		await generate({ ...small, customers: 600, reps: 9, out: folderOf("main") });
		portfolio = await readPortfolio(folderOf("main"));
		for await (const truth of readTruth(folderOf("main"))) truths.push(truth);
	});

	it("has rows in every table, and not one that the reader refuses or warns of", () => {
		expect(portfolio.reports.map(({ table, numProblems, warnings }) => ({ table, numProblems, warnings }))).toEqual(
			portfolio.reports.map(({ table }) => ({ table, numProblems: 0, warnings: [] })),
		);
		expect([...portfolio.given].sort()).toEqual([...TABLE_NAMES].sort());
		for (const name of TABLE_NAMES) expect(portfolio.tables[name].numRows, name).toBeGreaterThan(0);
		for (const name of TABLE_NAMES) expect(portfolio.tables[name].numStubs, name).toBe(0);
	});

	it("has a complete policy that the engine accepts as it is", () => {
		expect(validatePolicy(portfolio.policy)).toEqual(portfolio.policy);
	});

	it("counts selling reps alone: one supervisor for ten of them and a director come on top", () => {
		expect(portfolio.tables.reps.numRows).toBe(9 + 1 + 1);
	});

	it("says nothing of asOf or later in its histories", () => {
		const { orders, contacts, service_events: events } = portfolio.tables;
		const latest = (days: ArrayLike<number>): number => Array.from(days).reduce((a, b) => Math.max(a, Number.isNaN(b) ? a : b), NULL_DAY);
		expect(latest(orders.days.ordered_on)).toBeLessThan(asOf);
		expect(latest(orders.days.invoiced_on)).toBeLessThan(asOf);
		expect(latest(contacts.numbers.contacted_at)).toBeLessThan(asOf * SECONDS_PER_DAY);
		expect(latest(events.numbers.at)).toBeLessThan(asOf * SECONDS_PER_DAY);
		expect(latest(events.numbers.resolved_at)).toBeLessThan(asOf * SECONDS_PER_DAY);
	});

	it("takes orders for two years, never on a Sunday nor on a holiday of the country, the state or the customer's city", () => {
		const { orders, customers, holidays } = portfolio.tables;
		const calendar = buildCalendar(holidays, { country: "BR", region: "SP" });
		const days = orders.days.ordered_on;
		expect(days.reduce((a, b) => Math.min(a, b))).toBeLessThan(asOf - 720);
		const wrong = [...days].filter((day, row) => {
			return weekdayOf(day) === 6 || calendar.isHoliday(day, [customers.texts.city_code.at(orders.refs.customer_id[row])]);
		});
		expect(wrong).toEqual([]);
	});

	it("tells prospects, overdue customers and customers without order in the shares that a distributor knows", () => {
		const { customers, orders } = portfolio.tables;
		const share = (count: number): number => count / customers.numRows;
		const last = new Int32Array(customers.length).fill(NULL_DAY);
		orders.refs.customer_id.forEach((customer, row) => (last[customer] = Math.max(last[customer], orders.days.ordered_on[row])));
		expect(share(last.filter((day) => day === NULL_DAY).length)).toBeGreaterThan(0.03);
		expect(share(last.filter((day) => day === NULL_DAY).length)).toBeLessThan(0.09);
		expect(share(last.filter((day) => day >= asOf - 45).length)).toBeGreaterThan(0.6);
		expect(share(last.filter((day) => day !== NULL_DAY && day < asOf - 120).length)).toBeGreaterThan(0.06);
		expect(share(customers.numbers.overdue_days.filter((days) => days > 0).length)).toBeGreaterThan(0.09);
		expect(share(customers.numbers.overdue_days.filter((days) => days > 0).length)).toBeLessThan(0.21);
		expect(share(customers.numbers.overdue_days.filter((days) => days >= 30).length)).toBeLessThan(0.06);
	});

	it("gives most field customers fixed visit days, some of them fortnightly", () => {
		const { texts, numRows } = portfolio.tables.assignments;
		const visitDays = Array.from({ length: numRows }, (_, row) => texts.visit_days.at(row)).filter((text) => text !== null);
		expect(visitDays.length).toBeGreaterThan(0.5 * numRows);
		expect(visitDays.some((text) => text.endsWith("/2:A"))).toBe(true);
		expect(visitDays.some((text) => text.endsWith("/2:B"))).toBe(true);
		expect(visitDays.some((text) => text.length === 2)).toBe(true);
	});

	it("writes a truth that its tables bear out: prospects never bought, and who left bought nothing since", () => {
		const { customers, orders } = portfolio.tables;
		const bought = salesDays(orders, customers.length);
		const rowOf = new Map(Array.from({ length: customers.numRows }, (_, row) => [customers.texts.customer_id.at(row), row]));
		expect(truths.map(({ customer }) => rowOf.get(customer.id))).toEqual(truths.map((_, i) => i));
		for (const [row, { state }] of truths.entries()) {
			if (state.mode === "prospect") expect(bought[row]).toEqual([]);
			if (state.mode === "gone") expect(bought[row].filter((day) => day >= (state.goneOn ?? asOf))).toEqual([]);
		}
		expect(truths.filter(({ state }) => state.mode === "gone").length).toBeGreaterThan(30);
	});

	it("lets contacts work: on days when a visit reaches them customers order several times as often as on others", () => {
		const { contacts, orders } = portfolio.tables;
		const visits = Array.from({ length: contacts.numRows }, (_, row) => row).filter((row) => {
			return contacts.codes.channel[row] === 0 && contacts.codes.outcome[row] <= 1;
		});
		const converted = visits.filter((row) => contacts.texts.order_id.at(row) !== null).length / visits.length;
		const ordersADay = new Set(Array.from({ length: orders.numRows }, (_, row) => orders.texts.order_id.at(row))).size / (600 * 730);
		expect(converted).toBeGreaterThan(3 * ordersADay);
		expect(converted).toBeLessThan(0.6);
	});
});

function salesDays(orders: Table, numCustomers: number): Day[][] {
	const days: Day[][] = Array.from({ length: numCustomers }, () => []);
	for (let row = 0; row < orders.numRows; row++) {
		const isSale = orders.numbers.quantity[row] > 0 && orders.codes.status[row] !== ORDER_STATUS.indexOf("cancelled");
		if (isSale) days[orders.refs.customer_id[row]].push(orders.days.ordered_on[row]);
	}
	return days;
}

describe("generate", () => {
	it("writes the same bytes for the same seed, and others for another", async () => {
		await generate({ ...small, out: folderOf("a") });
		await generate({ ...small, out: folderOf("b") });
		await generate({ ...small, seed: 8, out: folderOf("c") });
		expect(digestOf(folderOf("b"))).toBe(digestOf(folderOf("a")));
		expect(digestOf(folderOf("c"))).not.toBe(digestOf(folderOf("a")));
	});

	it("writes the same portfolio as CSV, Parquet and Arrow, and leaves no file of an earlier format behind", async () => {
		const read: Portfolio[] = [];
		for (const format of ["csv", "parquet", "arrow"] as const) {
			await generate({ ...small, customers: 60, reps: 2, format, out: folderOf("formats") });
			read.push(await readPortfolio(folderOf("formats")));
		}
		for (const name of TABLE_NAMES) {
			const [csv, parquet, arrow] = read.map(({ tables }) => contentOf(tables[name]));
			expect(parquet, `${name} as Parquet`).toEqual(csv);
			expect(arrow, `${name} as Arrow`).toEqual(csv);
		}
	});

	it("makes a company of one rep and 50 customers, and one with more reps than customers", async () => {
		const one = await generate({ ...small, customers: 50, reps: 1, out: folderOf("one") });
		expect([one.rows.customers, one.rows.reps]).toEqual([50, 3]);
		const crowd = await generate({ ...small, customers: 5, reps: 23, out: folderOf("crowd") });
		expect([crowd.rows.customers, crowd.rows.reps]).toEqual([5, 23 + 3 + 1]);
		for (const name of ["one", "crowd"]) {
			const { reports } = await readPortfolio(folderOf(name));
			expect(reports.flatMap(({ problems }) => problems)).toEqual([]);
		}
	});

	it("starts simulated days anew when it writes over a folder", async () => {
		await generate({ ...small, out: folderOf("anew") });
		writeFileSync(join(folderOf("anew"), "truth", "state.json"), "{}");
		await generate({ ...small, out: folderOf("anew") });
		expect(readdirSync(join(folderOf("anew"), "truth")).sort()).toEqual(["customers.ndjson", "generator.json"]);
	});

	it.each([
		[{ customers: 0 }, "customers is 0; expected a whole number from 1 to 10000000"],
		[{ reps: 2.5 }, "reps is 2.5; expected a whole number from 1 to 10000"],
		[{ reps: 10_001 }, "reps is 10001; expected a whole number from 1 to 10000"],
		[{ seed: Number.NaN }, "seed is NaN; expected a whole number"],
	])("refuses %j", async (wrong, message) => {
		await expect(generate({ ...small, ...wrong, out: folderOf("wrong") })).rejects.toMatchObject({ code: "USAGE", message });
	});
});

/** Every cell of a table, as plain values. */
function contentOf(table: Table): Record<string, unknown> {
	const rows = Array.from({ length: table.length }, (_, row) => row);
	const texts = Object.entries(table.texts).map(([name, column]) => [name, rows.map((row) => column.at(row))]);
	const { refs, numbers, days, codes } = table;
	expect(Object.values(codes).every((column) => column.every((code) => code <= NULL_CODE))).toBe(true);
	return { ...Object.fromEntries(texts), ...refs, ...numbers, ...days, ...codes };
}

describe("a distributor that tries what contacts do", () => {
	it("withholds a share of its contacts by lot, in the words that effects are measured by", async () => {
		await generate({ ...small, holdOutShare: 0.2, out: folderOf("lot") });
		const { contacts } = (await readPortfolio(folderOf("lot"))).tables;
		const rows = Array.from({ length: contacts.numRows }, (_, row) => row).filter((row) => contacts.codes.direction[row] === 0);
		const withheld = rows.filter((row) => contacts.texts.objection.at(row) === "held_out");
		// A fifth of thousands of outbound contacts.
		expect(rows.length).toBeGreaterThan(3000);
		expect(withheld.length / rows.length).toBeCloseTo(0.2, 1);
		expect(new Set(withheld.map((row) => contacts.codes.outcome[row]))).toEqual(new Set([3])); // cancelled
	});

	it("withholds nothing unless asked, and refuses shares that are none", async () => {
		await generate({ ...small, out: folderOf("no-lot") });
		const { contacts } = (await readPortfolio(folderOf("no-lot"))).tables;
		expect(Array.from({ length: contacts.numRows }, (_, row) => contacts.texts.objection.at(row))).not.toContain("held_out");
		for (const holdOutShare of [-0.1, 1, Number.NaN])
			await expect(generate({ ...small, holdOutShare, out: folderOf("bad") })).rejects.toMatchObject({ code: "USAGE" });
	});
});
