import { drawHoldOut } from "../../models/experiment/lot.ts";
import { FEWEST_DAYS } from "../../models/experiment/rep-days.ts";
import { openMarket, staffTerritory } from "../../models/generator/distributor.ts";
import { livePast } from "../../models/generator/past.ts";
import { weekdayOf } from "../../engine/units.ts";
import { MADE_AS_OF } from "./churn-options.ts";
import { createIntervalTally } from "./interval-tally.ts";

const [DAY, NET] = [2, 5]; // columns of the generator's order rows
const [DAYS, USUAL] = [84, 56];

interface SoldDay {
	readonly id: string;
	readonly stratum: string;
	readonly sold: number;
	readonly before: number;
}

/** Working days of a made distributor's reps with what was sold on them, contacts as ever. */
function soldDays(seed: number, customers: number, reps: number): SoldDay[] {
	const options = { customers, reps, seed, asOf: MADE_AS_OF, format: "csv", out: "" } as const;
	const market = openMarket(options);
	const from = MADE_AS_OF - DAYS;
	return Array.from({ length: reps }, (_, rep) => rep).flatMap((rep) => {
		const staffed = staffTerritory(options, market, rep);
		const sums = new Map<number, number>();
		for (const [i, customer] of staffed.customers.entries())
			for (const row of livePast(market, customer, staffed.cares[i]).orders) {
				const day = Number(row[DAY]);
				sums.set(day, (sums.get(day) ?? 0) + Number(row[NET]));
			}
		const soldOn = (day: number): number => sums.get(day) ?? 0;
		const usual = (day: number): number => {
			const first = from - USUAL + ((day - from) % 7);
			return Array.from({ length: USUAL / 7 }, (_, week) => soldOn(first + 7 * week)).reduce((a, b) => a + b, 0) / (USUAL / 7);
		};
		return Array.from({ length: DAYS }, (_, i) => from + i)
			.filter((day) => weekdayOf(day) < 5)
			.map((day) => ({
				id: `${rep} ${day}`,
				stratum: `${rep} ${Math.floor((day - from) / 14)}`,
				sold: soldOn(day),
				before: usual(day),
			}));
	});
}

/**
 * How often 90 % intervals of a switchback hold an effect planted in the sales of made distributors: a share of what is usual on the weekday,
 * so that it differs from day to day.
 */
export function measureSwitchback(sizes: { numSeeds: number; customers: number; numLots: number }): string[] {
	const all = Array.from({ length: sizes.numSeeds }, (_, i) => soldDays(401 + i, sizes.customers, Math.ceil(sizes.customers / 150)));
	return [0.2, 0].map((planted) => {
		const tally = createIntervalTally();
		for (const [at, days] of all.entries()) {
			const truth = (planted * days.reduce((sum, { before }) => sum + before, 0)) / days.length;
			for (let lot = 0; lot < sizes.numLots; lot++) {
				const drawn = drawHoldOut(days, { experiment: "switchback", seed: 1000 * (401 + at) + lot }, 0.2, FEWEST_DAYS);
				const rows = days.map((day) => {
					const isHeldOut = drawn.has(day.id);
					return { ...day, cluster: day.id, isHeldOut, outcome: day.sold + (isHeldOut ? 0 : planted * day.before) };
				});
				tally.add(rows, truth, lot);
			}
		}
		return `rep-days, ${100 * planted} % of usual sales planted: ${tally.told()}`;
	});
}
