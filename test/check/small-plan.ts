import { canonicalJson, digestOf, entryIdOf, planIdOf } from "../../engine/agenda/receipt.ts";
import type { Receipt } from "../../engine/agenda/plan-document.ts";
import { validatePolicy } from "../../engine/policy/policy.ts";
import { formatDay, formatTime, parseDay, parseTime } from "../../engine/units.ts";
import type { Row, Rows } from "./tables.ts";

/** Monday. The horizon of five working days ends on Monday 30, because Thursday 26 is a holiday here. */
export const AS_OF = "2026-11-23";

export const POLICY = {
	horizon_days: 5,
	action_plans: [
		{
			interval_days: 7,
			min_gap_days: 2,
			max_gap_days: 14,
			channels: [
				{ channel: "visit", minutes: 30 },
				{ channel: "phone", minutes: 10 },
			],
			objective: "serve",
		},
		{
			phase: "inactivating",
			class: "A",
			interval_days: 7,
			min_gap_days: 3,
			max_gap_days: 14,
			channels: [{ channel: "visit", minutes: 40 }],
			objective: "win_back",
			escalate_to: "supervisor",
		},
	],
	floors: [
		{ phase: "prospect", min_share_of_time: 0.05, cost_per_hour_short: 60 },
		{ class: "A", min_contacts: 5, cost_per_contact_short: 10 },
	],
	stability: { max_swaps_per_day: 1 },
};

type Place = "home" | "C01" | "C02" | "C03" | "C04" | "C09";

const PLACES: Readonly<Record<Place, readonly [lat: number, lon: number]>> = {
	home: [-23.55, -46.63],
	C01: [-23.56, -46.65],
	C02: [-23.6, -46.7],
	C03: [-23.57, -46.64],
	C04: [-23.5, -46.6],
	C09: [-23.55, -46.65],
};

const isPlace = (name: string): name is Place => name in PLACES;

const at = (place: Place): Row => ({ lat: PLACES[place][0], lon: PLACES[place][1] });

/** Weekly orders on one weekday from June 2025 until a last day. */
function weekly(customer_id: string, value: number, last: string): Row[] {
	const orders: Row[] = [];
	for (let day = parseDay(last); day >= parseDay("2025-06-01"); day -= 7) {
		orders.push({
			order_id: `${customer_id}-${day}`,
			customer_id,
			ordered_on: formatDay(day),
			product_id: "P1",
			quantity: 1,
			net_value: value,
		});
	}
	return orders;
}

export const ROWS: Rows = {
	reps: [
		{
			rep_id: "R1",
			kind: "field_employee",
			manager_id: "S1",
			start_lat: PLACES.home[0],
			start_lon: PLACES.home[1],
			end_lat: PLACES.home[0],
			end_lon: PLACES.home[1],
			break: "12:00-13:00",
			max_visits: 3,
			max_calls: 2,
			max_travel_minutes: 60,
			absences: "2026-11-27",
		},
		{ rep_id: "R2", kind: "inside", manager_id: "S1", shifts: "Mo-Fr 08:00-12:00,13:00-17:00", break: "15min 09:00-11:00" },
		{ rep_id: "S1", kind: "supervisor" },
	],
	customers: [
		{
			customer_id: "C01",
			rep_id: "R1",
			...at("C01"),
			visit_hours: "Mo-Fr 09:00-12:00,14:00-17:00",
			route_id: "T1",
			channels: "visit;phone",
			credit_limit: 500,
			potential_value: 9000,
		},
		{ customer_id: "C02", rep_id: "R1", ...at("C02") },
		{ customer_id: "C03", rep_id: "R1", ...at("C03"), potential_value: 500 },
		{ customer_id: "C04", rep_id: "R1", ...at("C04") },
		{ customer_id: "C05", rep_id: "R2", overdue_amount: 300, overdue_days: 10 },
		{ customer_id: "C06", rep_id: "R2", overdue_amount: 300, overdue_days: 40 },
		{ customer_id: "C07", rep_id: "R2", overdue_amount: 300, overdue_days: 90 },
		{ customer_id: "C08", rep_id: "R2", blocked: true },
		{ customer_id: "C09", rep_id: "R1", ...at("C09"), status: "do_not_contact" },
		{ customer_id: "C10", rep_id: "R2" },
		{ customer_id: "C11", rep_id: "R2", credit_limit: 100, open_balance: 100 },
		{ customer_id: "C12", rep_id: "R2", status: "closed" },
		{ customer_id: "C13", rep_id: "R1", min_gap_days: 30 },
		{ customer_id: "C14", rep_id: "R1" },
		{ customer_id: "C15", rep_id: "R1" },
		{ customer_id: "C16", rep_id: "R2", potential_value: 100 },
		{ customer_id: "C17", rep_id: "R1" },
	],
	assignments: [{ customer_id: "C02", rep_id: "R1", role: "owner", visit_days: "Tu", visit_day_rule: "hard" }],
	delivery_routes: [{ route_id: "T1", days: "Mo,We,Fr", cutoff_time: "16:00", lead_days: 1 }],
	products: [
		{ product_id: "P1", margin_rate: 0.2 },
		{ product_id: "P2", active: false },
		{ product_id: "P3", stock_quantity: 0 },
	],
	orders: [
		...weekly("C01", 1000, "2026-11-16"),
		...weekly("C02", 600, "2026-11-17"),
		...weekly("C04", 900, "2026-10-19"),
		...weekly("C05", 200, "2026-11-18"),
		...weekly("C06", 100, "2026-11-19"),
		...weekly("C07", 100, "2026-11-17"),
		...weekly("C17", 100, "2026-11-09"),
		...weekly("C10", 50, "2026-11-18"),
		...weekly("C16", 50, "2026-11-20"),
	],
	contacts: [
		{ contact_id: "K1", customer_id: "C13", rep_id: "R1", contacted_at: "2026-11-20T10:00", channel: "phone", outcome: "no_order" },
		{ contact_id: "K2", customer_id: "C01", rep_id: "R1", contacted_at: "2026-11-22T10:00", channel: "phone", outcome: "not_reached" },
		{ contact_id: "K3", customer_id: "C16", rep_id: "R2", contacted_at: "2026-11-19T10:00", channel: "phone", outcome: "order" },
	],
	appointments: [
		{ customer_id: "C09", rep_id: "R1", on: "2026-11-23", at: "15:00", minutes: 20, channel: "visit" },
		{ customer_id: "C15", rep_id: "R1", on: "2026-11-27", at: "10:00", minutes: 20, channel: "phone" },
		{ customer_id: "C14", rep_id: "S1", on: "2026-11-27", at: "09:00", minutes: 20, channel: "phone" },
	],
	service_events: [{ event_id: "E1", customer_id: "C10", at: "2026-11-18T09:00", kind: "complaint" }],
	holidays: [{ date: "2026-11-20" }, { date: "2026-11-26", region: "SP" }, { date: "2026-11-24", optional: true }],
};

interface Leg {
	readonly metres: number;
	readonly seconds: number;
}

const NO_LEG: Leg = { metres: 0, seconds: 0 };

/** The travel rule through the chord between two points, another way than the checker's. */
export function legOf(from: Place, to: Place): Leg {
	const vector = (place: Place): number[] => {
		const [lat, lon] = PLACES[place].map((degrees) => (degrees * Math.PI) / 180);
		return [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)];
	};
	const [a, b] = [vector(from), vector(to)];
	const straight = 2 * 6_371_008.8 * Math.asin(Math.hypot(...a.map((value, axis) => value - b[axis])) / 2);
	const metres = Math.round(straight * 1.3);
	const kmh = straight <= 2000 ? 20 : straight <= 10_000 ? 32 : 60;
	return { metres, seconds: Math.round(metres / (kmh / 3.6)) };
}

/** round(100 × (km × 0.9 + hours × 35)) */
const costOf = ({ metres, seconds }: Leg): number => Math.round(100 * ((metres / 1000) * 0.9 + (seconds / 3600) * 35));

interface Contact {
	readonly customer: string;
	readonly start: string;
	readonly minutes: number;
	/** Default: a phone call. */
	readonly isVisit?: boolean;
	readonly kind: string;
	readonly standing: readonly [phase: string, cls: string, potential: string];
	readonly terms: Readonly<Record<string, number>>;
	readonly more?: Readonly<Record<string, unknown>>;
}

const ACTIVE_A = ["active", "A", "high"] as const;

const visit = (customer: string, start: string, kind: string, standing: Contact["standing"], more: Contact["more"] = {}): Contact => ({
	customer,
	start,
	minutes: 30,
	isVisit: true,
	kind,
	standing,
	terms: { sale: 5000, channel_cost: -600 },
	more,
});

const call = (customer: string, start: string, kind: string, standing: Contact["standing"], more: Contact["more"] = {}): Contact => ({
	customer,
	start,
	minutes: 10,
	kind,
	standing,
	terms: { [kind === "collect" ? "collection" : "sale"]: 2000, channel_cost: -150 },
	more,
});

const C01_BRIEF = {
	last_order_on: "2026-11-16",
	days_since_last_order: 7,
	overdue_cents: 0,
	overdue_days: 0,
	headroom_cents: 50_000,
	credit: "sell",
};

/** By rep and date, in order of start. The dates are the days that each rep works. */
const AGENDAS: Readonly<Record<string, Readonly<Record<string, readonly Contact[]>>>> = {
	R1: {
		"2026-11-23": [
			// Ordered on Monday before the cut-off, loaded on Tuesday, delivered on Wednesday.
			visit("C01", "09:00", "sell", ACTIVE_A, {
				order_by: "16:00:00",
				delivers_on: "2026-11-25",
				brief: C01_BRIEF,
				products: [{ product_id: "P1", propensity: 0.5, expected_cents: 1000, reason: "due" }],
			}),
			visit("C03", "10:00", "prospect", ["prospect", "B", "medium"], { delivers_on: "2026-11-23", churn_risk: null }),
			{ ...visit("C09", "15:00", "appointment", ["prospect", "C", "low"]), minutes: 20 },
		],
		"2026-11-24": [
			call("C17", "08:30", "retain", ["pre_inactive", "B", "low"], { delivers_on: "2026-11-24" }),
			visit("C02", "10:00", "sell", ACTIVE_A, { delivers_on: "2026-11-24" }),
		],
		// Loaded on Friday, because Thursday is a holiday.
		"2026-11-25": [call("C01", "10:00", "sell", ACTIVE_A, { order_by: "16:00:00", delivers_on: "2026-11-27" })],
		"2026-11-30": [visit("C01", "09:00", "sell", ACTIVE_A, { order_by: "16:00:00", delivers_on: "2026-12-02" })],
	},
	R2: {
		"2026-11-23": [call("C05", "08:30", "collect", ["active", "B", "low"]), call("C10", "09:00", "resolve", ["active", "C", "low"])],
		"2026-11-24": [call("C06", "08:30", "collect", ["active", "B", "low"])],
		"2026-11-25": [call("C16", "14:00", "sell", ["active", "C", "low"], { delivers_on: "2026-11-25" })],
		"2026-11-27": [],
		"2026-11-30": [],
	},
	S1: {
		"2026-11-23": [],
		"2026-11-24": [
			{ ...visit("C04", "10:00", "escalation", ["inactivating", "A", "high"], { objective: "win_back", min_gap_days: 3 }), minutes: 40 },
		],
		"2026-11-25": [],
		"2026-11-27": [{ ...call("C14", "09:00", "appointment", ["prospect", "C", "low"]), minutes: 20 }],
		"2026-11-30": [],
	},
};

const BREAKS: Readonly<Record<string, readonly { start: string; end: string }[]>> = {
	R1: [{ start: "12:00:00", end: "13:00:00" }],
	R2: [
		{ start: "10:00:00", end: "10:15:00" },
		{ start: "12:00:00", end: "13:00:00" },
	],
	S1: [],
};

/**
 * Least service time of prospects is 5 % of the shift less breaks, at 60 an hour. R1: four days of nine hours, 1.8 h, less 30 + 20
 * minutes, so 58 minutes are short, 5800 cents; five contacts of class A are owed, it makes four, one short at 10, 1000 cents.
 * R2: five days of 7 h 45 min, 1.9375 h short, 11625 cents, and five contacts at 10. S1: five days of ten hours, 2.5 h short, 15000 cents,
 * and three of five contacts made, 2000 cents.
 */
const FLOORS: Readonly<Record<string, number>> = { R1: 6800, R2: 16_625, S1: 17_000 };

/** A valid plan of the rows, as plan.json; each call makes a new one. */
export function smallPlan(policyOver: Readonly<Record<string, unknown>> = {}) {
	const policy = validatePolicy({ ...POLICY, ...policyOver });
	const reps = Object.entries(AGENDAS).map(([rep_id, days]) => repOf(rep_id, days));
	const days = reps.flatMap((rep) => rep.days);
	const entries = days.flatMap((day) => day.entries);
	const receipt: Receipt = {
		as_of: AS_OF,
		inputs_digest: "0123456789abcdef",
		policy_digest: digestOf(canonicalJson(policy)),
		model: "none",
		engine: "test",
		travel: "straight",
		seed: 1,
		iterations: { R1: 10, R2: 10, S1: 10 },
		data_through: { orders: "2026-11-20", contacts: "2026-11-22", service_events: "2026-11-18" },
		published: null,
	};
	const unplanned = [
		left("C07", "R2", "CREDIT_BLOCKED", true),
		left("C08", "R2", "BLOCKED", true),
		left("C11", "R2", "CREDIT_BLOCKED", true),
		left("C12", "R2", "BLOCKED", true),
		left("C13", "R1", "MIN_GAP", true),
	];
	return {
		plan_id: planIdOf(receipt),
		as_of: AS_OF,
		horizon: { from: AS_OF, to: "2026-11-30" },
		currency: "BRL",
		policy: structuredClone(policy),
		receipt: structuredClone(receipt),
		kpis: { contacts: entries.length, visits: 6, value_cents: reps.reduce((sum, rep) => sum + rep.value_cents, 0) },
		reps,
		unplanned,
		unmet_required: [{ customer_id: "C15", rep_id: "R1", on: "2026-11-27", code: "REQUIRED_INFEASIBLE", detail: "the rep is absent" }],
		warnings: [],
	};
}

export type SmallPlan = ReturnType<typeof smallPlan>;

function left(customer_id: string, rep_id: string, code: string, proven: boolean) {
	return { customer_id, rep_id, reasons: [{ code, proven, detail: "" }], value_forgone_cents: 0 };
}

function repOf(rep_id: string, agendas: Readonly<Record<string, readonly Contact[]>>) {
	const days = Object.entries(agendas).map(([date, contacts]) => dayOf(rep_id, date, contacts));
	const entries = days.flatMap((day) => day.entries).reduce((sum, entry) => sum + entry.value_cents, 0);
	const value_cents = entries - days.reduce((sum, day) => sum + day.travel_cost_cents, 0) - FLOORS[rep_id];
	const upper_bound_cents = Math.max(value_cents, 0) + 1000;
	return {
		rep_id,
		value_cents,
		upper_bound_cents,
		gap: (upper_bound_cents - value_cents) / upper_bound_cents,
		floor_cents: FLOORS[rep_id],
		days,
	};
}

function dayOf(rep_id: string, date: string, contacts: readonly Contact[]) {
	const hasHome = rep_id === "R1";
	let place: Place | null = hasHome ? "home" : null;
	const legs: Leg[] = [];
	const entries = contacts.map((contact, index) => {
		const to = contact.isVisit && isPlace(contact.customer) ? contact.customer : null;
		const leg = to && place && hasHome ? legOf(place, to) : NO_LEG;
		place = to ?? place;
		legs.push(leg);
		return entryOf(rep_id, date, contact, index + 1, leg);
	});
	const visits = entries.filter((entry) => entry.channel === "visit");
	const back = hasHome && place && visits.length > 0 ? legOf(place, "home") : NO_LEG;
	legs.push(back);
	const starts = entries.map((entry) => parseTime(entry.start));
	const leave = visits.length > 0 ? parseTime(visits[0].arrive) - visits[0].travel_seconds : 86_400;
	const ends = entries.map((entry) => parseTime(entry.end));
	const isIdle = entries.length === 0;
	return {
		date,
		start: formatTime(isIdle ? 28_800 : Math.min(leave, ...starts)),
		// The last contact of a day with visits is a visit.
		end: formatTime(isIdle ? 28_800 : Math.max(...ends) + back.seconds),
		breaks: BREAKS[rep_id].map((pause) => ({ ...pause })),
		travel_seconds: legs.reduce((sum, leg) => sum + leg.seconds, 0),
		travel_metres: legs.reduce((sum, leg) => sum + leg.metres, 0),
		travel_cost_cents: legs.reduce((sum, leg) => sum + costOf(leg), 0),
		entries,
	};
}

function entryOf(rep_id: string, date: string, contact: Contact, sequence: number, leg: Leg) {
	const [phase, cls, potential] = contact.standing;
	const start = parseTime(contact.start);
	const terms = Object.entries(contact.terms).map(([name, cents]) => ({ name, cents }));
	return {
		entry_id: entryIdOf(rep_id, date, contact.customer),
		sequence,
		customer_id: contact.customer,
		channel: contact.isVisit ? "visit" : "phone",
		kind: contact.kind,
		objective: "serve",
		arrive: formatTime(start),
		start: formatTime(start),
		end: formatTime(start + contact.minutes * 60),
		travel_seconds: leg.seconds,
		travel_metres: leg.metres,
		phase,
		class: cls,
		potential,
		min_gap_days: 2,
		churn_risk: 0.25 as number | null,
		order_by: undefined as string | undefined,
		delivers_on: undefined as string | undefined,
		value_cents: terms.reduce((sum, { cents }) => sum + cents, 0),
		terms,
		products: [] as { product_id: string; propensity: number; expected_cents: number; reason: string }[],
		reason: "because",
		brief: {} as Record<string, unknown>,
		...structuredClone(contact.more),
	};
}
