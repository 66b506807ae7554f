import type { ContactOption, RepCase } from "../../engine/policy/case.ts";
import { TERMS } from "../../engine/policy/case.ts";
import { type CaseInputs, prepareCases } from "../../engine/policy/cases.ts";
import { classify } from "../../engine/policy/classify.ts";
import { validatePolicy } from "../../engine/policy/policy.ts";
import { buildCalendar, horizonOf } from "../../engine/portfolio/calendar/calendar.ts";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { CHANNELS } from "../../engine/portfolio/schema.ts";
import type { Scores } from "../../engine/scoring/scores.ts";
import { type Day, formatDay, parseDay } from "../../engine/units.ts";
import { portfolioOf, type Row, type Rows } from "../check/tables.ts";

/** A Monday of an even ISO week (48), so parity B, without holidays in the ten working days that follow (the last is 4 December). */
export const AS_OF = parseDay("2026-11-23");

/** What the models would say of one customer; amounts in cents. */
export interface Guess {
	readonly churnRisk?: number;
	readonly interval?: number;
	readonly ticket?: number;
	readonly marginRate?: number;
	/** P(order in a week | none before), the same every week. */
	readonly weekly?: number;
	/** Product ids, best first. */
	readonly products?: readonly { readonly id: string; readonly propensity: number; readonly value: number; readonly reason?: number }[];
}

const NUM_WEEKS = 26;

/** Scores as guessed, by customer id; who has no guess never ordered. */
export function scoresOf(rows: Rows, guesses: Readonly<Record<string, Guess>>): Scores {
	const customers = rows.customers ?? [];
	const all = customers.map(({ customer_id: id }) => guesses[String(id)]);
	const productRow = (id: string): number => (rows.products ?? []).findIndex((product) => product.product_id === id);
	const products = all.map((guess) => guess?.products ?? []);
	const flat = products.flat();
	const pick = (value: (guess: Guess) => number): number[] => all.map((guess) => (guess ? value(guess) : Number.NaN));
	return {
		model: "guess-2026-11-23",
		asOf: AS_OF,
		numCustomers: customers.length,
		churnRisk: Float32Array.from(pick(({ churnRisk = 0.1 }) => churnRisk)),
		churnRiskOwnRhythm: Float32Array.from(pick(({ churnRisk = 0.1 }) => churnRisk)),
		expectedOrders: Float32Array.from(pick(({ interval = 14 }) => 90 / interval)),
		expectedValue: Float64Array.from(pick(({ interval = 14, ticket = 50_000 }) => (90 / interval) * ticket)),
		expectedDaysToOrder: Float32Array.from(pick(({ interval = 14 }) => interval)),
		expectedInterval: Float32Array.from(pick(({ interval = 14 }) => interval)),
		ticket: Float64Array.from(pick(({ ticket = 50_000 }) => ticket)),
		marginRate: Float32Array.from(pick(({ marginRate = 0.25 }) => marginRate)),
		hazardEdges: Int32Array.from({ length: NUM_WEEKS }, (_, week) => 7 * (week + 1)),
		hazard: Float32Array.from(all.flatMap((guess) => Array.from({ length: NUM_WEEKS }, () => (guess ? (guess.weekly ?? 0.5) : 0)))),
		productStart: Int32Array.from([0, ...products.map((_, c) => products.slice(0, c + 1).flat().length)]),
		product: Int32Array.from(flat, ({ id }) => productRow(id)),
		propensity: Float32Array.from(flat, ({ propensity }) => propensity),
		productValue: Float64Array.from(flat, ({ value }) => value),
		productReason: Uint8Array.from(flat, ({ reason = 0 }) => reason),
	};
}

export interface Setting {
	readonly policy?: unknown;
	readonly guesses?: Readonly<Record<string, Guess>>;
	readonly asOf?: Day;
	readonly published?: CaseInputs["published"];
}

/** Inputs of the cases of a portfolio of rows. */
export function inputsOf(rows: Rows, { policy: json = {}, guesses = {}, asOf = AS_OF, published }: Setting = {}): CaseInputs {
	const portfolio = portfolioOf(rows);
	const policy = validatePolicy(json);
	const calendar = buildCalendar(rows.holidays ? portfolio.tables.holidays : null, policy);
	const history = buildHistory(portfolio, asOf);
	const scores = scoresOf(rows, guesses);
	const classification = classify({ portfolio, history, scores, policy, asOf, silenceFrom: asOf });
	const horizon = horizonOf(calendar, asOf, policy.horizon_days);
	return { portfolio, history, scores, classification, policy, calendar, asOf, horizon, ...(published && { published }) };
}

const NOTHING_TAKEN: ReadonlyMap<number, readonly Day[]> = new Map();

/** The case of a rep, by its row. */
export function caseOf(rows: Rows, setting: Setting = {}, rep = 0, taken = NOTHING_TAKEN): RepCase {
	return prepareCases(inputsOf(rows, setting)).build(rep, taken);
}

/** Options as `2026-11-23 visit`, of one customer, or of all. */
export function shown(repCase: RepCase, customer?: number): string[] {
	return repCase.options
		.filter((option) => customer === undefined || option.customer === customer)
		.map((option) => `${formatDay(repCase.days[option.day])} ${CHANNELS[option.channel]}`);
}

/** Index of the option of a customer on a date by a channel; -1 for none. */
export function optionAt(repCase: RepCase, date: string, channel = "visit", customer = 0): number {
	return repCase.options.findIndex(
		(option) => option.customer === customer && formatDay(repCase.days[option.day]) === date && CHANNELS[option.channel] === channel,
	);
}

export function option(repCase: RepCase, date: string, channel = "visit", customer = 0): ContactOption {
	return repCase.options[optionAt(repCase, date, channel, customer)];
}

/** Terms by name, in cents, with their sum. */
export function termsOf(repCase: RepCase, index: number, previous: string | null = null, afterCutoff = false): Record<string, number> {
	const out = new Int32Array(TERMS.length);
	const sum = repCase.termsInto(index, previous === null ? null : parseDay(previous), afterCutoff, out);
	return { ...Object.fromEntries(TERMS.map((name, at) => [name, out[at]])), sum };
}

/** Orders of one line on dates, newest last. */
export function ordersOn(customer: string, dates: readonly string[], value = 500, more: Row = {}): Row[] {
	return dates.map((date) => ({
		order_id: `${customer} ${date}`,
		customer_id: customer,
		ordered_on: date,
		product_id: "P1",
		quantity: 1,
		net_value: value,
		...more,
	}));
}

/** Dates every `interval` days for `count` orders, the last `silence` days before as_of. */
export function rhythm(interval: number, count: number, silence: number, asOf = AS_OF): string[] {
	return Array.from({ length: count }, (_, i) => formatDay(asOf - silence - (count - 1 - i) * interval));
}

export const REP: Row = { rep_id: "R1", kind: "field_employee", start_lat: -23.5, start_lon: -46.6 };
export const PLACED: Row = { lat: -23.51, lon: -46.61, rep_id: "R1" };
export const PRODUCTS: readonly Row[] = [
	{ product_id: "P1", margin_rate: 0.25 },
	{ product_id: "P2", margin_rate: 0.4 },
	{ product_id: "P3", margin_rate: 0.4 },
];

/** One customer C1 of one field rep, active, class A, that orders every 14 days; fields laid over. */
export function oneCustomer(customer: Row = {}, rows: Rows = {}): Rows {
	return {
		customers: [{ customer_id: "C1", ...PLACED, ...customer }],
		orders: ordersOn("C1", rhythm(14, 20, 10)),
		reps: [REP],
		products: PRODUCTS,
		...rows,
	};
}

export const ACTIVE: Readonly<Record<string, Guess>> = { C1: {} };
