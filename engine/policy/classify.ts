import type { History } from "../portfolio/history.ts";
import type { Portfolio, Table } from "../portfolio/portfolio.ts";
import { CUSTOMER_STATUS, OUTCOMES } from "../portfolio/schema.ts";
import type { Scores } from "../scoring/scores.ts";
import { type Day, NULL_DAY, SECONDS_PER_DAY } from "../units.ts";
import { abcClasses, codesByCuts, type Cut, cutsOf, normalisedValues, potentialRanks } from "./abc.ts";
import { CLASSES, type Classification, POTENTIALS } from "./case.ts";
import { createCredit } from "./credit.ts";
import { isRecovered, phaseOf, PROSPECT } from "./phase.ts";
import type { Policy } from "./policy.ts";

/** `expectedValue` of scores covers 90 days. */
const MONTHS_SCORED = 3;
const CLOSED = CUSTOMER_STATUS.indexOf("closed");
const [ORDER, NO_ORDER] = [OUTCOMES.indexOf("order"), OUTCOMES.indexOf("no_order")];

export interface ClassifyInputs {
	readonly portfolio: Portfolio;
	readonly history: History;
	readonly scores: Pick<Scores, "expectedInterval" | "expectedValue">;
	readonly policy: Policy;
	readonly asOf: Day;
	/** Silence is counted up to this day, so that a feed that stopped is not taken for customers that did; at most `asOf`. */
	readonly silenceFrom: Day;
	/** Of the whole portfolio, where this one is a slice of it. */
	readonly cuts?: ClassCuts;
}

/** Where the rankings of the whole portfolio are cut into classes and potentials: all that a customer's class takes of the others. */
export interface ClassCuts {
	readonly class: readonly Cut[];
	readonly potential: readonly Cut[];
}

/** Ranks the customers of a whole portfolio, stubs included. */
export function measureCuts(inputs: Omit<ClassifyInputs, "silenceFrom" | "cuts">): ClassCuts {
	return cutsBy(inputs, valuesOf(inputs));
}

/** What customers are ranked by: sales normalised by tenure, and what they may buy a month; cents. */
interface RankedValues {
	readonly sales: Float64Array;
	readonly potential: Float64Array;
}

function valuesOf({ portfolio, history, scores, policy, asOf }: Omit<ClassifyInputs, "silenceFrom" | "cuts">): RankedValues {
	return { sales: normalisedValues(history, policy, asOf), potential: potentialValues(portfolio.tables.customers, scores) };
}

function cutsBy({ portfolio, policy }: Pick<ClassifyInputs, "portfolio" | "policy">, { sales, potential }: RankedValues): ClassCuts {
	const idOf = idReader(portfolio.tables.customers);
	return {
		class: cutsOf(sales, abcClasses(sales, policy.classes.a, policy.classes.b), CLASSES.length - 1, idOf),
		potential: cutsOf(potential, potentialRanks(potential, policy.potential.high, policy.potential.medium), POTENTIALS.length - 1, idOf),
	};
}

function idReader({ texts }: Table): (row: number) => string {
	return (row) => texts.customer_id.at(row) ?? "";
}

/** Phase, class, potential and credit of every customer, stubs included. The class of a prospect is by its potential: high A, medium B, low C. */
export function classify(inputs: ClassifyInputs): Classification {
	const { portfolio, history, scores, policy, asOf, silenceFrom } = inputs;
	const values = valuesOf(inputs);
	const cuts = inputs.cuts ?? cutsBy(inputs, values);
	const { customers, contacts } = portfolio.tables;
	const numCustomers = customers.length;
	const idOf = idReader(customers);
	const result = {
		asOf,
		phase: new Uint8Array(numCustomers),
		class: codesByCuts(values.sales, cuts.class, idOf),
		potential: codesByCuts(values.potential, cuts.potential, idOf),
		credit: new Uint8Array(numCustomers),
		recovered: new Uint8Array(numCustomers),
		headroom: new Float64Array(numCustomers),
		daysSinceLastOrder: new Int32Array(numCustomers).fill(-1),
		lastOrderDay: new Int32Array(numCustomers).fill(NULL_DAY),
		lastContactDay: lastContactDays(contacts, history),
		phaseThreshold: new Int32Array(numCustomers),
	};
	const { status } = customers.codes;
	const creditOf = createCredit(customers, policy.credit);
	for (let row = 0; row < numCustomers; row++) {
		const start = history.eventStart[row];
		const end = history.eventStart[row + 1];
		const rhythm = {
			isClosed: status[row] === CLOSED,
			numEvents: end - start,
			firstOrder: history.eventDay[start],
			lastOrder: history.eventDay[end - 1],
			expectedInterval: scores.expectedInterval[row],
		};
		const { phase, threshold } = phaseOf(rhythm, policy.phases, asOf, silenceFrom);
		const { rung, headroom } = creditOf(row);
		result.phase[row] = phase;
		result.phaseThreshold[row] = Math.ceil(threshold);
		result.credit[row] = rung;
		result.headroom[row] = headroom;
		if (phase === PROSPECT) result.class[row] = result.potential[row];
		if (end === start) continue;
		result.recovered[row] = Number(isRecovered(history.eventDay, start, end, rhythm.expectedInterval, policy.phases, asOf));
		result.lastOrderDay[row] = rhythm.lastOrder;
		result.daysSinceLastOrder[row] = Math.max(0, silenceFrom - rhythm.lastOrder);
	}
	return result;
}

/** Monthly cents: the customer's stated potential, else what the models expect of it. */
function potentialValues(customers: Table, scores: Pick<Scores, "expectedValue">): Float64Array {
	return customers.numbers.potential_value.map((stated, row) =>
		Number.isNaN(stated) ? Math.max(0, scores.expectedValue[row] / MONTHS_SCORED || 0) : stated,
	);
}

/** Does an outcome, a code of OUTCOMES, mean that somebody spoke with the customer? */
export function isReached(outcome: number): boolean {
	return outcome === ORDER || outcome === NO_ORDER;
}

/** Day of a contact, whose time is in seconds. */
export function contactDay(contactedAt: number): Day {
	return Math.floor(contactedAt / SECONDS_PER_DAY);
}

function lastContactDays(contacts: Table, history: History): Int32Array {
	const { contacted_at: contactedAt } = contacts.numbers;
	const lastOf = createLastReached(contacts, history);
	const days = new Int32Array(history.numCustomers).fill(NULL_DAY);
	for (let customer = 0; customer < history.numCustomers; customer++) {
		const last = lastOf(customer);
		if (last >= 0) days[customer] = contactDay(contactedAt[last]);
	}
	return days;
}

/** Answers the row of the last contact that reached a customer; -1 for none. */
export function createLastReached({ codes: { outcome } }: Table, { contact, contactStart }: History): (customer: number) => number {
	return (customer) => {
		for (let i = contactStart[customer + 1] - 1; i >= contactStart[customer]; i--) if (isReached(outcome[contact[i]])) return contact[i];
		return -1;
	};
}
