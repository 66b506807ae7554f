import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { History } from "../../engine/portfolio/history.ts";
import { CHURN_INPUTS, createChurnReader, NUM_OUTPUTS } from "../../engine/scoring/churn-inputs.ts";
import { logit } from "../../engine/scoring/log-odds.ts";
import { fitAnchor } from "../../models/churn/fit-anchor.ts";
import { fitBgNbd, fitMbgCnbd, fitTickets } from "../../models/buy-till-you-die/order-models.ts";
import { type Situation, situationAt } from "./situation.ts";

/** History that an origin needs before it. */
const MIN_HISTORY = 90;
/** Days that stand for no order known. */
const NEVER = 1e9;

/** What is said of a row, beside its features. */
const ABOUT = ["days_known", "days_to_order", "own_days", "order_count", "value"] as const;
/** The four features of the plain logistic model. */
const PLAIN = ["plain_orders", "plain_silence", "plain_age", "plain_ticket"] as const;
const MODELS = ["bg_no_order", "mbg_no_order", "bg_no_order_own", "mbg_no_order_own", "mbg_alive", "mbg_orders", "mbg_value"] as const;
export const PEER_COLUMNS: readonly string[] = [...ABOUT, ...PLAIN, ...MODELS, ...CHURN_INPUTS];

/** Where the table of a cutoff lies; rows of the cutoff itself come last, in order of its customers. */
export interface PeerTable {
	/** 64-bit floats, row-major. */
	readonly file: string;
	readonly columns: readonly string[];
	readonly numRows: number;
	readonly horizon: number;
}

/**
 * Writes the table that the peers learn from: a row for each past origin and customer, with the features that our own net gets, read by the
 * same code, and what the buy-till-you-die models fitted at that origin say. Labels are what was known at the cutoff; the
 * cutoff's own rows have none.
 */
export function writePeerTable(folder: string, situation: Situation, horizon: number, step: number): PeerTable {
	const rows = [...pastOrigins(situation, horizon, step), situation.cutoff].map((origin) => rowsOf(situation, origin, horizon));
	const values = new Float64Array(rows.reduce((sum, own) => sum + own.length, 0));
	let at = 0;
	for (const own of rows) {
		values.set(own, at);
		at += own.length;
	}
	const file = join(folder, "peer-table.f64");
	writeFileSync(file, values);
	return { file, columns: PEER_COLUMNS, numRows: values.length / PEER_COLUMNS.length, horizon };
}

/** Earliest first; the window of the latest one ends at the cutoff. */
function pastOrigins({ cutoff, past }: Situation, horizon: number, step: number): number[] {
	const first = past.eventDay.reduce((min, day) => Math.min(min, day), cutoff);
	const origins: number[] = [];
	for (let origin = cutoff - horizon; origin >= first + MIN_HISTORY; origin -= step) origins.push(origin);
	return origins.reverse();
}

function rowsOf({ portfolio, past, cutoff }: Situation, origin: number, horizon: number): Float64Array {
	const situation = situationAt(portfolio, past, origin, horizon);
	const { customers, rhythm } = situation;
	const own = fitAnchor(portfolio, situation.past, []);
	const readInputs = createChurnReader(portfolio, situation.past, rhythm, own);
	const readModels = createModelReader(situation, horizon);
	const inputs = new Float32Array(CHURN_INPUTS.length);
	const offsets = new Float32Array(NUM_OUTPUTS);
	const values = new Float64Array(customers.length * PEER_COLUMNS.length);
	customers.forEach((customer, i) => {
		readInputs(customer, inputs, 0, offsets, 0);
		const { daysToOrder, ownDays, orderCount, value } = situation;
		const about = [cutoff - origin, Math.min(NEVER, daysToOrder[i]), ownDays[i], orderCount[i], value[i]];
		values.set([...about, ...plainOf(situation.past, customer), ...readModels(customer, ownDays[i]), ...inputs], i * PEER_COLUMNS.length);
	});
	return values;
}

function plainOf({ eventStart, eventDay, eventValue, before }: History, customer: number): number[] {
	const [from, to] = [eventStart[customer], eventStart[customer + 1]];
	const sales = eventValue.subarray(from, to).reduce((sum, value) => sum + Math.max(0, value), 0);
	return [to - from, before - eventDay[to - 1], before - eventDay[from], sales / (to - from)].map(Math.log1p);
}

function createModelReader({ past }: Situation, horizon: number): (customer: number, ownDays: number) => number[] {
	const [bg, mbg, ticketOf] = [fitBgNbd(past), fitMbgCnbd(past), fitTickets(past)];
	return (customer, ownDays) => {
		const orders = mbg.expectedOrders(customer, horizon);
		return [
			logit(bg.noOrder(customer, horizon)),
			logit(mbg.noOrder(customer, horizon)),
			logit(bg.noOrder(customer, ownDays)),
			logit(mbg.noOrder(customer, ownDays)),
			logit(mbg.alive(customer)),
			Math.log(orders + 1e-6),
			Math.log1p(orders * ticketOf(customer)),
		];
	};
}
