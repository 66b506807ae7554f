import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { cutHistory } from "../scoring/cut-history.ts";
import { buildRhythm, type Rhythm } from "../scoring/rhythm.ts";
import type { Day } from "../units.ts";
import { abcClasses, normalisedValues } from "./abc.ts";
import { phaseOf } from "./phase.ts";
import type { Policy } from "./policy.ts";

/** What was known of the customers before a day, from orders alone; arrays by row of the customers table. */
export interface PastPicture {
	readonly rhythm: Rhythm;
	/** Code in PHASES. */
	readonly phase: Uint8Array;
	/** Code in CLASSES; by sales, so that it says nothing of prospects. */
	readonly class: Uint8Array;
}

interface PastInputs {
	readonly portfolio: Portfolio;
	readonly policy: Policy;
	readonly history: History;
}

/** Classifies the customers as they were known before an earlier day. */
export function pictureBefore({ portfolio, policy, history }: PastInputs, before: Day): PastPicture {
	const past = cutHistory(portfolio, history, before);
	const rhythm = buildRhythm(portfolio, past);
	return {
		rhythm,
		phase: Uint8Array.from({ length: past.numCustomers }, (_, customer) => phaseBefore(past, rhythm, policy, customer)),
		class: abcClasses(normalisedValues(past, policy, before), policy.classes.a, policy.classes.b),
	};
}

/** By orders alone: the customers table says what a customer is today, not what it was. */
function phaseBefore({ eventStart, eventDay, before }: History, { expectedInterval }: Rhythm, policy: Policy, customer: number): number {
	const [from, to] = [eventStart[customer], eventStart[customer + 1]];
	const rhythm = {
		isClosed: false,
		numEvents: to - from,
		firstOrder: eventDay[from],
		lastOrder: eventDay[to - 1],
		expectedInterval: expectedInterval[customer],
	};
	return phaseOf(rhythm, policy.phases, before, before).phase;
}

/** A history for pictures of many days: order lines decide nothing in them, and cutting them would cost the most. */
export function withoutLines(history: History): History {
	return { ...history, lineStart: new Int32Array(history.numCustomers + 1), line: new Int32Array(0) };
}
