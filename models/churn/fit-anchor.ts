import type { History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { createRandom } from "../../engine/random.ts";
import type { ChurnAnchor } from "../../engine/scoring/churn-inputs.ts";
import { buildRhythm } from "../../engine/scoring/rhythm.ts";
import type { Day } from "../../engine/units.ts";
import { buildChurnRows } from "./churn-dataset.ts";
import { fitBuyTillYouDie, fittedCustomers } from "../buy-till-you-die/fit-buy-till-you-die.ts";
import type { Rows } from "../network/fit-network.ts";
import { levelFreeLoss } from "../network/losses.ts";

const SHARES = [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1];
/** Origins and rows that the share is found on. */
const NUM_ORIGINS = 6;
const MAX_ROWS = 12_000;

/** Fits both buy-till-you-die models to a history, and finds the share of each that foretold best what followed its past origins. */
export function fitAnchor(portfolio: Portfolio, history: History, origins: readonly Day[]): ChurnAnchor {
	const customers = fittedCustomers(history, buildRhythm(portfolio, history));
	const buyTillYouDie = fitBuyTillYouDie(customers).model;
	const bgNbd = { ...fitBuyTillYouDie(customers, { maxK: 1, staysAfterFirst: true }).model, staysAfterFirst: true };
	const stride = Math.max(1, Math.ceil(origins.length / NUM_ORIGINS));
	const asked = origins.filter((_, i) => i % stride === 0);
	const rowsOf = (bgShare: number): Rows =>
		buildChurnRows(portfolio, history, asked, { buyTillYouDie, bgNbd, bgShare }, { maxRows: MAX_ROWS, random: createRandom(1) });
	const [ofMbg, ofBg] = [rowsOf(0), rowsOf(1)];
	const lossAt = (share: number): number =>
		levelFreeLoss(
			ofMbg.offsets.values.map((offset, at) => (1 - share) * offset + share * ofBg.offsets.values[at]),
			ofMbg,
		);
	const losses = SHARES.map(lossAt);
	return { buyTillYouDie, bgNbd, bgShare: asked.length === 0 ? 0.5 : SHARES[losses.indexOf(Math.min(...losses))] };
}
