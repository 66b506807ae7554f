import type { Random } from "../../engine/random.ts";
import { type CandidateList, createCandidateReader } from "../../engine/scoring/candidates.ts";
import { OPEN_INPUTS, REPLENISH_INPUTS } from "../../engine/scoring/mix-inputs.ts";
import { buildRhythm } from "../../engine/scoring/rhythm.ts";
import type { Rows } from "../network/fit-network.ts";
import type { Occasion } from "./mix-occasions.ts";

/** What the nets of the two lists learn from. */
export interface MixRows {
	readonly replenish: Rows;
	readonly open: Rows;
}

/** Rows of the two lists: candidates of the occasions' customers, labelled by whether the next basket held them. */
export function buildMixRows(
	occasions: readonly Occasion[],
	{ maxCustomers, random }: { readonly maxCustomers: number; readonly random: Random },
): MixRows {
	const replenish = createRowList(REPLENISH_INPUTS.length);
	const open = createRowList(OPEN_INPUTS.length);
	const numCustomers = occasions.reduce((sum, { customers }) => sum + customers.length, 0);
	const share = Math.min(1, maxCustomers / Math.max(1, numCustomers));
	for (const { portfolio, past, customers, basketOf } of occasions) {
		const read = createCandidateReader(portfolio, past, buildRhythm(portfolio, past));
		for (const customer of customers) {
			if (random.next() >= share) continue;
			const candidates = read(customer);
			replenish.add(candidates.replenish, basketOf(customer));
			open.add(candidates.open, basketOf(customer));
		}
	}
	return { replenish: replenish.finish(), open: open.finish() };
}

function createRowList(width: number) {
	const inputs: Float32Array[] = [];
	const labels: number[] = [];
	return {
		add(list: CandidateList, basket: ReadonlySet<number>): void {
			inputs.push(list.inputs.slice(0, list.length * width));
			for (let i = 0; i < list.length; i++) labels.push(basket.has(list.product[i]) ? 1 : 0);
		},
		finish(): Rows {
			const values = new Float32Array(labels.length * width);
			let at = 0;
			for (const part of inputs) {
				values.set(part, at);
				at += part.length;
			}
			return {
				numRows: labels.length,
				inputs: { width, values },
				offsets: { width: 1, values: new Float32Array(labels.length) },
				labels: { width: 1, values: Float32Array.from(labels) },
			};
		},
	};
}
