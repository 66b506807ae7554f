import type { Cell } from "../../engine/portfolio/cells/cell-text.ts";
import { createRandom } from "../../engine/random.ts";
import type { Day } from "../../engine/units.ts";
import type { Customer } from "./customer.ts";
import { chance, pickWeighted } from "./draw.ts";
import type { MarketCalendar } from "./market-calendar.ts";
import type { Rep } from "./staff.ts";
import { STREAMS } from "./streams.ts";

/** How a customer is served by habit: who comes, how often, on which weekday. */
export interface Service {
	readonly channel: "visit" | "phone";
	/** Weeks between contacts. */
	readonly every: 1 | 2 | 4;
	/** 0 = Monday. */
	readonly weekday: number;
	/** ISO weeks with week ÷ every leaving this rest. */
	readonly phase: number;
	/** In the syntax of assignments; null: no fixed day. */
	readonly visitDays: string | null;
	readonly rule: "hard" | "preferred" | "free" | null;
}

const DAYS = ["Mo", "Tu", "We", "Th", "Fr"];

/**
 * Services of all customers of a rep. Field customers are dealt to the weekdays by their direction as seen from the start of the
 * rep's day, so that a day's visits lie together; the larger are seen every week, the small every fourth.
 */
export function planServices(seed: number, rep: Rep, customers: readonly Customer[]): Service[] {
	const { start } = rep;
	const services: Service[] = [];
	const angle = ({ place }: Customer): number => (place && start ? Math.atan2(place.lat - start.lat, place.lon - start.lon) : 0);
	const byDirection = customers.map((_, i) => i).sort((a, b) => angle(customers[a]) - angle(customers[b]) || a - b);
	byDirection.forEach((position, rank) => {
		const weekday = Math.min(4, Math.floor((rank * 5) / customers.length));
		services[position] = planService(seed, customers[position], weekday);
	});
	return services;
}

function planService(seed: number, customer: Customer, weekday: number): Service {
	const random = createRandom(seed, STREAMS.standing + customer.index);
	const isField = customer.channels.includes("visit");
	const every = customer.size > 1.5 ? 1 : customer.size > 0.6 ? 2 : 4;
	const phase = every === 1 ? 0 : random.below(every);
	if (!isField) return { channel: "phone", every: every === 1 ? 1 : 2, weekday, phase: phase % 2, visitDays: null, rule: null };
	const fixed = chance(random, 0.86);
	const rule = pickWeighted(random, [
		["hard", 0.06],
		["preferred", 0.7],
		["free", 0.24],
	] as const);
	const parity = every === 1 ? "" : `/2:${phase % 2 === 1 ? "A" : "B"}`;
	return { channel: "visit", every, weekday, phase, visitDays: fixed ? `${DAYS[weekday]}${parity}` : null, rule: fixed ? rule : null };
}

/** Is the customer's habitual contact due on this day of the calendar? */
export function isServiceDay({ every, weekday, phase }: Service, calendar: MarketCalendar, day: Day): boolean {
	const i = day - calendar.from;
	return calendar.weekday[i] === weekday && calendar.isoWeek[i] % every === phase;
}

/** Rows of the assignments table for one customer: its owner, and where there are any its telesales, specialist and cover. */
export function assignmentRows(
	customer: Customer,
	service: Service,
	rep: Rep,
	helpers: { readonly inside: string | null; readonly colleague: string | null; readonly line: string },
): Cell[][] {
	const registered = customer.registeredOn;
	const interval = service.every === 4 ? 28 : null;
	const rows: Cell[][] = [[customer.id, rep.id, null, "owner", registered, null, service.visitDays, service.rule, interval]];
	const { inside, colleague } = helpers;
	if (inside !== null && inside !== rep.id && customer.index % 7 === 0)
		rows.push([customer.id, inside, null, "telesales", registered, null, null, null, null]);
	if (colleague !== null && customer.index % 89 === 0)
		rows.push([customer.id, colleague, helpers.line, "specialist", registered, null, null, null, null]);
	if (colleague !== null && customer.size > 1.2) {
		for (const [from, to] of rep.absences) rows.push([customer.id, colleague, null, "cover", from, to, null, null, null]);
	}
	return rows;
}
