import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { type CandidateList, type CommonTaste, createCandidateReader, MAX_OPEN, MAX_REPLENISH } from "./candidates.ts";
import { OPEN_INPUTS, REPLENISH_INPUTS } from "./mix-inputs.ts";
import { sigmoid } from "./log-odds.ts";
import { CHUNK, type Net } from "./net.ts";
import type { Rhythm } from "./rhythm.ts";
import { PRODUCT_REASONS, type Scores } from "./scores.ts";

/** Products suggested to a customer at most, from the list of those bought before and from that of those never bought. */
export interface Lengths {
	readonly replenish: number;
	readonly open: number;
}

const BATCH_CUSTOMERS = Math.floor(CHUNK / Math.max(MAX_REPLENISH, MAX_OPEN));

/** The part of the scores that the two mix nets give. */
export type MixScores = Pick<Scores, "productStart" | "product" | "propensity" | "productValue" | "productReason">;

interface Suggestion {
	readonly product: number;
	readonly value: number;
	readonly reason: number;
	propensity: number;
}

/** Ranks the candidates of the given customers, ascending, all of which have ordered; the others get none. */
export function scoreMix(
	nets: { readonly replenish: Net; readonly open: Net },
	portfolio: Portfolio,
	history: History,
	rhythm: Rhythm,
	customers: Int32Array,
	lengths: Lengths,
	taste?: CommonTaste,
): MixScores {
	const suggestions = createSuggestions(history.numCustomers, customers.length * (lengths.replenish + lengths.open));
	const read = createCandidateReader(portfolio, history, rhythm, taste);
	const replenish = createBatch(MAX_REPLENISH, REPLENISH_INPUTS.length, (list, i) => reasonCode(list.isDue[i] === 1 ? "due" : "repeat"));
	const open = createBatch(MAX_OPEN, OPEN_INPUTS.length, () => reasonCode("cross_sell"));
	for (let from = 0; from < customers.length; from += BATCH_CUSTOMERS) {
		const batch = customers.subarray(from, from + BATCH_CUSTOMERS);
		for (const customer of batch) {
			const candidates = read(customer);
			replenish.add(candidates.replenish);
			open.add(candidates.open);
		}
		const [repeats, opens] = [replenish.score(nets.replenish), open.score(nets.open)];
		for (const [i, customer] of batch.entries())
			suggestions.push(customer, [...repeats[i].slice(0, lengths.replenish), ...opens[i].slice(0, lengths.open)].sort(byPropensity));
	}
	return suggestions.finish();
}

function reasonCode(name: (typeof PRODUCT_REASONS)[number]): number {
	return PRODUCT_REASONS.indexOf(name);
}

function byPropensity(a: Suggestion, b: Suggestion): number {
	return b.propensity - a.propensity || a.product - b.product;
}

/** Gathers one list of many customers, so that a net sees them in one pass. */
function createBatch(maxLength: number, width: number, reasonOf: (list: CandidateList, i: number) => number) {
	const inputs = new Float32Array(BATCH_CUSTOMERS * maxLength * width);
	let lists: Suggestion[][] = [];
	let numRows = 0;
	return {
		add(list: CandidateList): void {
			inputs.set(list.inputs.subarray(0, list.length * width), numRows * width);
			numRows += list.length;
			const suggestionAt = (i: number): Suggestion => ({
				product: list.product[i],
				value: list.value[i],
				reason: reasonOf(list, i),
				propensity: 0,
			});
			lists.push(Array.from({ length: list.length }, (_, i) => suggestionAt(i)));
		},
		/** Every list best first, in the order in which they were added. */
		score(net: Net): Suggestion[][] {
			const logits = numRows > 0 ? net(inputs, numRows) : new Float32Array(0);
			let at = 0;
			for (const list of lists) {
				for (const suggestion of list) suggestion.propensity = sigmoid(logits[at++]);
				list.sort(byPropensity);
			}
			const scored = lists;
			lists = [];
			numRows = 0;
			return scored;
		},
	};
}

/** Compressed rows of the suggestions, filled in order of customers. */
function createSuggestions(numCustomers: number, capacity: number) {
	const productStart = new Int32Array(numCustomers + 1);
	const product = new Int32Array(capacity);
	const propensity = new Float32Array(capacity);
	const productValue = new Float64Array(capacity);
	const productReason = new Uint8Array(capacity);
	let length = 0;
	return {
		push(customer: number, suggestions: readonly Suggestion[]): void {
			for (const suggestion of suggestions) {
				product[length] = suggestion.product;
				propensity[length] = suggestion.propensity;
				productValue[length] = suggestion.value;
				productReason[length++] = suggestion.reason;
			}
			productStart[customer + 1] = length;
		},
		finish(): MixScores {
			for (let customer = 0; customer < numCustomers; customer++)
				productStart[customer + 1] = Math.max(productStart[customer + 1], productStart[customer]);
			return {
				productStart,
				product: product.slice(0, length),
				propensity: propensity.slice(0, length),
				productValue: productValue.slice(0, length),
				productReason: productReason.slice(0, length),
			};
		},
	};
}
