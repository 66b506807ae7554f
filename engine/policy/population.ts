import { CarteiraError } from "../errors.ts";
import type { TableName } from "../portfolio/schema.ts";
import type { FeedHealth, Portfolio } from "../portfolio/portfolio.ts";
import type { CommonFacts } from "../scoring/predictor.ts";
import { type Day, formatDay } from "../units.ts";
import type { Exclusion } from "./case.ts";
import type { ClassCuts } from "./classify.ts";
import type { Favourites } from "./favourites.ts";
import type { Achieved } from "./goals.ts";
import type { Policy } from "./policy.ts";
import type { UsualCustomer } from "./worth.ts";

/**
 * Everything that the plan of one rep takes of all the other customers of a portfolio: with it, a slice that holds the rep's customers
 * alone gives the plan that the whole portfolio gives. Plain: numbers, texts, typed arrays, maps and sets.
 */
export interface Population {
	readonly of: PopulationKey;
	readonly feed: FeedHealth;
	readonly dataThrough: Readonly<Partial<Record<TableName, Day>>>;
	/** Purchase events (customer-days) before as_of. */
	readonly numEvents: number;
	/** Stubs included. */
	readonly numCustomers: number;
	/** Ids by row: what the rows below mean. */
	readonly products: readonly string[];
	readonly reps: readonly string[];
	readonly scoring: CommonFacts;
	readonly cuts: ClassCuts;
	readonly cases: CommonCases;
}

/** What a population was measured on; it holds for nothing else. */
export interface PopulationKey {
	readonly engine: string;
	/** Digest of the portfolio. */
	readonly inputs: string;
	readonly asOf: Day;
	/** Digest of `surveyedPolicy`. */
	readonly policy: string;
	readonly model: string;
}

/** Whatever the cases of one rep take of all the others. */
export interface CommonCases {
	readonly usual: UsualCustomer;
	readonly favourites: Favourites;
	readonly achieved: Achieved;
	/** As in `Cases`. */
	readonly waves: readonly (readonly number[])[];
	/** Ids of the customers that each manager, a row of reps, is called in for: a slice of the manager must hold them. */
	readonly escalated: ReadonlyMap<number, readonly string[]>;
	/** Customers that no rep plans for. */
	readonly orphans: readonly { readonly customerId: string; readonly reasons: Exclusion["reasons"] }[];
}

/** Throws CONFLICT where a population is of something else than expected. */
export function requireKey(of: PopulationKey, expected: PopulationKey): void {
	const shown = (key: PopulationKey, part: keyof PopulationKey): string => (part === "asOf" ? formatDay(key.asOf) : key[part]);
	for (const part of ["engine", "asOf", "model", "policy", "inputs"] as const)
		if (of[part] !== expected[part])
			throw new CarteiraError(
				"CONFLICT",
				`the population's ${part} is ${shown(of, part)}; expected ${shown(expected, part)}; survey it anew`,
			);
}

/**
 * Throws INVALID_INPUT where a slice cannot be planned by: it must be asked for some reps (null: for all), and hold the customers that
 * managers among them are called in for.
 */
export function validateSlice({ numCustomers, cases }: Population, { tables }: Portfolio, reps: Iterable<number> | null): void {
	const { customer_id: ids } = tables.customers.texts;
	if (ids.length >= numCustomers) return;
	if (reps === null)
		throw new CarteiraError("INVALID_INPUT", `a slice of ${ids.length} of ${numCustomers} customers; expected the reps to plan by name`);
	const called = [...reps].flatMap((rep) => cases.escalated.get(rep) ?? []);
	if (called.length === 0) return;
	const held = new Set(Array.from({ length: ids.length }, (_, row) => ids.at(row)));
	const missing = called.filter((id) => !held.has(id));
	if (missing.length > 0)
		throw new CarteiraError(
			"INVALID_INPUT",
			`the slice lacks customers that a manager is called in for: ${missing.slice(0, 10).join(", ")}`,
		);
}

/** The part of a policy that a survey reads; the rest may differ between plans made with one population. */
export function surveyedPolicy(policy: Policy): Partial<Policy> & { readonly default_margin_rate: number } {
	const { country, region, horizon_days, phases, classes, potential, credit, positivation, value } = policy;
	const { action_plans, objections, objection_days } = policy;
	const people = { phases, classes, potential, credit, positivation };
	return {
		country,
		region,
		horizon_days,
		...people,
		action_plans,
		objections,
		objection_days,
		default_margin_rate: value.default_margin_rate,
	};
}
