import { tellProof } from "../policy/break-causes.ts";
import { findBreaks } from "../policy/breaks.ts";
import { CAUSES } from "../policy/case.ts";
import type { Source } from "./source.ts";
import { marginRatesOf } from "./standing-figures.ts";
import type { View } from "./view.ts";

const DAYS_A_MONTH = 365.25 / 12;

/** The breaks as a figure: what a month at the customer's own rhythm brought. */
export function breaksOf(view: View): Source {
	const { ticket, expectedInterval, portfolio } = view;
	const rateOf = marginRatesOf(view);
	const breaks = findBreaks(view);
	const proofs = new Map(breaks.map(({ customer, proof }) => [customer, proof]));
	return {
		figure: "breaks",
		cells: CAUSES.map((cause) => [cause]),
		each(out, emit) {
			for (const { customer, cause, on } of breaks) {
				out[0] = Math.round((ticket[customer] * DAYS_A_MONTH) / expectedInterval[customer]);
				out[1] = Math.round(out[0] * rateOf(customer));
				emit(customer, CAUSES.indexOf(cause), on);
			}
		},
		evidenceOf(customer) {
			const proof = proofs.get(customer);
			return proof ? tellProof(portfolio, proof) : null;
		},
	};
}
