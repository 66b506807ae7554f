import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HELD_OUT } from "../../engine/index.ts";
import { CarteiraError } from "../../engine/errors.ts";
import { formatDatetime } from "../../engine/portfolio/cells/cell-text.ts";
import { openDurableFile } from "../../engine/portfolio/files/durable-file.ts";
import { createRandom, type Random } from "../../engine/random.ts";
import { type Day, formatDay, parseTime, SECONDS_PER_DAY } from "../../engine/units.ts";
import { createItemMemory, drawOrder, type OrderLine } from "./basket.ts";
import { type LifeState, liveDay, type Reached } from "./behaviour.ts";
import { buildCatalogue, type Catalogue } from "./catalogue.ts";
import type { Customer } from "./customer.ts";
import { chance } from "./draw.ts";
import { anniversariesOf, hubCodeOf, REPS_PER_TEAM } from "./geography.ts";
import { buildMarketCalendar, HISTORY_DAYS, type MarketCalendar } from "./market-calendar.ts";
import { objectionOf } from "./past.ts";
import { STREAMS } from "./streams.ts";
import { readTruth, readTruthHeader, type TruthHeader } from "./truth.ts";

/** What is needed of an entry of a published agenda. */
export interface OutcomeEntry {
	readonly entry_id: string;
	readonly customer_id: string;
	readonly rep_id: string;
	readonly channel: string;
	/** `HH:MM:SS`. */
	readonly start: string;
	readonly end: string;
}

/** Rows in the columns and units of the tables' files, ready to be posted as NDJSON. */
export interface Outcomes {
	readonly contacts: Record<string, unknown>[];
	readonly orders: Record<string, unknown>[];
}

/** How far simulated days have gone: `truth/state.json`. */
interface Simulated {
	readonly through: Day | null;
	readonly states: Record<string, LifeState>;
}

interface World {
	readonly header: TruthHeader;
	readonly calendar: MarketCalendar;
	readonly catalogue: Catalogue;
	/** Holidays of hub cities by city code. */
	readonly anniversaries: ReadonlyMap<string, readonly Day[]>;
}

const MISSES: Readonly<Record<string, number>> = { visit: 0.07, phone: 0.22, message: 0.3, email: 0.5 };

/**
 * What happens on a day when the agenda is carried out, by the truth of a generated folder: who is reached, who buys and what, and
 * who buys by itself. Days passed over since the last call are lived through without contacts, and their orders are given too. The
 * state goes on in `truth/state.json`, so that a chain of days is one story; the same chain and seed give the same rows.
 * Of the entries a lot withholds `holdOutShare`: nobody comes, and the contact is told as held out.
 * Holds all customers in memory. CONFLICT for a day already lived, USAGE for one out of the calendar's reach.
 */
export async function simulateOutcomes(
	folder: string,
	day: Day,
	entries: readonly OutcomeEntry[],
	seed: number,
	holdOutShare = 0,
): Promise<Outcomes> {
	validateShare(holdOutShare);
	const world = openWorld(folder);
	const before = readState(folder);
	const first = (before.through ?? world.header.asOf - 1) + 1;
	validateDay(day, first, world.header.asOf);
	const entryOf = new Map(entries.map((entry) => [entry.customer_id, entry]));
	const outcomes: Outcomes = { contacts: [], orders: [] };
	const states: Record<string, LifeState> = {};
	for await (const { customer, repId, state: initial } of readTruth(folder)) {
		const state = before.states[customer.id] ?? initial;
		for (let d = first; d <= day; d++) {
			const random = createRandom(seed + 7919 * d, STREAMS.outcomes + customer.index);
			const entry = d === day ? entryOf.get(customer.id) : undefined;
			liveOn(world, customer, state, repId, d, entry, holdOutShare, random, outcomes);
		}
		states[customer.id] = state;
	}
	writeState(folder, { through: day, states });
	return outcomes;
}

/** Refuses a share that would leave nothing to compare, or is none. */
export function validateShare(holdOutShare: number): void {
	if (holdOutShare >= 0 && holdOutShare < 1) return;
	throw new CarteiraError("USAGE", `holdOutShare is ${holdOutShare}; expected a number from 0 to below 1`);
}

function openWorld(folder: string): World {
	const header = readTruthHeader(folder);
	const { seed, numCustomers, numReps, asOf } = header;
	const teams = Array.from({ length: Math.ceil(numReps / REPS_PER_TEAM) }, (_, team) => team);
	const anniversaries = new Map(teams.map((team) => [hubCodeOf(team), anniversariesOf(seed, team, asOf)]));
	return { header, anniversaries, calendar: buildMarketCalendar(asOf), catalogue: buildCatalogue(seed, numCustomers, asOf) };
}

function validateDay(day: Day, first: Day, asOf: Day): void {
	if (day < first) throw new CarteiraError("CONFLICT", `${formatDay(day)} was lived already; the next day is ${formatDay(first)}`);
	if (day >= asOf + 120) throw new CarteiraError("USAGE", `${formatDay(day)} is more than 120 days after ${formatDay(asOf)}`);
}

function liveOn(
	world: World,
	customer: Customer,
	state: LifeState,
	repId: string,
	day: Day,
	entry: OutcomeEntry | undefined,
	holdOutShare: number,
	random: Random,
	outcomes: Outcomes,
): void {
	const { calendar, catalogue, header } = world;
	const i = day - calendar.from;
	const openness = world.anniversaries.get(customer.cityCode)?.includes(day) ? 0 : calendar.openness[i];
	const heldOut = entry !== undefined && holdOutShare > 0 && chance(random, holdOutShare);
	const missed = entry !== undefined && !heldOut && (state.cause === "closed" || chance(random, MISSES[entry.channel] ?? 0.3));
	const reached: Reached = entry === undefined || missed || heldOut ? null : reachedBy(entry.channel);
	// Who is called on although its day is a holiday lives an ordinary day.
	const ordered =
		(openness > 0 || reached !== null) && liveDay(state, customer.behaviour, day, openness || 1, calendar.season[i], reached, random);
	const orderId = ordered ? `D${formatDay(day).replaceAll("-", "")}-${customer.index + 1}` : null;
	if (orderId !== null) {
		const growth = Math.exp((customer.behaviour.growth * (day - header.asOf + HISTORY_DAYS)) / 365);
		const demand = calendar.season[i] * growth * (state.mode === "declining" ? 0.7 : 1);
		const lines = drawOrder(random, customer, catalogue, day, header.asOf, demand, createItemMemory(customer.behaviour.basket));
		const origin = reached === null ? "ecommerce" : reached === "visit" ? "visit" : "telesales";
		outcomes.orders.push(...orderRows(orderId, customer, day, lines, catalogue, entry?.rep_id ?? repId, origin));
	}
	if (entry === undefined) return;
	if (heldOut) outcomes.contacts.push({ ...contactRow(entry, day, true, null, HELD_OUT), outcome: "cancelled", minutes: null });
	else
		outcomes.contacts.push(
			contactRow(entry, day, missed, orderId, orderId === null && !missed ? objectionOf(random, state, customer) : null),
		);
}

function reachedBy(channel: string): Reached {
	return channel === "visit" || channel === "phone" ? channel : "message";
}

function orderRows(
	orderId: string,
	customer: Customer,
	day: Day,
	lines: readonly OrderLine[],
	{ products }: Catalogue,
	repId: string,
	origin: string,
): Record<string, unknown>[] {
	return lines.map(({ product, quantity, net, margin }) => ({
		order_id: orderId,
		customer_id: customer.id,
		ordered_on: formatDay(day),
		product_id: products[product].id,
		quantity,
		net_value: net / 100,
		margin: margin / 100,
		rep_id: repId,
		line: products[product].line,
		origin,
		status: "placed",
		kind: "sale",
	}));
}

function contactRow(
	entry: OutcomeEntry,
	day: Day,
	missed: boolean,
	orderId: string | null,
	objection: string | null,
): Record<string, unknown> {
	const [start, end] = [parseTime(entry.start), parseTime(entry.end)];
	return {
		contact_id: `K-${entry.entry_id}`,
		entry_id: entry.entry_id,
		customer_id: entry.customer_id,
		rep_id: entry.rep_id,
		contacted_at: formatDatetime(day * SECONDS_PER_DAY + start),
		channel: entry.channel,
		direction: "outbound",
		outcome: missed ? "not_reached" : orderId === null ? "no_order" : "order",
		objection,
		order_id: missed ? null : orderId,
		minutes: missed ? 3 : Math.round((end - start) / 60),
	};
}

function statePath(folder: string): string {
	return join(folder, "truth", "state.json");
}

function readState(folder: string): Simulated {
	if (!existsSync(statePath(folder))) return { through: null, states: {} };
	const state: Simulated = JSON.parse(readFileSync(statePath(folder), "utf8")); // our own file
	return state;
}

function writeState(folder: string, state: Simulated): void {
	const file = openDurableFile(statePath(folder));
	file.write(JSON.stringify(state));
	file.close();
}
