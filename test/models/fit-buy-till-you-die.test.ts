import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../engine/random.ts";
import { parseDay } from "../../engine/units.ts";
import type { FittedCustomer } from "../../models/customer-groups.ts";
import { fitBuyTillYouDie, logLikelihood } from "../../models/fit-buy-till-you-die.ts";

describe("fitBuyTillYouDie", () => {
	it("finds the regularity and the rates that made the data", () => {
		// Rates gamma(2, 4) a stage of two, stopping with probability 0.1: mean gap near 2 × 4 ÷ (2 − 1) = 8 for the average customer.
		const random = createRandom(5);
		const customers = Array.from({ length: 1500 }, () => simulate(random));
		const { model } = fitBuyTillYouDie(customers, { maxK: 4 });
		expect(model.k).toBe(2);
		expect(model.r / model.alpha).toBeGreaterThan(0.45); // E[rate] = 2 ÷ 4
		expect(model.r / model.alpha).toBeLessThan(0.55);
		expect(model.a / (model.a + model.b)).toBeGreaterThan(0.08);
		expect(model.a / (model.a + model.b)).toBeLessThan(0.12);
	}, 30_000);

	it.skipIf(!existsSync(groceryFile()))(
		"reproduces the published fit of the grocery data",
		() => {
			// Reutterer's online grocery, calibrated to 2006-12-31, weeks: MBG/CNBD-k has k = 2 and log likelihood −14978.2.
			const fit = fitBuyTillYouDie(groceryCustomers());
			expect(fit.model.k).toBe(2);
			expect(fit.logLikelihood).toBeCloseTo(-14978.2, 0);
			expect(logLikelihood(fit.model, groceryCustomers())).toBeCloseTo(fit.logLikelihood, 6);
		},
		30_000,
	);
});

function simulate(random: { next(): number }): FittedCustomer {
	const exponential = (rate: number): number => -Math.log(1 - random.next()) / rate;
	const rate = exponential(4) + exponential(4);
	const age = 40 + 20 * random.next();
	let [repeatCount, lastRepeat, sumLogGaps] = [0, 0, 0];
	while (random.next() > 0.1) {
		const gap = exponential(rate) + exponential(rate);
		if (lastRepeat + gap > age) break;
		repeatCount++;
		lastRepeat += gap;
		sumLogGaps += Math.log(gap);
	}
	return { repeatCount, lastRepeat, age, sumLogGaps };
}

function groceryFile(): string {
	return join(process.env.CARTEIRA_DATA ?? "../shared/data", "grocery-elog/grocery_elog.csv.gz");
}

function groceryCustomers(): FittedCustomer[] {
	const end = parseDay("2006-12-31");
	const daysOf = new Map<string, Set<number>>();
	for (const line of gunzipSync(readFileSync(groceryFile())).toString("utf8").trim().split("\n").slice(1)) {
		const [customer, date] = line.split(",");
		const day = parseDay(date);
		if (day > end) continue;
		daysOf.set(customer, (daysOf.get(customer) ?? new Set()).add(day));
	}
	return [...daysOf.values()].map((set) => {
		const days = [...set].sort((a, b) => a - b);
		const gaps = days.slice(1).map((day, i) => (day - days[i]) / 7);
		const sumLogGaps = gaps.reduce((sum, gap) => sum + Math.log(gap), 0);
		return { repeatCount: gaps.length, lastRepeat: (days[days.length - 1] - days[0]) / 7, age: (end - days[0]) / 7, sumLogGaps };
	});
}
