import { describe, expect, it } from "vitest";
import { createRandom } from "../../../engine/random.ts";
import { type ParetoNbd, paretoExpectedOrders, paretoNoOrderProbability } from "../../../engine/scoring/pareto-nbd.ts";
import { fitParetoNbd } from "../../../models/buy-till-you-die/fit-pareto-nbd.ts";
import { isHere, meanError, readCdnow } from "./public-orders.ts";
import { simulateParetoCustomer } from "./simulate-orders.ts";

const PARAMETERS = ["r", "alpha", "s", "beta"] as const;

describe("fitParetoNbd", () => {
	it.each([
		{ r: 1.2, alpha: 3, s: 0.8, beta: 12 },
		{ r: 1.2, alpha: 9, s: 1.4, beta: 6 },
	])("finds, within three standard errors, the parameters that made the data: %o", (truth: ParetoNbd) => {
		const random = createRandom(5);
		const customers = Array.from({ length: 3000 }, () => simulateParetoCustomer(random, truth, 40 + 20 * random.next()));
		const { model, standardErrors } = fitParetoNbd(customers);
		for (const name of PARAMETERS) expect(Math.abs(model[name] - truth[name]) / standardErrors[name]).toBeLessThan(3);
	});

	it("says something where nobody came back", () => {
		const silent = { repeatCount: 0, lastRepeat: 0, age: 50, sumLogGaps: 0 };
		const { model } = fitParetoNbd(Array.from({ length: 100 }, () => silent));
		expect(paretoNoOrderProbability(model, silent, 10)).toBeGreaterThan(0.9);
		expect(paretoExpectedOrders(model, silent, 10)).toBeLessThan(0.2);
	});

	it.skipIf(!isHere)("reproduces the published fit to CDNOW (skipped where the data folder is absent)", () => {
		// Fader, Hardie and Lee 2005: r .553, α 10.578, s .606, β 11.669, log likelihood −9595.0
		const customers = readCdnow();
		const { model, logLikelihood } = fitParetoNbd(customers);
		expect(logLikelihood).toBeCloseTo(-9595.0, 1);
		expect(PARAMETERS.map((name) => Number(model[name].toFixed(3)))).toEqual([0.553, 10.578, 0.606, 11.669]);
		expect(meanError(customers, (customer) => paretoExpectedOrders(model, customer, 39))).toBeCloseTo(0.755, 3);
	});
});
