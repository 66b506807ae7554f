import { contactDay, isReached } from "../policy/classify.ts";
import { PRE_INACTIVE, PROSPECT } from "../policy/phase.ts";
import { SECONDS_PER_DAY } from "../units.ts";
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
	const gaps = new Int32Array(HISTORY_DAYS + 2);
	const tally = new Int32Array(HISTORY_DAYS + 2);
	const stepOf = (days: number, customer: number): number => Math.min(STEPS * MOST, Math.round((days * STEPS) / habit[customer]));
	const readGaps = gapReader(view, gaps);
	for (let customer = 0; customer < history.numCustomers; customer++) {
		habit[customer] = interval[customer];
		if (isServed[customer] === 0) continue;
		const count = readGaps(customer);
		if (count > HABIT_GAPS) habit[customer] = medianGap(gaps, count, tally);
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

/** Writes days from the last reached contact to as_of, then the gaps between reached contacts before it, newest first; answers how many, 0 for none. */
function gapReader({ portfolio, history, asOf }: View, out: Int32Array): (customer: number) => number {
	const { contact, contactStart } = history; // columns are looked up once, not at every contact
	const { contacted_at: contactedAt } = portfolio.tables.contacts.numbers;
	const { outcome } = portfolio.tables.contacts.codes;
	const since = (asOf - HISTORY_DAYS) * SECONDS_PER_DAY;
	return (customer) => {
		let [count, later] = [0, asOf];
		for (let i = contactStart[customer + 1] - 1; i >= contactStart[customer]; i--) {
			const row = contact[i];
			if (contactedAt[row] < since) break;
			if (!isReached(outcome[row])) continue;
			const day = contactDay(contactedAt[row]);
			if (count > 0 && day === later) continue;
			out[count++] = later - day;
			later = day;
		}
		return count;
	};
}

/** The middle of the gaps but the first, which still runs. `tally` counts days and is left as it was, all zeros: gaps are short, so that counting is quicker than sorting. */
function medianGap(gaps: Int32Array, count: number, tally: Int32Array): number {
	for (let i = 1; i < count; i++) tally[gaps[i]]++;
	const [lower, upper] = [(count - 2) >> 1, (count - 1) >> 1]; // ranks among count − 1 gaps
	let [seen, low, day] = [0, -1, 0];
	for (; ; day++) {
		seen += tally[day];
		if (low < 0 && seen > lower) low = day;
		if (seen > upper) break;
	}
	for (let i = 1; i < count; i++) tally[gaps[i]] = 0;
	return Math.max(1, (low + day) / 2);
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
