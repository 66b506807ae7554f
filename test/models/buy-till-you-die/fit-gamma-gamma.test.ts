import { describe, expect, it } from "vitest";
import { createRandom } from "../../../engine/random.ts";
import { fitGammaGamma, type TicketSummary } from "../../../models/buy-till-you-die/fit-gamma-gamma.ts";
import { isHere, readCdnow } from "./public-orders.ts";
import { gamma } from "./simulate-orders.ts";

const PARAMETERS = ["p", "q", "v"] as const;

function summaryOf(tickets: readonly number[]): TicketSummary {
	return { orderCount: tickets.length, meanTicket: tickets.reduce((sum, x) => sum + x, 0) / tickets.length };
}

describe("fitGammaGamma", () => {
	it("finds, within three standard errors, the parameters that made the data", () => {
		const [random, truth] = [createRandom(5), { p: 3, q: 4, v: 20 }];
		const customers = Array.from({ length: 3000 }, () => {
			const rate = gamma(random, truth.q, truth.v);
			return summaryOf(Array.from({ length: 1 + random.below(6) }, () => gamma(random, truth.p, rate)));
		});
		const { model, standardErrors } = fitGammaGamma(customers);
		for (const name of PARAMETERS) expect(Math.abs(model[name] - truth[name]) / standardErrors[name]).toBeLessThan(3);
	});

	it.skipIf(!isHere)("reproduces the published fit to CDNOW (skipped where the data folder is absent)", () => {
		// Fader and Hardie 2013: the 946 customers that came back, p 6.25, q 3.74, v 15.44
		const customers = readCdnow()
			.filter(({ repeatCount }) => repeatCount > 0)
			.map(({ repeatValues }) => summaryOf(repeatValues))
			.filter(({ meanTicket }) => meanTicket > 0);
		expect(customers).toHaveLength(946);
		const { model } = fitGammaGamma(customers);
		expect(PARAMETERS.map((name) => Number(model[name].toFixed(2)))).toEqual([6.25, 3.74, 15.44]);
	});
});
