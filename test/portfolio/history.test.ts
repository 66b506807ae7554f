import { describe, expect, it } from "vitest";
import { buildHistory, netValueOf } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { createRandom } from "../../engine/random.ts";
import { formatDay, parseDay } from "../../engine/units.ts";
import { readInProcess } from "./reading/read-in-process.ts";
import { type SampleRow, type SampleTables, sampleTables, temporaryFolder, writeCsvFolder } from "./sample-folder.ts";

async function portfolioOf(tables: Partial<SampleTables>): Promise<Portfolio> {
	const folder = temporaryFolder();
	writeCsvFolder(folder, tables);
	const read = await readInProcess(folder);
	return { ...read, given: new Set(), policy: null, digest: "" } as unknown as Portfolio;
}

function line(customer: string, day: string, net: string, more: Record<string, string> = {}): SampleRow {
	return {
		order_id: `${customer} ${day}`,
		customer_id: customer,
		ordered_on: day,
		product_id: "p1",
		quantity: "1",
		net_value: net,
		margin: "",
		status: "",
		kind: "",
		...more,
	};
}

describe("buildHistory", () => {
	it("makes one event of a customer's day, returns of that day subtracted, oldest first", async () => {
		const {
			eventStart,
			eventDay,
			eventValue,
			lineStart,
			line: rows,
		} = buildHistory(
			await portfolioOf({
				customers: sampleTables().customers.map(({ customer_id }) => ({ customer_id })),
				orders: [
					line("c2", "2026-11-10", "30"),
					line("c1", "2026-11-05", "20"),
					line("c1", "2026-11-02", "10"),
					line("c1", "2026-11-05", "7", { order_id: "another" }),
					line("c1", "2026-11-05", "-3", { quantity: "-1" }),
				],
			}),
			parseDay("2026-11-23"),
		);
		expect([...eventStart]).toEqual([0, 2, 3, 3]);
		expect([...eventDay].map(formatDay)).toEqual(["2026-11-02", "2026-11-05", "2026-11-10"]);
		// 20 + 7 − 3 on the 5th.
		expect([...eventValue]).toEqual([1000, 2400, 3000]);
		expect([...lineStart]).toEqual([0, 4, 5, 5]);
		expect([...rows]).toEqual([2, 1, 3, 4, 0]);
	});

	it("holds nothing dated on the day or later", async () => {
		const portfolio = await portfolioOf({
			orders: [line("c1", "2026-11-22", "1"), line("c1", "2026-11-23", "2"), line("c1", "2026-12-01", "4")],
		});
		expect([...buildHistory(portfolio, parseDay("2026-11-23")).eventValue]).toEqual([100]);
		expect([...buildHistory(portfolio, parseDay("2026-11-22")).line]).toEqual([]);
	});

	it("takes no return, no bonus, no cancelled line and no day of returns alone for a purchase", async () => {
		const portfolio = await portfolioOf({
			orders: [
				line("c1", "2026-11-02", "10", { status: "cancelled" }),
				line("c1", "2026-11-03", "-10", { quantity: "-1" }),
				line("c1", "2026-11-04", "10", { kind: "return" }),
				line("c1", "2026-11-05", "0", { kind: "bonus" }),
				line("c1", "2026-11-06", "10", { status: "cancelled" }),
				line("c1", "2026-11-06", "6"),
				line("c1", "2026-11-06", "2", { quantity: "-1" }),
			],
		});
		const { eventDay, eventValue, line: rows } = buildHistory(portfolio, parseDay("2026-11-23"));
		expect([...eventDay].map(formatDay)).toEqual(["2026-11-06"]);
		// A return is subtracted whichever sign its value has: 6 − 2.
		expect([...eventValue]).toEqual([400]);
		expect(rows).toHaveLength(7);
	});

	it("takes the margin from the line, else from the product's rate, else does not know it", async () => {
		const portfolio = await portfolioOf({
			products: [{ product_id: "p1", margin_rate: "0.2" }, { product_id: "p2" }],
			orders: [
				line("c1", "2026-11-02", "10", { margin: "3" }),
				line("c1", "2026-11-02", "10"),
				line("c1", "2026-11-03", "10", { product_id: "p2" }),
				line("c1", "2026-11-03", "10", { margin: "3" }),
			],
		});
		// 3.00 + 20 % of 10.00; one line without a known margin leaves the event's unknown.
		expect([...buildHistory(portfolio, parseDay("2026-11-23")).eventMargin]).toEqual([500, Number.NaN]);
	});

	it("groups contacts by customer and time, those of the day itself left out", async () => {
		const contact = (id: string, customer: string, at: string): SampleRow => ({
			contact_id: id,
			customer_id: customer,
			rep_id: "r1",
			contacted_at: at,
			channel: "visit",
			outcome: "order",
		});
		const portfolio = await portfolioOf({
			orders: [line("c1", "2026-11-02", "1"), line("c2", "2026-11-02", "1")],
			contacts: [
				contact("k0", "c2", "2026-11-20T09:00"),
				contact("k1", "c1", "2026-11-20T09:30"),
				contact("k2", "c1", "2026-11-20T08:00"),
				contact("k3", "c1", "2026-11-23T00:00"),
			],
		});
		const { contact: rows, contactStart } = buildHistory(portfolio, parseDay("2026-11-23"));
		expect([...rows]).toEqual([2, 1, 0]);
		expect([...contactStart]).toEqual([0, 2, 3]);
	});

	it("agrees with sorting everything by hand on a random portfolio", async () => {
		const random = createRandom(5);
		const orders = Array.from({ length: 600 }, (_, i) => {
			const day = formatDay(parseDay("2026-01-01") + random.below(300));
			return line(`c${random.below(12)}`, day, String(random.below(9000) / 100), {
				order_id: `o${i}`,
				quantity: random.below(8) === 0 ? "-1" : "2",
				status: random.below(6) === 0 ? "cancelled" : "",
			});
		});
		const portfolio = await portfolioOf({ orders });
		const before = parseDay("2026-09-01");
		const { eventStart, eventDay, eventValue } = buildHistory(portfolio, before);
		const { customers } = portfolio.tables;
		for (let c = 0; c < customers.length; c++) {
			const own = orders.filter(
				(order) =>
					order.customer_id === customers.texts.customer_id.at(c) && parseDay(order.ordered_on) < before && order.status !== "cancelled",
			);
			const days = [...new Set(own.filter((order) => order.quantity === "2").map((order) => order.ordered_on))].sort();
			const values = days.map((day) =>
				own
					.filter((order) => order.ordered_on === day)
					.reduce((sum, order) => sum + Math.round(Number(order.net_value) * 100) * (order.quantity === "2" ? 1 : -1), 0),
			);
			expect([...eventDay.subarray(eventStart[c], eventStart[c + 1])].map(formatDay)).toEqual(days);
			expect([...eventValue.subarray(eventStart[c], eventStart[c + 1])]).toEqual(values);
		}
	});
});

describe("netValueOf", () => {
	const day = (date: string): number => parseDay(`2026-11-${date}`);

	it("subtracts returns on whatever day they came, however they are written, and nothing that was cancelled", async () => {
		const portfolio = await portfolioOf({
			orders: [
				line("c1", "2026-11-02", "50"),
				line("c1", "2026-11-04", "-10", { quantity: "-1" }),
				line("c1", "2026-11-05", "5", { quantity: "-1" }),
				line("c1", "2026-11-06", "3", { kind: "return" }),
				line("c1", "2026-11-07", "99", { status: "cancelled" }),
				line("c1", "2026-11-09", "20"),
			],
		});
		const history = buildHistory(portfolio, day("23"));
		// 50 − 10 − 5 − 3 = 32 until the 8th, 20 more on the 9th
		expect(netValueOf(portfolio, history, 0, day("02"), day("09"))).toBe(3200);
		expect(netValueOf(portfolio, history, 0, day("02"), day("10"))).toBe(5200);
	});

	it("is never below 0, as where only returns lie in the days", async () => {
		const portfolio = await portfolioOf({ orders: [line("c1", "2026-11-02", "50"), line("c1", "2026-11-03", "-60", { quantity: "-1" })] });
		const history = buildHistory(portfolio, day("23"));
		expect(netValueOf(portfolio, history, 0, day("03"), day("23"))).toBe(0);
		expect(netValueOf(portfolio, history, 0, day("01"), day("03"))).toBe(5000);
	});
});
