import type { Random } from "../../engine/random.ts";
import type { Day } from "../../engine/units.ts";
import type { Behaviour } from "./customer.ts";
import { chance, pickWeighted } from "./draw.ts";

/** Why a customer stopped, in the words of positivation breaks. */
export type Cause =
	| "not_served"
	| "credit"
	| "stock_out"
	| "delivery_failure"
	| "price_objection"
	| "complaint"
	| "competitor"
	| "closed"
	| "unknown";

/** Where a customer is in its life. It changes from day to day, in the past and in simulated days to come. */
export interface LifeState {
	mode: "prospect" | "waiting" | "regular" | "declining" | "gone";
	/** Trading days since the last order, in the customer's own season. */
	clock: number;
	/** Trading days since a contact reached it. */
	sinceContact: number;
	/** The day it went (declined, then left) and why; of the last time. */
	goneOn: Day | null;
	cause: Cause | null;
	recoveredOn: Day | null;
}

/** A contact of the day that reached the customer; null when none did. */
export type Reached = "visit" | "phone" | "message" | null;

const TRADING_DAYS_A_MONTH = 22;
const CAUSES: readonly (readonly [Cause, number])[] = [
	["not_served", 0.18],
	["credit", 0.14],
	["stock_out", 0.08],
	["delivery_failure", 0.08],
	["price_objection", 0.2],
	["complaint", 0.08],
	["competitor", 0.14],
	["closed", 0.05],
	["unknown", 0.05],
];

/** The state on the first day of the history. */
export function initialState(behaviour: Behaviour, from: Day, random: Random): LifeState {
	const { startsOn, interval } = behaviour;
	const mode = startsOn === null ? "prospect" : startsOn < from ? "regular" : "waiting";
	return { mode, clock: random.next() * interval, sinceContact: random.next() * 20, goneOn: null, cause: null, recoveredOn: null };
}

/**
 * Lives through one trading day: the state moves, and the answer is whether the customer orders. `openness` is the day's share of a
 * full trading day, `season` the market's demand.
 */
export function liveDay(
	state: LifeState,
	behaviour: Behaviour,
	day: Day,
	openness: number,
	season: number,
	reached: Reached,
	random: Random,
): boolean {
	state.sinceContact = reached === null ? state.sinceContact + openness : 0;
	if (state.mode === "prospect") return convert(state, behaviour, reached, random);
	if (state.mode === "waiting") {
		if (day < (behaviour.startsOn ?? day)) return false;
		state.mode = "regular";
		return order(state);
	}
	move(state, behaviour, day, openness, random);
	if (state.mode === "gone") return false;
	const pace = openness * (1 + behaviour.seasonality * (season - 1)) * (state.mode === "declining" ? 0.6 : 1);
	const probability = orderProbabilityOn(behaviour, state, pace, reached);
	state.clock += pace;
	return chance(random, probability) && order(state);
}

/** P(order today): the Erlang hazard over the day's stretch of the clock, moved on the logit scale by a contact. */
export function orderProbabilityOn(behaviour: Behaviour, state: LifeState, pace: number, reached: Reached): number {
	const { shape, interval, effects } = behaviour;
	const rate = shape / interval;
	const usual = 1 - Math.exp(-rate * pace) * (erlangSum(shape, rate * (state.clock + pace)) / erlangSum(shape, rate * state.clock));
	// An effect lasts the day it is made and, by half, the two trading days after it.
	const shift = reached !== null ? effects[reached] : state.sinceContact <= 2 ? 0.5 * effects.visit : 0;
	if (shift === 0 || usual <= 0) return usual;
	const odds = (usual / (1 - usual)) * Math.exp(shift);
	return odds / (1 + odds);
}

/** Σ x^i ÷ i! for i < k: P(no event of an Erlang-k by x) × e^x. */
function erlangSum(shape: number, x: number): number {
	let term = 1;
	let sum = 1;
	for (let i = 1; i < shape; i++) {
		term *= x / i;
		sum += term;
	}
	return sum;
}

function order(state: LifeState): true {
	state.clock = 0;
	return true;
}

function convert(state: LifeState, behaviour: Behaviour, reached: Reached, random: Random): boolean {
	if (reached === null || !chance(random, behaviour.conversion * (reached === "visit" ? 1 : 0.5))) return false;
	state.mode = "regular";
	return order(state);
}

/** The ways out and back, as daily shares of their monthly probabilities. */
function move(state: LifeState, behaviour: Behaviour, day: Day, openness: number, random: Random): void {
	const { decline, leave, mend, fall, recover } = behaviour.monthly;
	const seen = state.sinceContact < TRADING_DAYS_A_MONTH;
	const exit = (seen ? behaviour.contactProtection : state.sinceContact > 45 ? 1.8 : 1) / TRADING_DAYS_A_MONTH;
	const back = (seen ? 1.6 : 1) / TRADING_DAYS_A_MONTH;
	const draw = random.next() / openness;
	if (state.mode === "regular") {
		if (draw < leave * exit) depart(state, day, random);
		else if (draw < (leave + decline) * exit) state.mode = "declining";
	} else if (state.mode === "declining") {
		if (draw < fall * exit) depart(state, day, random);
		else if (draw > 1 / openness - mend * back) state.mode = "regular";
	} else if (state.cause !== "closed" && draw < recover * back) {
		state.mode = "regular";
		state.clock = behaviour.interval;
		state.recoveredOn = day;
	}
}

function depart(state: LifeState, day: Day, random: Random): void {
	state.mode = "gone";
	state.goneOn = day;
	state.cause = state.sinceContact > 30 && chance(random, 0.6) ? "not_served" : pickWeighted(random, CAUSES);
}
