import { HELD_OUT } from "../../engine/index.ts";
import type { Cell } from "../../engine/portfolio/cells/cell-text.ts";
import { createRandom, type Random } from "../../engine/random.ts";
import { type Cents, type Day, SECONDS_PER_DAY } from "../../engine/units.ts";
import { createItemMemory, drawOrder, type OrderLine } from "./basket.ts";
import { type Cause, initialState, type LifeState, liveDay, type Reached } from "./behaviour.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Customer } from "./customer.ts";
import { between, chance, pick, pickWeighted, wholeBetween } from "./draw.ts";
import type { MarketCalendar } from "./market-calendar.ts";
import { isServiceDay, type Service } from "./service.ts";
import { isAway, type Rep } from "./staff.ts";
import { STREAMS } from "./streams.ts";

/** What a customer did before asOf, as rows of the tables, and where it stands on that day. */
export interface Past {
	readonly orders: Cell[][];
	readonly contacts: Cell[][];
	readonly events: Cell[][];
	readonly state: LifeState;
	/** Did contacts or events written since the customer went tell why? */
	readonly isEvident: boolean;
	/** Net sales by days before asOf: [0, 30), [30, 60), [60, 90), and of the last year. */
	readonly recent: readonly [Cents, Cents, Cents];
	readonly lastYear: Cents;
	readonly notInvoiced: Cents;
	readonly marginLastMonth: Cents;
	/** Different products in the last 90 days. */
	readonly breadth: number;
}

/** What stays the same while customers are lived through. */
export interface Market {
	readonly seed: number;
	readonly calendar: MarketCalendar;
	readonly catalogue: Catalogue;
	/** Share of the contacts meant to be made that a lot withholds. */
	readonly holdOutShare: number;
	/** Does an experiment hold a customer (by id) out on a day? Nobody unless said. */
	readonly isHeldOut?: (customerId: string, day: Day) => boolean;
}

/** Where and by whom a customer is served, as far as its past depends on it. */
export interface Care {
	readonly service: Service;
	readonly rep: Rep;
	/** Holidays of its own city. */
	readonly closed: ReadonlySet<Day>;
}

interface Attempt {
	readonly channel: "visit" | "phone";
	readonly direction: "outbound" | "inbound";
	readonly outcome: "reached" | "not_reached" | "cancelled" | "held_out";
}

/** Told of a contact that is meant to be made, before the day is lived. */
export type OnAttempt = (day: Day, state: Readonly<LifeState>, channel: "visit" | "phone") => void;

/** Lives a customer through the history day by day. */
export function livePast(market: Market, customer: Customer, care: Care, onAttempt: OnAttempt = () => {}): Past {
	const { calendar, catalogue } = market;
	const { asOf, from, openness, season } = calendar;
	const random = createRandom(market.seed, STREAMS.past + customer.index);
	const { behaviour } = customer;
	const state = initialState(behaviour, from, random);
	const memory = createItemMemory(behaviour.basket);
	const record = createRecord(market, customer, care, random);
	for (let day = from; day < asOf; day++) {
		const open = openness[day - from];
		if (open === 0 || care.closed.has(day)) continue;
		const attempt = attemptContact(random, state, care, market, day, customer);
		if (attempt !== null) onAttempt(day, state, attempt.channel);
		const reached: Reached = attempt?.outcome === "reached" ? attempt.channel : null;
		const gone = state.goneOn;
		const ordered = liveDay(state, behaviour, day, open, season[day - from], reached, random);
		if (state.goneOn !== gone) record.departed(day, state);
		const demand = season[day - from] * Math.exp((behaviour.growth * (day - from)) / 365) * (state.mode === "declining" ? 0.7 : 1);
		const lines = ordered ? drawOrder(random, customer, catalogue, day, asOf, demand, memory) : null;
		record.lived(day, state, attempt, lines);
	}
	return record.finish(state);
}

/** The rep comes on most service days, less to those that are gone; the customer is not always there. */
export function attemptContact(
	random: Random,
	state: LifeState,
	{ service, rep }: Care,
	{ calendar, holdOutShare, isHeldOut }: Pick<Market, "calendar" | "holdOutShare" | "isHeldOut">,
	day: Day,
	customer: Customer,
): Attempt | null {
	if (!isServiceDay(service, calendar, day) || state.mode === "waiting" || day < customer.registeredOn) return null;
	if (isAway(rep.pastAbsences, day)) return null;
	const zeal = state.mode === "gone" ? 0.35 : state.mode === "prospect" ? 0.3 : 0.85;
	if (!chance(random, zeal)) return null;
	const channel = service.channel === "visit" && chance(random, 0.12) && customer.channels.includes("phone") ? "phone" : service.channel;
	if (isHeldOut?.(customer.id, day)) return { channel, direction: "outbound", outcome: "held_out" };
	if (holdOutShare > 0 && chance(random, holdOutShare)) return { channel, direction: "outbound", outcome: "held_out" };
	return { channel, direction: "outbound", outcome: meet(random, state, channel) };
}

/** What becomes of a contact that is made. */
export function meet(random: Random, state: LifeState, channel: "visit" | "phone"): "reached" | "not_reached" | "cancelled" {
	const misses = state.cause === "closed" ? 0.8 : channel === "visit" ? 0.07 : 0.22;
	const draw = random.next();
	return draw < misses ? "not_reached" : draw < misses + 0.015 ? "cancelled" : "reached";
}

/** Collects the rows of one customer's life. */
function createRecord({ calendar, catalogue }: Market, customer: Customer, { rep, closed }: Care, random: Random) {
	const { asOf } = calendar;
	const orders: Cell[][] = [];
	const contacts: Cell[][] = [];
	const events: Cell[][] = [];
	const recent: [Cents, Cents, Cents] = [0, 0, 0];
	const products = new Set<number>();
	let [lastYear, notInvoiced, marginLastMonth, numOrders] = [0, 0, 0, 0];
	let [numWords, numVain, isTold, isUnserved] = [0, 0, false, false];
	const prefix = String(customer.index + 1).padStart(7, "0");
	const nextTradingDay = (day: Day): Day => {
		let next = day + 1;
		while (calendar.openness[next - calendar.from] === 0 || closed.has(next)) next++;
		return next;
	};

	function addOrder(day: Day, lines: readonly OrderLine[], origin: string, kind: "sale" | "return"): string {
		const orderId = `P${prefix}-${String(++numOrders).padStart(3, "0")}`;
		const status = kind === "return" ? "invoiced" : statusOf(day);
		const invoiced = nextTradingDay(day);
		const invoicedOn = status === "cancelled" || status === "placed" || invoiced >= asOf ? null : invoiced;
		for (const { product, quantity, net, margin } of lines) {
			const { id, line } = catalogue.products[product];
			const cut = status === "delivered" && chance(random, 0.008);
			orders.push([orderId, customer.id, day, id, quantity, net, margin, rep.id, line, origin, cut ? "cut" : status, kind, invoicedOn]);
		}
		if (status !== "cancelled") book(day, lines, status === "placed");
		return orderId;
	}

	function statusOf(day: Day): string {
		if (day >= asOf - 2) return "placed";
		if (chance(random, 0.012)) return "cancelled";
		return day >= asOf - 5 ? "invoiced" : "delivered";
	}

	function book(day: Day, lines: readonly OrderLine[], placed: boolean): void {
		const net = lines.reduce((sum, line) => sum + line.net, 0);
		const month = Math.floor((asOf - 1 - day) / 30);
		if (month === 0) marginLastMonth += lines.reduce((sum, line) => sum + line.margin, 0);
		if (month < 3) {
			recent[month] += net;
			for (const { product } of lines) products.add(product);
		}
		if (day >= asOf - 365) lastYear += net;
		if (placed) notInvoiced += net;
	}

	function addContact(day: Day, attempt: Attempt, outcome: string, objection: string | null, orderId: string | null): void {
		const at = day * SECONDS_PER_DAY + 60 * wholeBetween(random, 8 * 60 + 15, 17 * 60 + 15);
		const minutes =
			outcome === "not_reached" || outcome === "cancelled"
				? 3
				: attempt.channel === "visit"
					? wholeBetween(random, 12, 40)
					: wholeBetween(random, 3, 12);
		const contactId = `C${prefix}-${String(contacts.length + 1).padStart(3, "0")}`;
		contacts.push([contactId, null, customer.id, rep.id, at, attempt.channel, attempt.direction, outcome, objection, orderId, minutes]);
	}

	function addEvent(day: Day, kind: string, severity: string | null, score: number | null): void {
		if (day < asOf - 365) return;
		const at = day * SECONDS_PER_DAY + 3600 * wholeBetween(random, 8, 18);
		const resolvedOn = day + wholeBetween(random, 1, 9);
		const open = kind === "survey" || resolvedOn >= asOf || chance(random, day >= asOf - 45 ? 0.3 : 0.03);
		const eventId = `E${prefix}-${events.length + 1}`;
		events.push([eventId, customer.id, at, kind, severity, score, rep.id, open ? null : resolvedOn * SECONDS_PER_DAY + 36_000]);
	}

	function extras(day: Day, lines: readonly OrderLine[]): void {
		const draw = random.next();
		if (draw < 0.012) returnGoods(day, pick(random, lines));
		else if (draw < 0.02) addBonus(day, pick(random, lines));
		else if (draw < 0.024) addEvent(day, "complaint", pick(random, ["low", "medium", "high"]), null);
		else if (draw < 0.03) addEvent(day, "delivery_failure", "medium", null);
		else if (draw < 0.036) addEvent(day, "request", "low", null);
		else if (draw < 0.042) addEvent(day, "survey", null, wholeBetween(random, 2, 10));
	}

	function returnGoods(day: Day, line: OrderLine): void {
		const back = nextTradingDay(day + wholeBetween(random, 2, 6));
		if (back >= asOf) return;
		const quantity = Math.max(1, Math.round(line.quantity * between(random, 0.2, 1)));
		const share = quantity / line.quantity;
		addOrder(
			back,
			[{ ...line, quantity: -quantity, net: -Math.round(line.net * share), margin: -Math.round(line.margin * share) }],
			"visit",
			"return",
		);
		addEvent(back, "return", "low", null);
	}

	function addBonus(day: Day, line: OrderLine): void {
		const { id, line: supplier } = catalogue.products[line.product];
		const orderId = `P${prefix}-${String(++numOrders).padStart(3, "0")}`;
		orders.push([
			orderId,
			customer.id,
			day,
			id,
			1,
			0,
			Math.round((line.margin - line.net) / line.quantity),
			rep.id,
			supplier,
			"visit",
			"invoiced",
			"bonus",
			null,
		]);
	}

	return {
		departed(day: Day, state: LifeState): void {
			if (state.cause === "complaint") addEvent(day, "complaint", "high", null);
			if (state.cause === "delivery_failure") addEvent(day, "delivery_failure", "high", null);
			isTold = (state.cause === "complaint" || state.cause === "delivery_failure") && day >= asOf - 365;
			isUnserved = state.cause === "not_served" && state.sinceContact > UNSERVED_TRADING_DAYS && contacts.length > 0;
			numWords = numVain = 0;
		},
		lived(day: Day, state: LifeState, attempt: Attempt | null, lines: readonly OrderLine[] | null): void {
			const reached = attempt?.outcome === "reached";
			const origin = lines === null ? "" : originOf(random, reached ? attempt.channel : null);
			const orderId = lines === null ? null : addOrder(day, lines, origin, "sale");
			if (attempt !== null && reached && orderId !== null) addContact(day, attempt, "order", null, orderId);
			else if (attempt !== null && reached) {
				const objection = objectionOf(random, state, customer);
				if (state.mode === "gone" && objection !== null && objection === partingWordOf(state)) numWords++;
				addContact(day, attempt, "no_order", objection, null);
			} else if (attempt?.outcome === "held_out") addContact(day, attempt, "cancelled", HELD_OUT, null);
			else if (attempt !== null) {
				if (attempt.outcome === "not_reached") numVain++;
				addContact(day, attempt, attempt.outcome, null, null);
			} else if (origin === "telesales")
				addContact(day, { channel: "phone", direction: "inbound", outcome: "reached" }, "order", null, orderId);
			if (lines !== null) extras(day, lines);
		},
		finish: (state: LifeState): Past => ({
			orders,
			contacts,
			events,
			state,
			isEvident: isTold || isUnserved || numWords > 0 || (state.cause === "closed" && numVain >= VAIN_ATTEMPTS),
			recent,
			lastYear,
			notInvoiced,
			marginLastMonth,
			breadth: products.size,
		}),
	};
}

function originOf(random: Random, channel: "visit" | "phone" | null): string {
	if (channel !== null) return channel === "visit" ? "visit" : "telesales";
	return pickWeighted(random, [
		["ecommerce", 0.6],
		["telesales", 0.25],
		["counter", 0.1],
		["edi", 0.05],
	]);
}

/** Without contact for longer, a customer that goes because nobody came shows it in its contacts. */
const UNSERVED_TRADING_DAYS = 30;
/** A closed shop shows in so many attempts that reach nobody. */
const VAIN_ATTEMPTS = 3;

const PARTING_WORDS: Partial<Record<Cause, string>> = {
	price_objection: "price",
	credit: "no_cash",
	competitor: "competitor",
	complaint: "complaint",
	stock_out: "stock_out",
};

function partingWordOf({ mode, cause }: Readonly<LifeState>): string | undefined {
	return mode === "gone" && cause !== null ? PARTING_WORDS[cause] : undefined;
}

/**
 * Why a customer that was reached did not buy: mostly it still has stock; those that left say what drove them away, or, where that is not for
 * them to say, that nobody is in or nothing is needed.
 */
export function objectionOf(random: Random, state: LifeState, customer: Customer): string | null {
	const parting = partingWordOf(state);
	if (parting !== undefined) return parting;
	if (chance(random, 0.2)) return null;
	if (state.clock < 0.6 * customer.behaviour.interval && chance(random, 0.4)) return "overstocked";
	if (state.mode === "gone") return chance(random, 0.5) ? "buyer_absent" : "overstocked";
	return pickWeighted(random, [
		["price", 0.3],
		["buyer_absent", 0.25],
		["no_cash", 0.15],
		["competitor", 0.15],
		["overstocked", 0.15],
	]);
}
