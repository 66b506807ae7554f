import { contactDay, isReached } from "../policy/classify.ts";
import { PRE_INACTIVE, PROSPECT } from "../policy/phase.ts";
import { medianInPlace } from "../scoring/rhythm.ts";
import type { View } from "./view.ts";

/** Days of contacts that tell how a customer is usually served. */
const HISTORY_DAYS = 365;
/** Gaps from which on a customer's own median is its habit; with fewer the interval of its action plan is. */
const HABIT_GAPS = 3;
/** Days before as_of that tell how those in a state are served now. */
const WINDOW_DAYS = 56;
/** Gaps are counted in steps of the habit ÷ STEPS, up to MOST habits. */
const STEPS = 14;
const MOST = 8;

/** How people in a state are served: those who do not buy are called on less. */
const STATES = 3;
const stateOf = (phase: number): number => (phase === PROSPECT ? 0 : phase < PRE_INACTIVE ? 1 : 2);

/** Answers how likely a customer goes on without being reached, as it is usually served. */
export interface UsualService {
	/** P(nobody reaches the customer up to `until` days after its last contact | nobody has for `since` days). */
	missChance(customer: number, since: number, until: number): number;
}

/**
 * Learns from the gaps between contacts that reached a customer, in units of each one's own median gap, over all customers in one state: the
 * product-limit estimate (Kaplan and Meier, JASA 53, 1958) of the days at risk in the last weeks alone. A gap that began before them enters at
 * the age that it had then, and the one that still runs leaves at the age that it has, so that long gaps are not counted for being long.
 */
export function learnUsualService(view: View): UsualService {
	const { history, classification, interval, isServed, asOf } = view;
	const { phase } = classification;
	const states = Array.from({ length: STATES }, () => ({ entered: blank(), left: blank(), reached: blank() }));
	const habit = new Float32Array(history.numCustomers);
	const gaps = new Float64Array(HISTORY_DAYS + 2);
	const sorted = new Float64Array(HISTORY_DAYS + 2);
	const stepOf = (days: number, customer: number): number => Math.min(STEPS * MOST, Math.round((days * STEPS) / habit[customer]));
	for (let customer = 0; customer < history.numCustomers; customer++) {
		habit[customer] = interval[customer];
		if (isServed[customer] === 0) continue;
		const count = reachedGaps(view, customer, gaps);
		if (count > HABIT_GAPS) {
			for (let i = 1; i < count; i++) sorted[i - 1] = gaps[i];
			habit[customer] = Math.max(1, medianInPlace(sorted, count - 1));
		}
		const { entered, left, reached } = states[stateOf(phase[customer])];
		let end = asOf; // of the gap, the day of the contact that ended it
		for (let i = 0; i < count && end > asOf - WINDOW_DAYS; i++) {
			const begin = end - gaps[i];
			const first = Math.max(1, asOf - WINDOW_DAYS - begin);
			const last = i === 0 ? gaps[i] - 1 : gaps[i];
			if (last >= first) {
				entered[stepOf(first, customer)]++;
				left[stepOf(last, customer)]++;
				if (i > 0) reached[stepOf(last, customer)]++;
			}
			end = begin;
		}
	}
	const survivals = states.map(({ entered, left, reached }) => survivalOf(entered, left, reached));
	return {
		missChance(customer, since, until) {
			const survival = survivals[stateOf(phase[customer])];
			const begun = survival[stepOf(since - 1, customer)];
			return begun > 0 ? survival[stepOf(until, customer)] / begun : 1;
		},
	};
}

const blank = (): Float64Array => new Float64Array(STEPS * MOST + 1);

/** Days from the last reached contact to as_of, then the gaps between reached contacts before it, newest first; answers how many, 0 for none. */
function reachedGaps({ portfolio, history, asOf }: View, customer: number, out: Float64Array): number {
	const { contacts } = portfolio.tables;
	let count = 0;
	let later = asOf;
	for (let i = history.contactStart[customer + 1] - 1; i >= history.contactStart[customer]; i--) {
		const row = history.contact[i];
		const day = contactDay(contacts.numbers.contacted_at[row]);
		if (day < asOf - HISTORY_DAYS) break;
		if (!isReached(contacts.codes.outcome[row]) || (count > 0 && day === later)) continue;
		out[count++] = later - day;
		later = day;
	}
	return count;
}

/** P(a gap is longer than step s) by s, from the gaps at risk that enter, leave and end in a contact at each step. */
function survivalOf(entered: Float64Array, left: Float64Array, reached: Float64Array): Float64Array {
	const survival = new Float64Array(entered.length);
	let [atRisk, alive] = [0, 1];
	for (let step = 0; step < entered.length; step++) {
		atRisk += entered[step];
		if (atRisk > 0) alive *= 1 - reached[step] / atRisk;
		survival[step] = alive;
		atRisk -= left[step];
	}
	return survival;
}
