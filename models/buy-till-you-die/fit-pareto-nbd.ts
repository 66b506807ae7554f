import { logPastLikelihood, type ParetoNbd } from "../../engine/scoring/pareto-nbd.ts";
import { type CustomerGroups, type FittedCustomer, groupCustomers, meanGap } from "./customer-groups.ts";
import { byDifferences, fitLikelihood } from "./likelihood-fit.ts";

/** A model and how sure its parameters are. */
export interface ParetoNbdFit {
	readonly model: ParetoNbd;
	readonly logLikelihood: number;
	/** NaN where the data do not bound them. */
	readonly standardErrors: ParetoNbd;
}

/** Fits r, α, s, β by maximum likelihood. */
export function fitParetoNbd(customers: readonly FittedCustomer[]): ParetoNbdFit {
	const groups = groupCustomers(customers);
	const gap = meanGap(groups);
	const of = byDifferences((parameters) => paretoLikelihood(modelOf(parameters), groups));
	const fit = fitLikelihood(of, [1, gap, 1, 2 * gap], customers.length);
	return { model: modelOf(fit.parameters), logLikelihood: fit.logLikelihood, standardErrors: modelOf(fit.standardErrors) };
}

function modelOf([r, alpha, s, beta]: readonly number[]): ParetoNbd {
	return { r, alpha, s, beta };
}

/** Log likelihood of the customers' orders. */
function paretoLikelihood(model: ParetoNbd, { repeatCount, lastRepeat, age, size, numCustomers, maxRepeats }: CustomerGroups): number {
	const rising = new Float64Array(maxRepeats + 1);
	for (let x = 0; x < maxRepeats; x++) rising[x + 1] = rising[x] + Math.log(model.r + x);
	let total = numCustomers * (model.r * Math.log(model.alpha) + model.s * Math.log(model.beta));
	for (let group = 0; group < size.length; group++) {
		const customer = { repeatCount: repeatCount[group], lastRepeat: lastRepeat[group], age: age[group] };
		total += size[group] * (rising[repeatCount[group]] + logPastLikelihood(model, customer, age[group]));
	}
	return total;
}
