import { createRandom } from "../../engine/random.ts";
import { type Day, formatDay, parseDay } from "../../engine/units.ts";
import type { Row, Rows } from "./tables.ts";

/** A little distributor with something of everything that the rules ask about. */
export interface RandomCase {
	readonly asOf: Day;
	readonly rows: Rows;
	readonly policy: Readonly<Record<string, unknown>>;
}

interface Dice {
	/** Uniform in [0, 1). */
	readonly next: () => number;
	/** Whole, uniform in [0, limit). */
	readonly below: (limit: number) => number;
	readonly pick: <T>(choices: readonly T[]) => T;
	/** The cells with a probability, else none. */
	readonly maybe: (probability: number, cells: () => Row) => Row;
	/** A date so many days from as_of on. */
	readonly date: (from: number, below: number) => string;
}

const HOURS = ["Mo-Fr 08:00-12:00,14:00-18:00", "Tu,Th 09:00-11:00", "Mo-Sa 10:00-20:00; PH off", "Mo-Fr 09:00-17:00; PH 09:00-12:00"];
const SHIFTS = [
	"Mo-Fr 08:00-18:00",
	"Mo-Sa 08:00-12:00,13:00-17:30",
	"Mo-Th 09:00-18:00; Fr 09:00-12:00",
	"Mo-Fr 07:30-17:00; PH 08:00-12:00",
];
const BREAKS = ["12:00-13:00", "60min 11:30-14:00", "15min 09:00-11:00;12:00-13:00", "30min 12:00-13:00;15min 15:00-17:00"];
const RUNGS = ["sell", "sell_with_notice", "collect_and_sell_cash", "collect_only", "collections_team"];
const FLOORS = [
	{ phase: "prospect", min_share_of_time: 0.1 },
	{ class: "A", min_contacts: 12 },
	{ min_share_of_time: 0.5, cost_per_hour_short: 33.3 },
	{ phase: "active", class: "B", min_contacts: 3, min_share_of_time: 0.07 },
];

/** Draws a case; the same seed is the same case. */
export function randomCase(seed: number): RandomCase {
	const random = createRandom(seed);
	const asOf = parseDay("2026-11-16") + random.below(20);
	const dice: Dice = {
		next: () => random.next(),
		below: (limit) => random.below(limit),
		pick: (choices) => choices[random.below(choices.length)],
		maybe: (probability, cells) => (random.next() < probability ? cells() : {}),
		date: (from, below) => formatDay(asOf + from + random.below(below)),
	};
	const numReps = 1 + dice.below(4);
	const customers = Array.from({ length: 5 + dice.below(50) }, (_, at) => drawCustomer(dice, `C${at}`, numReps));
	const ids = customers.map(({ customer_id }) => String(customer_id));
	return {
		asOf,
		policy: drawPolicy(dice),
		rows: {
			reps: drawReps(dice, numReps),
			customers,
			assignments: ids.flatMap((id) => drawAssignments(dice, id, numReps)),
			orders: ids.flatMap((id) => drawOrders(dice, id, asOf)),
			contacts: ids.flatMap((id) => drawContacts(dice, id, numReps)),
			appointments: ids.flatMap((id) => drawAppointments(dice, id, numReps)),
			service_events: ids.flatMap((id) => drawEvents(dice, id)),
			products: [
				{ product_id: "P1", margin_rate: 0.3, price: 10 },
				{ product_id: "P2", stock_quantity: 0 },
				{ product_id: "P3", active: false },
			],
			delivery_routes: [
				{ route_id: "T1", days: "Mo,We,Fr", cutoff_time: "15:00", lead_days: 1 },
				{ route_id: "T2", days: "Tu", week_parity: "A" },
				{ route_id: "T3", days: "Mo-Fr", cutoff_time: "11:00" },
			],
			holidays: [
				{ date: "2026-11-20" },
				{ date: "2026-11-26", region: "SP" },
				{ date: "2026-12-01", region: "X1" },
				{ date: "2026-12-02", optional: true },
			],
		},
	};
}

function drawPolicy({ pick, below, next }: Dice): Record<string, unknown> {
	return {
		routing_mode: pick(["free", "fixed", "guided"]),
		horizon_days: 1 + below(10),
		...(next() < 0.3 && { delivery: { max_wait_days: below(3) } }),
		...(next() < 0.5 && {
			objections: [
				{ code: "price", channel: "phone", escalate_to: "supervisor" },
				{ code: "overstocked", defer_days: 10 },
			],
		}),
		...(next() < 0.5 && { floors: FLOORS }),
	};
}

function drawReps({ pick, below, maybe, next, date }: Dice, numReps: number): Row[] {
	const managers: Row[] = [
		{ rep_id: "S1", kind: "supervisor", manager_id: "D1" },
		{ rep_id: "D1", kind: "director", ...maybe(0.5, () => ({ start_lat: -23.5, start_lon: -46.6 })) },
	];
	const sellers = Array.from(
		{ length: numReps },
		(_, at): Row => ({
			rep_id: `R${at}`,
			kind: pick(["field_employee", "rca", "inside"]),
			manager_id: pick(["S1", "D1"]),
			...maybe(0.7, () => ({ start_lat: -23.5 + next() / 5, start_lon: -46.6 + next() / 5 })),
			...maybe(0.7, () => ({ end_lat: -23.5 + next() / 5, end_lon: -46.6 + next() / 5 })),
			...maybe(0.7, () => ({ shifts: pick(SHIFTS) })),
			...maybe(0.7, () => ({ break: pick(BREAKS) })),
			...maybe(0.4, () => ({ max_visits: 1 + below(6) })),
			...maybe(0.4, () => ({ max_calls: below(6) })),
			...maybe(0.3, () => ({ max_travel_minutes: 20 + below(100) })),
			...maybe(0.4, () => ({ absences: `${date(0, 10)}/${date(10, 5)}` })),
		}),
	);
	return [...managers, ...sellers];
}

function drawCustomer({ pick, below, maybe, next }: Dice, customer_id: string, numReps: number): Row {
	return {
		customer_id,
		rep_id: `R${below(numReps)}`,
		...maybe(0.8, () => ({ lat: -23.5 + next() / 4, lon: -46.6 + next() / 4 })),
		...maybe(0.1, () => ({ status: pick(["open", "closed", "do_not_contact"]) })),
		...maybe(0.5, () => ({ state: "SP", city_code: pick(["X1", "X2"]) })),
		...maybe(0.4, () => ({ channels: pick(["visit;phone", "phone", "visit", "message;email"]) })),
		...maybe(0.5, () => ({ visit_hours: pick(HOURS) })),
		...maybe(0.3, () => ({ service_minutes: pick([5, 20, 45, 12.5]) })),
		...maybe(0.5, () => ({ route_id: pick(["T1", "T2", "T3"]) })),
		...maybe(0.2, () => ({ delivery_days: pick(["Mo", "Tu,Fr", "Mo-Fr"]) })),
		...maybe(0.2, () => ({ delivery_lead_days: below(4) })),
		...maybe(0.1, () => ({ credit_status: pick(RUNGS) })),
		...maybe(0.4, () => ({ credit_limit: below(2000), open_balance: below(1500) })),
		...maybe(0.2, () => ({ open_orders_value: below(300) })),
		...maybe(0.3, () => ({ overdue_amount: below(300), overdue_days: below(90) })),
		...maybe(0.3, () => ({ min_order_value: below(300) })),
		...maybe(0.2, () => ({ min_gap_days: below(6) })),
		...maybe(0.2, () => ({ visit_interval_days: 1 + below(20) })),
		...maybe(0.3, () => ({ potential_value: below(5000) })),
		...maybe(0.05, () => ({ blocked: true })),
	};
}

/** Half of the customers have an owner by assignment, and only they have somebody who covers or sells by telephone. */
function drawAssignments({ pick, below, maybe, next, date }: Dice, customer_id: string, numReps: number): Row[] {
	if (next() < 0.5) return [];
	const others = ["telesales", "cover", "specialist"].filter(() => next() < 0.2);
	return (others.length > 0 && next() < 0.3 ? others : ["owner", ...others]).map((role) => ({
		customer_id,
		rep_id: `R${below(numReps)}`,
		line: role,
		role,
		...maybe(0.3, () => ({ valid_from: date(-3, 8) })),
		...maybe(0.3, () => ({ valid_to: date(0, 12) })),
		...maybe(0.5, () => ({ visit_days: pick(["Mo", "Tu/2:A", "We,Fr", "Th/2:B,Fr/2:A"]) })),
		...maybe(0.6, () => ({ visit_day_rule: pick(["hard", "preferred", "free"]) })),
	}));
}

function drawOrders({ pick, below, maybe, next }: Dice, customer_id: string, asOf: Day): Row[] {
	if (next() < 0.15) return [];
	const gap = 3 + below(30);
	const last = 1 + below(next() < 0.6 ? gap : 300);
	const net_value = 10 + below(1000);
	const orders: Row[] = [];
	for (let ago = last + below(700); ago >= last; ago -= Math.max(1, gap + below(5) - 2)) {
		const order = {
			order_id: `${customer_id}-${ago}`,
			customer_id,
			ordered_on: formatDay(asOf - ago),
			product_id: pick(["P1", "P2", "P3"]),
		};
		orders.push({
			...order,
			quantity: 1 + below(5),
			net_value,
			...maybe(0.3, () => ({ margin: net_value * 0.2 })),
			...maybe(0.05, () => ({ status: "cancelled" })),
		});
	}
	return orders;
}

function drawContacts({ pick, below, maybe, date }: Dice, customer_id: string, numReps: number): Row[] {
	return Array.from({ length: below(3) }, (_, at) => ({
		contact_id: `${customer_id}-${at}`,
		customer_id,
		rep_id: `R${below(numReps)}`,
		contacted_at: `${date(-15, 15)}T10:00`,
		channel: pick(["visit", "phone"]),
		outcome: pick(["order", "no_order", "not_reached", "cancelled"]),
		...maybe(0.3, () => ({ objection: pick(["price", "overstocked", "other"]) })),
	}));
}

function drawAppointments({ pick, below, maybe, next, date }: Dice, customer_id: string, numReps: number): Row[] {
	const reps = new Set(Array.from({ length: next() < 0.15 ? 2 : 0 }, () => (next() < 0.1 ? "S1" : `R${below(numReps)}`)));
	return [...reps].map((rep_id) => ({
		customer_id,
		rep_id,
		on: date(0, 14),
		...maybe(0.6, () => ({ at: pick(["09:00", "10:30", "15:00", "12:15"]) })),
		...maybe(0.6, () => ({ minutes: pick([10, 30, 45]) })),
		...maybe(0.7, () => ({ channel: pick(["visit", "phone"]) })),
	}));
}

function drawEvents({ pick, maybe, next, date }: Dice, customer_id: string): Row[] {
	if (next() < 0.9) return [];
	const kind = pick(["complaint", "survey"]);
	return [
		{
			event_id: customer_id,
			customer_id,
			at: `${date(-9, 9)}T09:00`,
			kind,
			...maybe(0.4, () => ({ resolved_at: `${date(-5, 5)}T10:00` })),
		},
	];
}
