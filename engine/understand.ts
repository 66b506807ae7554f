import type { PlanContext } from "./agenda/context.ts";
import { canonicalJson, digestOf } from "./agenda/receipt.ts";
import { CarteiraError } from "./errors.ts";
import { classify, measureCuts } from "./policy/classify.ts";
import { mergePolicy, type Policy, validatePolicy } from "./policy/policy.ts";
import { type Population, type PopulationKey, requireKey, surveyedPolicy } from "./policy/population.ts";
import { surveyCases } from "./policy/survey-cases.ts";
import { buildCalendar, type Calendar, horizonOf } from "./portfolio/calendar/calendar.ts";
import { dataThroughOf } from "./portfolio/data-through.ts";
import { examineFeed } from "./portfolio/feed.ts";
import { buildHistory } from "./portfolio/history.ts";
import type { FeedHealth, Portfolio, Table } from "./portfolio/portfolio.ts";
import type { Question } from "./question.ts";
import { cutHistory } from "./scoring/cut-history.ts";
import type { Predictor } from "./scoring/predictor.ts";
import type { Day } from "./units.ts";

/** Version of the engine in receipts: plans of different versions are different plans. */
export const ENGINE = "carteira-0.1.0";

export interface UnderstandOptions extends PopulationOptions {
	/** The days without orders up to as_of are the customers' own silence, whatever the feed looks like. */
	readonly isSilenceCounted?: boolean;
}

export interface PopulationOptions {
	/** Of the whole portfolio, where this one is a slice of it: nothing is then measured over all customers. */
	readonly population?: Population;
	/**
	 * Digest of earlier inputs that the population may be of, in place of the portfolio's own: what the customers planned did since is seen,
	 * what all the others did is not. The receipt and the warnings say so.
	 */
	readonly populationOf?: string;
}

/** What a plan's document says of the inputs as a whole. */
export interface Setting {
	readonly portfolio: Portfolio;
	readonly policy: Policy;
	readonly feed: FeedHealth;
	readonly model: string;
	readonly asOf: Day;
	readonly horizon: readonly Day[];
	/** Is there any purchase before as_of? */
	readonly hasOrders: boolean;
	/** Customers that no rep plans for. */
	readonly orphans: Population["cases"]["orphans"];
	readonly population?: Population;
}

/**
 * Everything before the allocation: history, scores, classification. Silence that the feed cannot vouch for is not counted, unless
 * `isSilenceCounted` says that it is the customers' own. Throws CONFLICT for a population that is not of these inputs.
 */
export function understand(
	portfolio: Portfolio,
	request: Question,
	predictor: Pick<Predictor, "model" | "score">,
	{ isSilenceCounted = false, population, populationOf }: UnderstandOptions = {},
): PlanContext {
	const { asOf } = request;
	const { policy, calendar, horizon } = rulesOf(portfolio, request);
	if (population) {
		validatePopulation(population, portfolio, {
			...keyOf(portfolio, policy, asOf, predictor.model),
			inputs: populationOf ?? portfolio.digest,
		});
		if (isSilenceCounted)
			throw new CarteiraError("INTERNAL", "a population was measured on silence that the feed vouches for; expected none");
	}
	const history = buildHistory(portfolio, asOf);
	const examined = population?.feed ?? examineFeed(portfolio, asOf, calendar, history);
	const feed = isSilenceCounted ? { ...examined, silenceFrom: asOf, staleDays: 0 } : examined;
	const { silenceFrom } = feed;
	const trusted = cutHistory(portfolio, history, silenceFrom);
	const scores = predictor.score(portfolio, trusted, { asOf: silenceFrom, ...(population && { common: population.scoring }) });
	const known = { portfolio, history, scores, policy, asOf };
	const classification = classify({ ...known, silenceFrom, ...(population && { cuts: population.cuts }) });
	return { ...known, calendar, feed, classification, horizon, ...(population && { population }) };
}

/** Measures a whole portfolio once, so that each rep can then be planned from a slice. */
export function surveyPopulation(portfolio: Portfolio, request: Question, predictor: Pick<Predictor, "model" | "survey">): Population {
	const { asOf } = request;
	const { policy, calendar, horizon } = rulesOf(portfolio, request);
	const history = buildHistory(portfolio, asOf);
	const feed = examineFeed(portfolio, asOf, calendar, history);
	const { silenceFrom } = feed;
	const { scores, common } = predictor.survey(portfolio, cutHistory(portfolio, history, silenceFrom), { asOf: silenceFrom });
	const known = { portfolio, history, scores, policy, asOf };
	const cuts = measureCuts(known);
	const classification = classify({ ...known, silenceFrom, cuts });
	return {
		of: keyOf(portfolio, policy, asOf, predictor.model),
		feed,
		dataThrough: dataThroughOf(portfolio.tables, asOf),
		numEvents: history.eventDay.length,
		numCustomers: history.numCustomers,
		products: idsOf(portfolio.tables.products, "product_id"),
		reps: idsOf(portfolio.tables.reps, "rep_id"),
		scoring: common,
		cuts,
		cases: surveyCases({ ...known, classification, calendar, horizon }),
	};
}

/** What a population says of the inputs as a whole, so that a plan from slices reads none of their large tables. */
export function settingBy(
	population: Population,
	portfolio: Portfolio,
	request: Question,
	model: string,
	populationOf = portfolio.digest,
): Omit<Setting, "orphans"> {
	const { policy, horizon } = rulesOf(portfolio, request);
	validatePopulation(population, portfolio, { ...keyOf(portfolio, policy, request.asOf, model), inputs: populationOf });
	return { portfolio, policy, horizon, asOf: request.asOf, model, feed: population.feed, hasOrders: population.numEvents > 0, population };
}

/** What a population must be measured on to hold for a request. */
export function populationKey(portfolio: Portfolio, request: Question, model: string): PopulationKey {
	return keyOf(portfolio, policyOf(portfolio, request), request.asOf, model);
}

function keyOf(portfolio: Portfolio, policy: Policy, asOf: Day, model: string): PopulationKey {
	return { engine: ENGINE, inputs: portfolio.digest, asOf, policy: digestOf(canonicalJson(surveyedPolicy(policy))), model };
}

/** The effective policy and the calendar that a portfolio is planned by. */
export function planningRules(
	portfolio: Portfolio,
	request: Omit<Question, "asOf">,
): { readonly policy: Policy; readonly calendar: Calendar } {
	const policy = policyOf(portfolio, request);
	return { policy, calendar: buildCalendar(portfolio.given.has("holidays") ? portfolio.tables.holidays : null, policy) };
}

/** The effective policy of a question, its calendar, and the working days planned. */
export function rulesOf(portfolio: Portfolio, request: Question): { policy: Policy; calendar: Calendar; horizon: Day[] } {
	const { policy, calendar } = planningRules(portfolio, request);
	return { policy, calendar, horizon: horizonOf(calendar, request.asOf, policy.horizon_days) };
}

function policyOf(portfolio: Portfolio, { policy, horizonDays }: Omit<Question, "asOf">): Policy {
	const ordered = mergePolicy(portfolio.policy ?? {}, policy ?? {});
	return validatePolicy(mergePolicy(ordered, horizonDays === undefined ? {} : { horizon_days: horizonDays }));
}

function validatePopulation({ of, products, reps }: Population, { tables }: Portfolio, expected: PopulationKey): void {
	requireKey(of, expected);
	requireSameRows(products, tables.products, "product_id");
	requireSameRows(reps, tables.reps, "rep_id");
}

/** An append may have brought rows that a population of the inputs before it does not know. */
function requireSameRows(ids: readonly string[], table: Table, column: string): void {
	const odd =
		ids.length === table.length ? ids.findIndex((id, row) => table.texts[column].at(row) !== id) : Math.min(ids.length, table.length);
	if (odd < 0) return;
	const found = odd < table.length ? table.texts[column].at(odd) : "nothing";
	throw new CarteiraError(
		"CONFLICT",
		`${table.name}: row ${odd + 1} is ${found}, in the population ${ids[odd] ?? "nothing"}; survey it anew`,
	);
}

function idsOf(table: Table, column: string): string[] {
	return Array.from({ length: table.length }, (_, row) => table.texts[column].at(row) ?? "");
}
