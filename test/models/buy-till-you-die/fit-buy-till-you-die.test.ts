import { describe, expect, it } from "vitest";
import { createRandom } from "../../../engine/random.ts";
import { type BuyTillYouDie, expectedOrders, noOrderProbability } from "../../../engine/scoring/buy-till-you-die.ts";
import { likelihoodSlope } from "../../../models/buy-till-you-die/buy-till-you-die-likelihood.ts";
import { groupCustomers } from "../../../models/buy-till-you-die/customer-groups.ts";
import { fitBuyTillYouDie, logLikelihood } from "../../../models/buy-till-you-die/fit-buy-till-you-die.ts";
import { withGradient } from "../../../models/numerics/minimise.ts";
import { isHere, meanError, readCdnow, readGrocery } from "./public-orders.ts";
import { simulateCustomer, spreadOf } from "./simulate-orders.ts";

const MODEL: BuyTillYouDie = { k: 2, r: 2, alpha: 4, a: 0.6, b: 4 };
const PARAMETERS = ["r", "alpha", "a", "b"] as const;

function simulate(model: BuyTillYouDie, numCustomers: number, seed: number) {
	const random = createRandom(seed);
	return Array.from({ length: numCustomers }, () => simulateCustomer(random, model, 40 + 20 * random.next()));
}

describe("fitBuyTillYouDie", () => {
	it.each([MODEL, { ...MODEL, k: 3 }, { ...MODEL, k: 1, staysAfterFirst: true }])(
		"finds the regularity and, within three standard errors, the parameters that made the data: %o",
		(truth) => {
			const { model, standardErrors } = fitBuyTillYouDie(simulate(truth, 3000, 5), { staysAfterFirst: truth.staysAfterFirst });
			expect(model.k).toBe(truth.k);
			for (const name of PARAMETERS) expect(Math.abs(model[name] - truth[name]) / standardErrors[name]).toBeLessThan(3);
		},
	);

	it("says standard errors of the size that refits to new data spread by", () => {
		// 40 refits tell a standard deviation to a tenth (1 ÷ √80): a third is three times that.
		const fits = Array.from({ length: 40 }, (_, seed) => fitBuyTillYouDie(simulate(MODEL, 800, 100 + seed), { maxK: 2 }));
		for (const name of PARAMETERS) {
			const { deviation } = spreadOf(fits.map(({ model }) => model[name]));
			const { mean } = spreadOf(fits.map(({ standardErrors }) => standardErrors[name]));
			expect(Math.abs(mean / deviation - 1)).toBeLessThan(0.33);
		}
	});

	it("counts customers of the same past once each: twice the data is twice the likelihood, and errors fall by √2", () => {
		const customers = simulate(MODEL, 300, 8);
		const [once, twice] = [fitBuyTillYouDie(customers), fitBuyTillYouDie([...customers, ...customers])];
		expect(twice.logLikelihood).toBeCloseTo(2 * once.logLikelihood, 6);
		for (const name of PARAMETERS) {
			expect(twice.model[name] / once.model[name]).toBeCloseTo(1, 4);
			expect(twice.standardErrors[name] / once.standardErrors[name]).toBeCloseTo(1 / Math.SQRT2, 3);
		}
	});

	it("climbs along the true slope of the likelihood", () => {
		for (const shape of [{ k: 1, staysAfterFirst: true }, { k: 1 }, { k: 4 }]) {
			const groups = groupCustomers(simulate({ ...MODEL, ...shape }, 50, 3));
			const at = ([r, alpha, a, b]: readonly number[]) => likelihoodSlope({ ...shape, r, alpha, a, b }, groups);
			const point = [0.7, 6, 0.3, 2].map(Math.log);
			const bySteps = withGradient((logarithms) => at(logarithms.map(Math.exp)).value)(point).gradient;
			at(point.map(Math.exp)).gradient.forEach((slope, i) => expect(slope).toBeCloseTo(bySteps[i], 4));
		}
	});

	it.each([
		["nobody", []],
		["one customer that never came back", [{ repeatCount: 0, lastRepeat: 0, age: 5, sumLogGaps: 0 }]],
		["one that came today", [{ repeatCount: 0, lastRepeat: 0, age: 0, sumLogGaps: 0 }]],
		["one regular", [{ repeatCount: 6, lastRepeat: 6, age: 6.5, sumLogGaps: 0 }]],
		["a thousand that never came back", Array.from({ length: 1000 }, () => ({ repeatCount: 0, lastRepeat: 0, age: 50, sumLogGaps: 0 }))],
	])("says something for %s", (_, customers) => {
		for (const staysAfterFirst of [false, true]) {
			const { model } = fitBuyTillYouDie(customers, { staysAfterFirst });
			for (const customer of [{ repeatCount: 0, lastRepeat: 0, age: 3 }, ...customers]) {
				const probability = noOrderProbability(model, customer, 4);
				expect(probability).toBeGreaterThanOrEqual(0);
				expect(probability).toBeLessThanOrEqual(1);
				expect(expectedOrders(model, customer, 4)).toBeGreaterThanOrEqual(1 - probability - 1e-9);
			}
		}
	});
});

describe.skipIf(!isHere)("the published fits (skipped where the data folder is absent)", () => {
	it("of BG/NBD to CDNOW are reproduced", () => {
		// Fader, Hardie and Lee 2005: r .243, α 4.414, a .793, b 2.426, log likelihood −9582.4
		const customers = readCdnow();
		const { model, logLikelihood: found } = fitBuyTillYouDie(customers, { maxK: 1, staysAfterFirst: true });
		expect(found).toBeCloseTo(-9582.4, 1);
		expect(PARAMETERS.map((name) => Number(model[name].toFixed(3)))).toEqual([0.243, 4.414, 0.793, 2.426]);
		expect(meanError(customers, (customer) => expectedOrders(model, customer, 39))).toBeCloseTo(0.7855, 3);
	});

	it("of MBG/CNBD-k to the grocery data are reproduced", () => {
		// Platzer and Reutterer: k = 2 and log likelihood −14978.2
		const customers = readGrocery();
		const fit = fitBuyTillYouDie(customers);
		expect(fit.model.k).toBe(2);
		expect(fit.logLikelihood).toBeCloseTo(-14978.2, 1);
		expect(logLikelihood(fit.model, customers)).toBeCloseTo(fit.logLikelihood, 6);
		expect(meanError(customers, (customer) => expectedOrders(fit.model, customer, 52))).toBeCloseTo(1.4, 3);
	});
});
