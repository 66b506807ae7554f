import { gammaln } from "simple-statistics";
import type { GammaGamma } from "../../engine/scoring/gamma-gamma.ts";
import { byDifferences, fitLikelihood } from "./likelihood-fit.ts";

/** Orders of a customer of which the value counts, at least one, and their mean value, above 0. */
export interface TicketSummary {
	readonly orderCount: number;
	readonly meanTicket: number;
}

/** A model and how sure its parameters are. */
export interface GammaGammaFit {
	readonly model: GammaGamma;
	readonly logLikelihood: number;
	/** NaN where the data do not bound them. */
	readonly standardErrors: GammaGamma;
}

/** Fits p, q, v by maximum likelihood. */
export function fitGammaGamma(customers: readonly TicketSummary[]): GammaGammaFit {
	const mean = customers.reduce((sum, { meanTicket }) => sum + meanTicket, 0) / customers.length;
	const of = byDifferences((parameters) => gammaGammaLikelihood(modelOf(parameters), customers));
	const fit = fitLikelihood(of, [2, 3, mean], customers.length);
	return { model: modelOf(fit.parameters), logLikelihood: fit.logLikelihood, standardErrors: modelOf(fit.standardErrors) };
}

function modelOf([p, q, v]: readonly number[]): GammaGamma {
	return { p, q, v };
}

/** Log likelihood of the customers' mean tickets. */
function gammaGammaLikelihood({ p, q, v }: GammaGamma, customers: readonly TicketSummary[]): number {
	let total = customers.length * (q * Math.log(v) - gammaln(q));
	for (const { orderCount, meanTicket } of customers) {
		const shape = p * orderCount;
		const sum = orderCount * meanTicket;
		total += gammaln(shape + q) - gammaln(shape) + shape * Math.log(sum) - Math.log(meanTicket) - (shape + q) * Math.log(v + sum);
	}
	return total;
}
