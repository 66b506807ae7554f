import { orderProbability, type Scores } from "../scoring/scores.ts";
import type { Cents, Day } from "../units.ts";

/** Days that `churnRisk` looks ahead. */
const CHURN_DAYS = 90;
/** Below this chance of not having ordered yet, a conditional probability would be noise. */
const MIN_SURVIVAL = 1e-6;

/** A probability moved by `logit` on the log-odds scale; 0 and 1 stay. */
export function shifted(probability: number, logit: number): number {
	const odds = probability * Math.exp(logit);
	return odds / (1 - probability + odds);
}

/**
 * P(order within `window` days from a day `offset` days after the scores' first | none before it): what happens soon without contact.
 */
export function orderChance(scores: Scores, customer: number, offset: number, window: number): number {
	const survival = 1 - orderProbability(scores, customer, offset);
	if (survival < MIN_SURVIVAL) return orderProbability(scores, customer, window);
	return Math.max(0, 1 - (1 - orderProbability(scores, customer, offset + window)) / survival);
}

/**
 * Share of a contact's worth that is left `days` after the previous contact: 1 − exp(−days ÷ saturationDays), times days ÷ interval
 * where it comes sooner than the action plan's interval. So the contacts of a month are never worth more than those at the interval.
 */
export function saturationOf(days: number, interval: number, saturationDays: number): number {
	return Math.min(1, days / interval) * (1 - Math.exp(-days / saturationDays));
}

/** Margin of the order times the rise of its probability, less the share that would have come later. */
export function saleAmount(margin: Cents, before: number, after: number, pullForward: number): Cents {
	return margin * (after - before) * (1 - pullForward);
}

/**
 * Drop in churn probability times the remaining value. The churn risk covers 90 days, which contacts at the interval share: one of
 * them moves its interval's part.
 */
export function retentionAmount(churnRisk: number, logit: number, remainingValue: Cents, interval: number): Cents {
	return (churnRisk - shifted(churnRisk, -logit)) * remainingValue * Math.min(1, interval / CHURN_DAYS);
}

/** Days without contact beyond the maximum gap between two contacts. */
export function disruptionDays(from: Day, to: Day, maxGap: number): number {
	return Math.max(0, to - from - maxGap);
}

/**
 * Disruption that a contact on `day` avoids up to `end` when the previous contact was on `previous`. Summed along a chain of
 * contacts, this is the disruption that the chain avoids.
 */
export function avoidedDisruption(previous: Day, day: Day, end: Day, maxGap: number): number {
	return disruptionDays(previous, end, maxGap) - disruptionDays(previous, day, maxGap) - disruptionDays(day, end, maxGap);
}
