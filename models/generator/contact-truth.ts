import type { Random } from "../../engine/random.ts";
import type { Day } from "../../engine/units.ts";
import type { LifeState } from "./behaviour.ts";
import { liveDay } from "./behaviour.ts";
import type { Customer } from "./customer.ts";
import { attemptContact, type Care, type Market, meet } from "./past.ts";

/** P(order in a window) of a contact that is made, reached or not, and of one that is not. */
export interface ContactTruth {
	readonly made: number;
	readonly withheld: number;
}

/**
 * What a contact on a day truly does: many lives of the customer from its state that morning on, with the contact and without it, usual
 * service going on after the day in both. Errors are those of so many draws.
 */
export function contactTruth(
	market: Market,
	customer: Customer,
	care: Care,
	meant: { readonly state: Readonly<LifeState>; readonly day: Day; readonly channel: "visit" | "phone"; readonly window: number },
	random: Random,
	numLives: number,
): ContactTruth {
	const shareOf = (isMade: boolean): number => {
		let ordered = 0;
		for (let life = 0; life < numLives; life++) if (livesToOrder(market, customer, care, meant, isMade, random)) ordered++;
		return ordered / numLives;
	};
	return { made: shareOf(true), withheld: shareOf(false) };
}

function livesToOrder(
	market: Market,
	customer: Customer,
	care: Care,
	{ state: now, day: first, channel, window }: Parameters<typeof contactTruth>[3],
	isMade: boolean,
	random: Random,
): boolean {
	const { from, openness, season } = market.calendar;
	const state: LifeState = { ...now };
	for (let day = first; day < first + window; day++) {
		const open = openness[day - from];
		if (open === 0 || care.closed.has(day)) continue;
		const attempt =
			day === first
				? isMade
					? { channel, outcome: meetAtLast(random, state, channel) }
					: null
				: attemptContact(random, state, care, market, day, customer);
		const reached = attempt?.outcome === "reached" ? attempt.channel : null;
		if (liveDay(state, customer.behaviour, day, open, season[day - from], reached, random)) return true;
	}
	return false;
}

/** Contacts that are called off count in neither arm. */
function meetAtLast(random: Random, state: LifeState, channel: "visit" | "phone"): "reached" | "not_reached" {
	for (;;) {
		const outcome = meet(random, state, channel);
		if (outcome !== "cancelled") return outcome;
	}
}
