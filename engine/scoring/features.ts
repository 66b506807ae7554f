import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { OUTCOMES } from "../portfolio/schema.ts";
import { type Day, SECONDS_PER_DAY, weekdayOf } from "../units.ts";
import { type BasketReader, createBasketReader } from "./basket.ts";
import { openDays } from "./closures.ts";
import type { Rhythm } from "./rhythm.ts";

/** Gaps looked at for their spread: the last ones, so that a habit of years ago fades. */
const RECENT_GAPS = 50;
/** Events of the portfolio's habit that a customer's own weekdays are mixed with. */
const BASE_WEEKDAYS = 3;

/** The customer that is being read, and what several groups of features need of it. */
interface Reading {
	readonly history: History;
	readonly rhythm: Rhythm;
	readonly baskets: BasketReader;
	readonly contacts: { readonly at: Float64Array; readonly outcome: Uint8Array };
	/** Own gaps in open days, oldest first, the last RECENT_GAPS of them. */
	readonly gaps: Float64Array;
	numGaps: number;
	customer: number;
	from: number;
	to: number;
	silence: number;
	interval: number;
}

interface Group {
	readonly names: readonly string[];
	write(reading: Reading, out: Float32Array, at: number): void;
}

const RHYTHM: Group = {
	names: [
		"log_orders",
		"log_silence",
		"silence_to_interval",
		"log_interval",
		"interval_to_base",
		"gap_variation",
		"last_gap_to_interval",
		"recent_gaps_to_interval",
		"silence_to_longest_gap",
		"silence_rank",
		"log_age",
		"age_to_interval",
	],
	write(reading, out, at) {
		const { history, rhythm, gaps, numGaps, customer, from, to, silence, interval } = reading;
		const age = openDays(rhythm.closures, history.eventDay[from], history.before);
		const spread = spreadOf(gaps, numGaps, silence);
		out[at] = Math.log1p(to - from);
		out[at + 1] = Math.log1p(silence);
		out[at + 2] = logRatio(silence, interval);
		out[at + 3] = Math.log(interval);
		out[at + 4] = Math.log(interval / rhythm.baseInterval[customer]);
		out[at + 5] = spread.variation;
		out[at + 6] = numGaps > 0 ? logRatio(gaps[numGaps - 1], interval) : 0;
		out[at + 7] = numGaps > 0 ? logRatio(spread.recentMean, interval) : 0;
		out[at + 8] = logRatio(silence, numGaps > 0 ? spread.longest : rhythm.baseInterval[customer]);
		out[at + 9] = (spread.longerThanSilence + 1) / (numGaps + 2);
		out[at + 10] = Math.log1p(age);
		out[at + 11] = logRatio(age, interval);
	},
};

const INTERVAL_WINDOWS = [2, 4, 8];
const DAY_WINDOWS = [28, 90, 180, 365];
const WINDOWS: Group = {
	names: [
		...INTERVAL_WINDOWS.map((n) => `orders_in_${n}_intervals`),
		...DAY_WINDOWS.flatMap((d) => [`log_orders_${d}`, `log_tickets_${d}`]),
	],
	write(reading, out, at) {
		const { rhythm, customer, interval } = reading;
		for (const width of INTERVAL_WINDOWS) out[at++] = Math.log1p(windowSums(reading, width * interval).orders / width);
		for (const days of DAY_WINDOWS) {
			const { orders, value } = windowSums(reading, days);
			out[at++] = Math.log1p(orders);
			out[at++] = Math.log1p(value / Math.max(1, rhythm.ticket[customer]));
		}
	},
};

const TICKET: Group = {
	names: ["ticket_to_base", "last_tickets_to_ticket"],
	write({ history, rhythm, customer, from, to }, out, at) {
		const ticket = Math.max(1, rhythm.ticket[customer]);
		let last = 0;
		const start = Math.max(from, to - 3);
		for (let event = start; event < to; event++) last += Math.max(0, history.eventValue[event]);
		out[at] = Math.log(ticket / Math.max(1, rhythm.baseTicket));
		out[at + 1] = Math.log1p(last / (to - start) / ticket);
	},
};

/** The habit by weekday, counted from the first day of the window, so that the nearest bins of the hazard can use it. */
const WEEKDAYS: Group = {
	names: Array.from({ length: 7 }, (_, offset) => `weekday_share_in_${offset}`),
	write({ history, rhythm: { weekdayShare }, from, to }, out, at) {
		const own = [0, 0, 0, 0, 0, 0, 0];
		for (let event = from; event < to; event++) own[weekdayOf(history.eventDay[event])]++;
		for (let offset = 0; offset < 7; offset++) {
			const weekday = weekdayOf(history.before + offset);
			out[at + offset] = (own[weekday] + BASE_WEEKDAYS * weekdayShare[weekday]) / (to - from + BASE_WEEKDAYS);
		}
	},
};

const BASKET: Group = {
	names: ["log_products", "log_lines_an_order", "lost_core_share", "return_share"],
	write({ history, baskets, customer, from, to }, out, at) {
		const basket = baskets.read(customer, history.eventDay[Math.max(from, to - 3)], Math.max(0, to - from - 3));
		out[at] = Math.log1p(basket.numProducts);
		out[at + 1] = Math.log1p(basket.numLines / (to - from));
		out[at + 2] = basket.lostCoreShare;
		out[at + 3] = basket.returnShare;
	},
};

const ORDERED = OUTCOMES.indexOf("order");
const CANCELLED = OUTCOMES.indexOf("cancelled");
const CONTACTS: Group = {
	names: ["has_contacts", "contacts_since_order", "contacts_30", "converted_share"],
	write({ history, contacts, customer, to }, out, at) {
		const [start, end] = [history.contactStart[customer], history.contactStart[customer + 1]];
		let [sinceOrder, recent, converted, made] = [0, 0, 0, 0];
		for (let i = start; i < end; i++) {
			const row = history.contact[i];
			if (contacts.outcome[row] === CANCELLED) continue;
			const day = Math.floor(contacts.at[row] / SECONDS_PER_DAY);
			made++;
			if (day > history.eventDay[to - 1]) sinceOrder++;
			if (day >= history.before - 30) recent++;
			if (contacts.outcome[row] === ORDERED) converted++;
		}
		out[at] = made > 0 ? 1 : 0;
		out[at + 1] = Math.log1p(sinceOrder);
		out[at + 2] = Math.log1p(recent);
		out[at + 3] = made > 0 ? (converted + 1) / (made + 2) : 0.5;
	},
};

/** The same 90 days one year ago (52 weeks, so that weekdays agree), where the customer was there then. */
const LAST_YEAR: Group = {
	names: ["had_last_year", "orders_last_year"],
	write({ history, from, to, interval }, out, at) {
		const start = history.before - 364;
		const wasThere = history.eventDay[from] <= start ? 1 : 0;
		let orders = 0;
		for (let event = from; event < to; event++) if (history.eventDay[event] >= start && history.eventDay[event] < start + 90) orders++;
		out[at] = wasThere;
		out[at + 1] = wasThere * Math.log1p((orders * interval) / 90);
	},
};

const GROUPS: readonly Group[] = [RHYTHM, WINDOWS, TICKET, WEEKDAYS, BASKET, CONTACTS, LAST_YEAR];

/** Names of the churn model's features, in order of their columns. A model folder that lists others is refused. */
export const FEATURES: readonly string[] = GROUPS.flatMap((group) => group.names);

const CONTACTS_AT = FEATURES.indexOf(CONTACTS.names[0]);
/** What the contact features say of a customer that nobody contacted. */
const NO_CONTACTS = [0, 0, 0, 0.5];

/** Overwrites the contact features of the row at out[at …] by those of a portfolio without a contacts table. */
export function forgetContacts(out: Float32Array, at: number): void {
	out.set(NO_CONTACTS, at + CONTACTS_AT);
}

/** Writes a customer's features to out[at … at + FEATURES.length - 1]. Only for customers with at least one purchase event. */
export type FeatureReader = (customer: number, out: Float32Array, at: number) => void;

/**
 * Reads the features of customers one at a time, so that a large portfolio never stands as one matrix. All of them come from the
 * history, hence from days before `history.before`; ratios to the customer's own rhythm and ticket, so that they carry from one
 * portfolio to another.
 */
export function createFeatureReader(portfolio: Portfolio, history: History, rhythm: Rhythm): FeatureReader {
	const { contacts } = portfolio.tables;
	const reading: Reading = {
		history,
		rhythm,
		baskets: createBasketReader(portfolio, history),
		contacts: { at: contacts.numbers.contacted_at, outcome: contacts.codes.outcome },
		gaps: new Float64Array(RECENT_GAPS),
		numGaps: 0,
		customer: 0,
		from: 0,
		to: 0,
		silence: 0,
		interval: 0,
	};
	return (customer, out, at) => {
		turnTo(reading, customer);
		for (const group of GROUPS) {
			group.write(reading, out, at);
			at += group.names.length;
		}
	};
}

function turnTo(reading: Reading, customer: number): void {
	const { history, rhythm, gaps } = reading;
	const [from, to] = [history.eventStart[customer], history.eventStart[customer + 1]];
	reading.customer = customer;
	reading.from = from;
	reading.to = to;
	reading.silence = openDays(rhythm.closures, history.eventDay[to - 1], history.before);
	reading.interval = Math.max(1, rhythm.expectedInterval[customer]);
	reading.numGaps = 0;
	for (let event = Math.max(from, to - 1 - RECENT_GAPS) + 1; event < to; event++)
		gaps[reading.numGaps++] = Math.max(1, openDays(rhythm.closures, history.eventDay[event - 1], history.eventDay[event]));
}

function spreadOf(gaps: Float64Array, numGaps: number, silence: number) {
	let [sum, squares, longest, longerThanSilence, recent] = [0, 0, 0, 0, 0];
	for (let i = 0; i < numGaps; i++) {
		sum += gaps[i];
		squares += gaps[i] * gaps[i];
		if (gaps[i] > longest) longest = gaps[i];
		if (gaps[i] >= silence) longerThanSilence++;
		if (i >= numGaps - 3) recent += gaps[i];
	}
	const mean = sum / Math.max(1, numGaps);
	const variation = numGaps < 2 ? 1 : Math.sqrt(Math.max(0, squares / numGaps - mean * mean)) / mean;
	return { variation, longest, longerThanSilence, recentMean: recent / Math.max(1, Math.min(3, numGaps)) };
}

function windowSums({ history, from, to }: Reading, days: number): { orders: number; value: number } {
	const start: Day = history.before - days;
	let [orders, value] = [0, 0];
	for (let event = to - 1; event >= from && history.eventDay[event] >= start; event--) {
		orders++;
		value += Math.max(0, history.eventValue[event]);
	}
	return { orders, value };
}

/** One day is added on both sides: an order of yesterday against an interval of one day is not a ratio of nothing. */
function logRatio(days: number, interval: number): number {
	return Math.log((days + 1) / (interval + 1));
}
