import type { Day } from "../units.ts";
import { PHASES } from "./case.ts";
import type { Policy } from "./policy.ts";

type PhaseRules = Policy["phases"];

export const PROSPECT = PHASES.indexOf("prospect");
export const INACTIVATING = PHASES.indexOf("inactivating");
export const NEW = PHASES.indexOf("new");
export const PRE_INACTIVE = PHASES.indexOf("pre_inactive");
export const INACTIVE = PHASES.indexOf("inactive");
const ACTIVE = PHASES.indexOf("active");
const EX_CUSTOMER = PHASES.indexOf("ex_customer");

/** What a phase depends on. */
export interface Rhythm {
	readonly isClosed: boolean;
	/** Number of purchase events, and the days of the first and the last. */
	readonly numEvents: number;
	readonly firstOrder: Day;
	readonly lastOrder: Day;
	/** Days between orders; NaN: not known, only the floors hold. */
	readonly expectedInterval: number;
}

/** Days of silence at which pre_inactive or a deeper phase begins: min(ceiling_days, max(floor_days, ratio × expected interval)). */
export function thresholdOf(phase: number, expectedInterval: number, rules: PhaseRules): number {
	const { pre_inactive, inactivating, inactive, ex_customer } = rules;
	if (phase === EX_CUSTOMER) return ex_customer.days;
	const rule = phase === PRE_INACTIVE ? pre_inactive : phase === INACTIVATING ? inactivating : inactive;
	const { ratio, floor_days: floor, ceiling_days: ceiling } = rule;
	return Math.min(ceiling, Math.max(floor, Number.isNaN(expectedInterval) ? 0 : ratio * expectedInterval));
}

/**
 * Phase code and the threshold that was reached (0 where none applies). Without orders a prospect; closed an ex-customer; new for
 * `new_days` after the first order; else the deepest phase whose threshold the silence up to `silenceFrom` reaches.
 */
export function phaseOf(
	rhythm: Rhythm,
	rules: PhaseRules,
	asOf: Day,
	silenceFrom: Day,
): { readonly phase: number; readonly threshold: number } {
	if (rhythm.numEvents === 0) return { phase: PROSPECT, threshold: 0 };
	if (rhythm.isClosed) return { phase: EX_CUSTOMER, threshold: 0 };
	if (asOf - rhythm.firstOrder < rules.new_days) return { phase: NEW, threshold: 0 };
	const silence = silenceFrom - rhythm.lastOrder;
	for (let phase = EX_CUSTOMER; phase > ACTIVE; phase--) {
		const threshold = thresholdOf(phase, rhythm.expectedInterval, rules);
		if (silence >= threshold) return { phase, threshold };
	}
	return { phase: ACTIVE, threshold: 0 };
}

/** Did one of the last orders, less than `recovered_days` ago, end a silence as long as that of `inactivating` or deeper? */
export function isRecovered(
	eventDays: ArrayLike<number>,
	start: number,
	end: number,
	expectedInterval: number,
	rules: PhaseRules,
	asOf: Day,
): boolean {
	const silence = thresholdOf(INACTIVATING, expectedInterval, rules);
	for (let event = end - 1; event > start && asOf - eventDays[event] < rules.recovered_days; event--) {
		if (eventDays[event] - eventDays[event - 1] >= silence) return true;
	}
	return false;
}
