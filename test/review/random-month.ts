import type { ReviewPlan } from "../../engine/review/plan-part.ts";
import { createRandom } from "../../engine/random.ts";
import { type Day, formatDay, parseDay } from "../../engine/units.ts";
import type { Row, Rows } from "../check/tables.ts";

export const MONTH = "2026-10";
export const FROM = parseDay("2026-10-01");
export const UNTIL = parseDay("2026-11-01");

const NUM_CUSTOMERS = 70;
const SELLERS = ["R0", "R1", "R2", "R3"];

export const POLICY = {
	floors: [
		{ phase: "prospect", min_share_of_time: 0.05 },
		{ phase: null, class: "C", min_contacts: 2 },
		{ phase: "active", min_contacts: 1 },
		{ phase: "inactive", class: null, min_contacts: 1 },
		{ phase: "ex_customer", class: "A", min_contacts: 1 },
		{ phase: null, class: null, min_share_of_time: 0.1 },
	],
	action_plans: [
		{ phase: null, class: "A", interval_days: 7, channels: [{ channel: "visit", minutes: 50 }] },
		{
			phase: null,
			class: null,
			interval_days: 15,
			channels: [
				{ channel: "phone", minutes: 20 },
				{ channel: "visit", minutes: 40 },
			],
		},
	],
};

/** A small distributor with a year before the month and some weeks after it. R3 is an RCA; R0 has the most customers. */
export function randomRows(seed: number): Rows {
	const random = createRandom(seed);
	const pick = <T>(items: readonly T[]): T => items[random.below(items.length)];
	const chance = (share: number): boolean => random.next() < share;
	const ids = Array.from({ length: NUM_CUSTOMERS }, (_, i) => `C${i}`);
	const rhythm = new Map(ids.map((id) => [id, 3 + random.below(40)]));
	const orders: Row[] = [];
	for (const id of ids) {
		if (chance(0.12)) continue; // a prospect
		const stop = chance(0.3) ? FROM - random.below(120) + 20 : UNTIL + 40;
		const start = chance(0.15) ? FROM - 10 + random.below(30) : FROM - 300 + random.below(250);
		for (let day = start; day < stop; day += 1 + random.below(2 * (rhythm.get(id) ?? 9)) + (chance(0.06) ? 90 : 0)) {
			const lines = 1 + random.below(3);
			for (let line = 0; line < lines; line++)
				orders.push({
					order_id: `${id}-${day}`,
					customer_id: id,
					ordered_on: formatDay(day),
					product_id: `P${random.below(6)}`,
					quantity: chance(0.06) ? -1 : 2,
					net_value: 20 + random.below(300),
					...(chance(0.5) && { margin: 3 + random.below(40) }),
					...(chance(0.1) && { status: pick(["cancelled", "cut", "invoiced"]) }),
				});
		}
	}
	const contacts = Array.from({ length: 500 }, (_, i): Row => {
		const id = pick(ids);
		const own = orders.filter((order) => order.customer_id === id);
		const day = chance(0.5) && own.length > 0 ? String(pick(own).ordered_on) : formatDay(FROM - 120 + random.below(UNTIL - FROM + 150));
		return {
			contact_id: `K${i}`,
			customer_id: id,
			rep_id: pick(SELLERS),
			contacted_at: `${day}T${10 + random.below(7)}:00`,
			channel: pick(["visit", "phone", "message"]),
			outcome: pick(["order", "no_order", "not_reached", "cancelled"]),
			...(chance(0.2) && { direction: "inbound" }),
			...(chance(0.5) && { minutes: 5 + random.below(50) }),
		};
	});
	return {
		customers: ids.map(
			(customer_id, i): Row => ({
				customer_id,
				...(i % 3 > 0 && { name: `shop ${i}` }),
				...(chance(0.95) && { rep_id: chance(0.5) ? "R0" : pick(SELLERS) }),
				...(chance(0.9) && { lat: -23.5 - random.next(), lon: -46.5 - random.next() }),
				...(chance(0.1) && { status: pick(["closed", "do_not_contact", "open"]) }),
				...(chance(0.1) && { blocked: true }),
				...(chance(0.2) && { channels: pick(["visit", "phone;visit", "email"]) }),
				...(chance(0.2) && { service_minutes: 60 + random.below(60) }),
				...(chance(0.2) && { visit_interval_days: 5 + random.below(20) }),
				...(chance(0.5) && { potential_value: random.below(2000) }),
			}),
		),
		reps: [
			...SELLERS.map(
				(rep_id, i): Row => ({
					rep_id,
					...(i > 0 && { name: `seller ${i}` }),
					kind: rep_id === "R3" ? "rca" : "field_employee",
					team_id: "T1",
					manager_id: "S1",
					shifts: "Mo-Fr 08:00-12:00",
					...(i === 1 && { absences: "2026-10-05/2026-10-09" }),
				}),
			),
			{ rep_id: "S1", kind: "supervisor", team_id: "T1" },
		],
		products: Array.from({ length: 6 }, (_, i): Row => ({ product_id: `P${i}`, ...(i % 2 === 0 && { margin_rate: 0.3 }) })),
		orders,
		contacts,
	};
}

const DECIDED = ["accept", "swap", "refuse"] as const;

/** Two plans of the month and a revision with what reps decided, and one made after the month. Only what a review reads is filled. */
export function randomPlans(seed: number, rows: Rows): ReviewPlan[] {
	const random = createRandom(seed, 9);
	const day = (date: Day) => ({
		date: formatDay(date),
		start: "08:00:00",
		end: "12:00:00",
		breaks: [{ start: "10:00:00", end: "10:30:00" }],
		travel_seconds: 1800 + random.below(1800),
		entries: Array.from({ length: 5 }, () => ({ customer_id: `C${random.below(NUM_CUSTOMERS)}` })),
	});
	const plan = (id: string, from: Day): ReviewPlan => ({
		plan_id: id,
		horizon: { from: formatDay(from), to: formatDay(from + 6) },
		receipt: { as_of: formatDay(from) },
		reps: SELLERS.map((rep_id) => ({ rep_id, floor_cents: random.below(9000), days: [0, 1, 2, 3].map((i) => day(from + i)) })),
	});
	const first = plan("first", FROM - 2);
	const events = first.reps.flatMap(({ rep_id, days }) =>
		days.flatMap(({ date, entries }) =>
			entries
				.filter(() => random.next() < 0.5)
				.map(({ customer_id }) => ({ type: DECIDED[random.below(3)], rep_id, customer_id, date, reason: `why ${random.below(3)}` })),
		),
	);
	const revised = { ...first, plan_id: "revised", receipt: { ...first.receipt, revision: { now: `${formatDay(FROM)}T09:00`, events } } };
	const late = {
		...first,
		plan_id: "late",
		receipt: { ...first.receipt, revision: { now: `${formatDay(UNTIL)}T09:00`, events: events.slice(0, 1) } },
	};
	if (rows.customers?.length !== NUM_CUSTOMERS) throw new Error("these plans are of other rows");
	return [first, revised, plan("second", FROM + 18), late, plan("after", UNTIL)];
}
