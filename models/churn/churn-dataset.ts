import { type History, netValueOf } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import type { Random } from "../../engine/random.ts";
import { CHURN_INPUTS, type ChurnAnchor, createChurnReader, NUM_OUTPUTS } from "../../engine/scoring/churn-inputs.ts";
import { cutHistory } from "../../engine/scoring/cut-history.ts";
import { forgetContacts } from "../../engine/scoring/features.ts";
import { HAZARD_EDGES, NUM_BINS } from "../../engine/scoring/hazard.ts";
import { buildRhythm } from "../../engine/scoring/rhythm.ts";
import type { Day } from "../../engine/units.ts";
import type { Rows } from "../network/fit-network.ts";
import { type LevelRows, levelShift } from "../network/losses.ts";

/** Labels of a row: for each bin whether an order fell in it and whether that counts, then orders and value of 90 days and how much they count. */
export const CHURN_LABELS = 2 * NUM_BINS + 4;
/** A value of more tickets in 90 days is cut: one delivery must not outweigh a thousand customers. */
const MAX_TICKETS = 40;

/** Value counts by the customer's ticket against the portfolio's, so that money comes out right and not tickets; within these bounds. */
const VALUE_WEIGHTS = { least: 0.2, most: 5 };

/** Rows that forget their contacts, so that the net can do without: many portfolios have no contacts table. */
const FORGET_SHARE = 0.3;

/** What a customer did from an origin on, as far as the history tells. */
export interface Future {
	/** Days from the origin to the next order, 0 for the origin itself; Infinity where none came. */
	readonly daysToOrder: number;
	readonly orders90: number;
}

/** A future with what came in, net of returns on whatever day they came. */
interface Labelled extends Future {
	/** Cents, floored at 0. */
	readonly value90: number;
	readonly daysKnown: number;
}

/** Reads a customer's future after an origin. */
export function futureOf(history: History, customer: number, origin: Day): Future {
	let [daysToOrder, orders90] = [Number.POSITIVE_INFINITY, 0];
	for (let event = history.eventStart[customer + 1] - 1; event >= history.eventStart[customer]; event--) {
		const days = history.eventDay[event] - origin;
		if (days < 0) break;
		daysToOrder = days;
		if (days < 90) orders90++;
	}
	return { daysToOrder, orders90 };
}

/**
 * Rows of all customers with orders at each origin, at most `maxRows` in all, drawn by `random`. The offsets of an origin are moved to the
 * level of what followed it, so that the net learns how customers differ and leaves the season to `forecastSeason`.
 */
export function buildChurnRows(
	portfolio: Portfolio,
	history: History,
	origins: readonly Day[],
	anchor: ChurnAnchor,
	{ maxRows, random }: { readonly maxRows: number; readonly random: Random },
): Rows {
	const pasts = origins.map((origin) => cutHistory(portfolio, history, origin));
	const numPossible = pasts.reduce((sum, past) => sum + countCustomers(past), 0);
	const share = Math.min(1, maxRows / Math.max(1, numPossible));
	const capacity = Math.ceil(numPossible * Math.min(1, share * 1.1)) + 100; // the draw varies around its share
	const inputs = new Float32Array(capacity * CHURN_INPUTS.length);
	const offsets = new Float32Array(capacity * NUM_OUTPUTS);
	const labels = new Float32Array(capacity * CHURN_LABELS);
	let numRows = 0;
	for (const past of pasts) {
		const rhythm = buildRhythm(portfolio, past);
		const from = numRows;
		const read = createChurnReader(portfolio, past, rhythm, anchor);
		for (let customer = 0; customer < past.numCustomers && numRows < capacity; customer++) {
			if (past.eventStart[customer] === past.eventStart[customer + 1] || random.next() >= share) continue;
			read(customer, inputs, numRows * CHURN_INPUTS.length, offsets, numRows * NUM_OUTPUTS);
			if (random.next() < FORGET_SHARE) forgetContacts(inputs, numRows * CHURN_INPUTS.length);
			const future = futureOf(history, customer, past.before);
			const daysKnown = history.before - past.before;
			const value90 = netValueOf(portfolio, history, customer, past.before, past.before + 90);
			labelInto(labels, numRows * CHURN_LABELS, { ...future, value90, daysKnown }, rhythm.ticket[customer], rhythm.baseTicket);
			numRows++;
		}
		moveToLevel({ outputs: offsets, labels: { width: CHURN_LABELS, values: labels }, from, to: numRows });
	}
	return {
		numRows,
		inputs: { width: CHURN_INPUTS.length, values: inputs.subarray(0, numRows * CHURN_INPUTS.length) },
		offsets: { width: NUM_OUTPUTS, values: offsets.subarray(0, numRows * NUM_OUTPUTS) },
		labels: { width: CHURN_LABELS, values: labels.subarray(0, numRows * CHURN_LABELS) },
	};
}

/** Adds to the offsets of an origin's rows what brings its hazards to the level of their labels; orders and value move along, as when they are scored. */
function moveToLevel(rows: LevelRows): void {
	const shift = levelShift(rows);
	for (let at = rows.from * NUM_OUTPUTS; at < rows.to * NUM_OUTPUTS; at++) rows.outputs[at] += shift;
}

/** A bin counts while the customer is at risk in it and all of it lies in the past: a half-seen bin would count only its orders. */
function labelInto(labels: Float32Array, at: number, future: Labelled, ticket: number, baseTicket: number): void {
	const { daysKnown } = future;
	let from = 0;
	for (let bin = 0; bin < NUM_BINS; bin++) {
		const to = HAZARD_EDGES[bin];
		labels[at + bin] = future.daysToOrder >= from && future.daysToOrder < to ? 1 : 0;
		labels[at + NUM_BINS + bin] = future.daysToOrder >= from && to <= daysKnown ? 1 : 0;
		from = to;
	}
	labels[at + 2 * NUM_BINS] = future.orders90;
	labels[at + 2 * NUM_BINS + 1] = Math.min(MAX_TICKETS, future.value90 / Math.max(1, ticket));
	const weight = Math.max(VALUE_WEIGHTS.least, Math.min(VALUE_WEIGHTS.most, ticket / Math.max(1, baseTicket)));
	labels[at + 2 * NUM_BINS + 2] = daysKnown >= 90 ? 1 : 0;
	labels[at + 2 * NUM_BINS + 3] = daysKnown >= 90 ? weight : 0;
}

function countCustomers({ eventStart, numCustomers }: History): number {
	let count = 0;
	for (let customer = 0; customer < numCustomers; customer++) if (eventStart[customer + 1] > eventStart[customer]) count++;
	return count;
}
