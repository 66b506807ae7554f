import type { Portfolio, Table } from "../engine/portfolio/portfolio.ts";
import { TARGET_METRICS } from "../engine/portfolio/schema.ts";
import { createRandom, type Random } from "../engine/random.ts";
import { type Day, formatDay } from "../engine/units.ts";
import { portfolioOf, type Row, type Rows } from "./check/tables.ts";

const NUM_CUSTOMERS = 60;
/** The last customers are known from orders alone. */
const NUM_STUBS = 4;
const NUM_PRODUCTS = 14;
const MANAGERS: readonly Row[] = [
	{ rep_id: "D1", kind: "director" },
	{ rep_id: "S1", kind: "supervisor", manager_id: "D1", team_id: "T1", start_lat: -23.5, start_lon: -46.6 },
	{ rep_id: "S2", kind: "supervisor", manager_id: "D1" },
];
const NUM_SELLING = 6;

/**
 * A small distributor in which whatever can couple its reps does: managers who are called in, covers and absences, promises to others'
 * customers, targets of reps, teams and lines, equal values on the edges of classes, customers that only orders know.
 */
export function randomWorld(seed: number, asOf: Day, moreOrders: readonly Row[] = []): Portfolio {
	const rows = randomRows(seed, asOf);
	const orders = [...(rows.orders ?? []), ...moreOrders];
	const portfolio = portfolioOf({ ...rows, orders }, policyOf(createRandom(seed, 1)));
	return { ...portfolio, tables: { ...portfolio.tables, customers: withStubs(portfolio.tables.customers) } };
}

function randomRows(seed: number, asOf: Day): Rows {
	const random = createRandom(seed);
	const pick = <T>(items: readonly T[]): T => items[random.below(items.length)];
	const chance = (share: number): boolean => random.next() < share;
	const on = (from: number, to: number): string => formatDay(asOf + from + random.below(to - from));
	const sellers = Array.from({ length: NUM_SELLING }, (_, i) => sellerOf(i, chance(0.4) ? `${on(-3, 4)}/${on(4, 9)}` : null));
	const reps = [...MANAGERS, ...sellers];
	const sellerIds = sellers.map(({ rep_id }) => String(rep_id));
	const repIds = reps.map(({ rep_id }) => String(rep_id));
	const products = Array.from({ length: NUM_PRODUCTS }, (_, i) => productOf(i, random));
	const customerIds = Array.from({ length: NUM_CUSTOMERS }, (_, i) => `C${i}`);
	const real = customerIds.slice(0, -NUM_STUBS);
	const people = real.map((id): Row => customerOf(id, random, chance(0.85) ? { rep_id: pick(sellerIds) } : {}));
	return {
		customers: [...people, ...customerIds.slice(-NUM_STUBS).map((customer_id) => ({ customer_id }))],
		reps,
		products,
		orders: customerIds.flatMap((id) => ordersOf(id, asOf, createRandom(seed, Number(id.slice(1))))),
		assignments: real.filter(() => chance(0.3)).map((customer_id) => assignmentOf(customer_id, pick(repIds), random, on)),
		contacts: Array.from(
			{ length: 90 },
			(_, i): Row => ({
				contact_id: `K${i}`,
				customer_id: pick(real),
				rep_id: pick(repIds),
				contacted_at: `${on(-60, 5)}T10:00`,
				channel: pick(["visit", "phone"]),
				outcome: pick(["order", "no_order", "not_reached"]),
				...(chance(0.5) && { objection: pick(["price", "stock"]) }),
			}),
		),
		appointments: Array.from({ length: 8 }, (): Row => ({ customer_id: pick(real), rep_id: pick(repIds), on: on(-1, 10), at: "10:00" })),
		targets: TARGET_METRICS.flatMap((metric) => targetsOf(metric, pick(sellerIds), random)),
		campaigns: [{ campaign_id: "A", starts_on: on(-20, 3), ends_on: on(3, 20), product_ids: "P1;P2;P3", value_per_conversion: 20 }],
		service_events: Array.from({ length: 6 }, (_, i) => ({
			event_id: `E${i}`,
			customer_id: pick(real),
			at: `${on(-9, 0)}T09:00`,
			kind: "complaint",
		})),
		delivery_routes: [{ route_id: "W", days: "Tu,Th", cutoff_time: "12:00" }],
		prices: products.slice(2).map(({ product_id }): Row => ({ price_table: "G", product_id, price: 5, valid_from: on(-90, 5) })),
	};
}

function withStubs(customers: Table): Table {
	return { ...customers, numRows: customers.length - NUM_STUBS, numStubs: NUM_STUBS };
}

function sellerOf(i: number, absences: string | null): Row {
	return {
		rep_id: `R${i}`,
		kind: ["field_employee", "inside"][Number(i === 4)],
		manager_id: ["S1", "S2"][i % 2],
		team_id: ["T1", "T2"][i % 2],
		start_lat: -23.5 - i / 50,
		start_lon: -46.6,
		...(absences && { absences }),
	};
}

function productOf(i: number, random: Random): Row {
	return {
		product_id: `P${i}`,
		name: `product ${i}`,
		category: ["x", "y"][i % 2],
		line: ["L1", "L2"][i % 2],
		...(i % 3 > 0 && { margin_rate: 0.2 + random.next() / 5 }),
		...(i === 5 && { stock_quantity: 0 }),
	};
}

function customerOf(customer_id: string, random: Random, more: Row): Row {
	return {
		customer_id,
		segment: ["bar", "shop"][random.below(2)],
		name: `name of ${customer_id}`,
		lat: -23.5 + random.next() / 5,
		lon: -46.6 + random.next() / 5,
		...(random.next() < 0.5 && { potential_value: 500 * random.below(4) }),
		...(random.next() < 0.4 && { route_id: "W" }),
		...(random.next() < 0.5 && { price_table: "G" }),
		...(random.next() < 0.3 && { credit_limit: 2000, open_balance: 300 * random.below(8) }),
		...(random.next() < 0.05 && { status: "closed" }),
		...(random.next() < 0.15 && { overdue_amount: 900, overdue_days: 5 + random.below(80) }),
		...more,
	};
}

function assignmentOf(customer_id: string, rep_id: string, random: Random, on: (from: number, to: number) => string): Row {
	return {
		customer_id,
		rep_id,
		role: ["owner", "cover", "telesales", "specialist"][random.below(4)],
		...(random.next() < 0.5 && { valid_from: on(-30, 5) }),
		...(random.next() < 0.4 && { valid_to: on(5, 20) }),
		...(random.next() < 0.3 && { visit_days: "Mo,We" }),
	};
}

/** A few values that recur, so that customers are equal to the cent. One in seven never ordered. */
function ordersOf(customer_id: string, asOf: Day, random: Random): Row[] {
	const rows: Row[] = [];
	if (random.below(7) === 0) return rows;
	const interval = [5, 7, 9, 14, 30][random.below(5)];
	const last = random.next() < 0.7 ? 1 + random.below(12) : random.below(150);
	for (let nth = 0, day = asOf - last; day > asOf - 560 && nth < 60; nth++, day -= interval) {
		for (let line = 0; line < 1 + random.below(3); line++) {
			const product_id = `P${random.below(NUM_PRODUCTS)}`;
			rows.push({
				order_id: `${customer_id}-${nth}`,
				customer_id,
				ordered_on: formatDay(day),
				product_id,
				quantity: random.next() < 0.03 ? -1 : 1,
				net_value: 100 * (1 + random.below(3)),
				...(random.next() < 0.03 && { status: "cancelled" }),
			});
		}
	}
	return rows.reverse();
}

function targetsOf(metric: string, rep_id: string, random: Random): Row[] {
	const target = metric === "revenue" || metric === "margin" ? 60_000 : 40;
	const common = { period: "2026-11", metric, bonus_value: 500 + random.below(3) * 1000 };
	return [
		{ ...common, rep_id, target },
		{ ...common, team_id: "T1", target: 3 * target },
		{ ...common, rep_id, target, line: "L1" },
		{ ...common, period: "2026-12", team_id: "T2", target },
	];
}

function policyOf(random: Random): unknown {
	return {
		routing_mode: ["free", "guided", "fixed"][random.below(3)],
		classes: { basis: ["margin", "revenue"][random.below(2)] },
		objections: [
			{ code: "price", escalate_to: "supervisor" },
			{ code: "stock", defer_days: 2, channel: "phone" },
		],
		language: "en",
		horizon_days: 6,
	};
}
