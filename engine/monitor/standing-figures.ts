import { CLASSES, PHASES } from "../policy/case.ts";
import { contactDay, isReached } from "../policy/classify.ts";
import { isPositivated } from "../policy/monthly-sales.ts";
import { monthStartOf } from "../policy/goals.ts";
import { INACTIVE, PRE_INACTIVE } from "../policy/phase.ts";
import { CHANNELS, CREDIT_STATUS, OUTCOMES } from "../portfolio/schema.ts";
import { codeTexts } from "../scoring/past-intervals.ts";
import { type Day, NULL_DAY, SECONDS_PER_DAY } from "../units.ts";
import { POSITIVATION_STATES, SERVICE_STATES } from "./figures.ts";
import type { Source } from "./source.ts";
import { periodOf } from "./periods.ts";
import { marginOf, type View } from "./view.ts";

const CANCELLED = OUTCOMES.indexOf("cancelled");
const ORDER = OUTCOMES.indexOf("order");
const DAYS_A_YEAR = 365;
/** Days of contacts that productivity looks at, and within which a contact counts for a debt. */
export const RECENT_DAYS = 28;
const OBJECTION_DAYS = 90;

const grid = (a: readonly string[], b: readonly string[]): string[][] => a.flatMap((x) => b.map((y) => [x, y]));

/** Customers per phase and class. */
export function customersOf({ classification, revenue, margin }: View): Source {
	const { phase, class: cls, lastOrderDay } = classification;
	return {
		figure: "customers",
		cells: grid(PHASES, CLASSES),
		each(out, emit) {
			for (let customer = 0; customer < phase.length; customer++) {
				out[0] = revenue[customer];
				out[1] = margin[customer];
				emit(customer, phase[customer] * CLASSES.length + cls[customer], lastOrderDay[customer]);
			}
		},
	};
}

const [ON_TIME, DUE, DISRUPTED, NEVER, NOT_SERVED] = SERVICE_STATES.map((_, code) => code);

/** Answers how service stands with a customer, a code of SERVICE_STATES. */
export function createServiceState({ isServed, classification, interval, maxGap, asOf }: View): (customer: number) => number {
	const { lastContactDay } = classification;
	return (customer) => {
		if (isServed[customer] === 0) return NOT_SERVED;
		const last = lastContactDay[customer];
		if (last === NULL_DAY) return NEVER;
		const silence = asOf - last;
		if (silence <= Math.min(interval[customer], maxGap[customer])) return ON_TIME;
		return silence <= maxGap[customer] ? DUE : DISRUPTED;
	};
}

/** Coverage, and what the days of disruption so far cost by the policy. */
export function coverageOf(view: View): Source {
	const { classification, revenue, maxGap, asOf, planOf } = view;
	const { lastContactDay } = classification;
	const stateOf = createServiceState(view);
	return {
		figure: "coverage",
		cells: SERVICE_STATES.map((state) => [state]),
		each(out, emit) {
			for (let customer = 0; customer < revenue.length; customer++) {
				const state = stateOf(customer);
				const late = state === DISRUPTED ? asOf - lastContactDay[customer] - maxGap[customer] : 0;
				out[0] = revenue[customer];
				out[1] = late;
				out[2] = late > 0 ? Math.round(100 * late * planOf(customer).disruption_cost_per_day) : 0;
				emit(customer, state, lastContactDay[customer]);
			}
		},
	};
}

const [POSITIVATED, INSUFFICIENT, NONE] = POSITIVATION_STATES.map((_, code) => code);

/** Positivation of the running month and of the one before, of all lines or of one. */
export function positivationOf(view: View, line: string | null): Source {
	const { asOf, policy, history, classification, salesOf } = view;
	const thisMonth = monthStartOf(asOf);
	const lastMonth = monthStartOf(thisMonth - 1);
	const periods: readonly (readonly [Day, Day])[] = [
		[lastMonth, thisMonth],
		[thisMonth, asOf],
	];
	return {
		figure: "positivation",
		cells: grid(
			periods.map(([from]) => periodOf(from)),
			POSITIVATION_STATES,
		),
		each(out, emit) {
			for (const [period, [from, to]] of periods.entries()) {
				const sales = salesOf(line, from, to);
				for (let customer = 0; customer < history.numCustomers; customer++) {
					const start = history.eventStart[customer];
					if (start === history.eventStart[customer + 1] || history.eventDay[start] >= to) continue; // never bought by then
					out[0] = sales.value[customer];
					out[1] = Math.round(sales.margin[customer]);
					out[2] = sales.numProducts[customer];
					const state = isPositivated(policy, sales, customer) ? POSITIVATED : sales.value[customer] > 0 ? INSUFFICIENT : NONE;
					emit(customer, period * POSITIVATION_STATES.length + state, classification.lastOrderDay[customer]);
				}
			}
		},
	};
}

/** Objections met in the last 90 days. */
export function objectionsOf({ portfolio, history, revenue, asOf }: View): Source {
	const { contacts } = portfolio.tables;
	const { contacted_at: contactedAt } = contacts.numbers;
	const { outcome } = contacts.codes;
	const { contact, contactStart } = history;
	const since = (asOf - OBJECTION_DAYS) * SECONDS_PER_DAY;
	const told = codeTexts(contacts.texts.objection);
	/** By code of a word: its cell, in the order in which they are met; -1: not met. */
	const cellOf = new Int32Array(told.words.length).fill(-1);
	const words: string[] = [];
	const met: { readonly customer: number; readonly code: number; readonly on: Day; count: number }[] = [];
	for (let customer = 0; customer < history.numCustomers; customer++) {
		const first = met.length;
		for (let i = contactStart[customer + 1] - 1; i >= contactStart[customer]; i--) {
			const row = contact[i];
			if (contactedAt[row] < since) break;
			const word = told.codes[row];
			if (word < 0 || !isReached(outcome[row])) continue;
			if (cellOf[word] < 0) cellOf[word] = words.push(told.words[word]) - 1;
			const code = cellOf[word];
			let at = first;
			while (at < met.length && met[at].code !== code) at++;
			if (at < met.length) met[at].count++;
			else met.push({ customer, code, on: contactDay(contactedAt[row]), count: 1 });
		}
	}
	return {
		figure: "objections",
		cells: words.map((word) => [word]),
		each(out, emit) {
			for (const { customer, code, on, count } of met) {
				out[0] = count;
				out[1] = revenue[customer];
				emit(customer, code, on);
			}
		},
	};
}

/** What is overdue, by rung of the credit ladder. */
export function collectionsOf({ portfolio, policy, classification, asOf }: View): Source {
	const { overdue_amount: overdue, overdue_days: days } = portfolio.tables.customers.numbers;
	const { credit, lastContactDay } = classification;
	return {
		figure: "collections",
		cells: CREDIT_STATUS.map((rung) => [rung]),
		each(out, emit) {
			for (let customer = 0; customer < credit.length; customer++) {
				if (!(overdue[customer] > 0 && overdue[customer] >= 100 * policy.credit.ignore_below)) continue;
				out[0] = overdue[customer];
				out[1] = Number(lastContactDay[customer] !== NULL_DAY && lastContactDay[customer] >= asOf - RECENT_DAYS);
				emit(customer, credit[customer], Number.isNaN(days[customer]) ? NULL_DAY : asOf - days[customer]);
			}
		},
	};
}

/** What customers that are slipping away would buy in a year at their own rhythm, cents. */
export function revenueAtRiskOf({ portfolio, classification, ticket, expectedInterval, history, policy }: View): Source {
	const { phase, lastOrderDay } = classification;
	const rateOf = marginRatesOf({ history, policy });
	return {
		figure: "revenue_at_risk",
		cells: PHASES.slice(PRE_INACTIVE, INACTIVE + 1).map((name) => [name]),
		each(out, emit) {
			for (let customer = 0; customer < portfolio.tables.customers.length; customer++) {
				if (phase[customer] < PRE_INACTIVE || phase[customer] > INACTIVE) continue;
				out[0] = Math.round((ticket[customer] * DAYS_A_YEAR) / expectedInterval[customer]);
				out[1] = Math.round(out[0] * rateOf(customer));
				emit(customer, phase[customer] - PRE_INACTIVE, lastOrderDay[customer]);
			}
		},
	};
}

/** Margin as a share of value over all of a customer's purchases. */
export function marginRatesOf({ history, policy }: Pick<View, "history" | "policy">): (customer: number) => number {
	const { eventStart, eventValue, eventMargin } = history;
	const { default_margin_rate: rate } = policy.value;
	return (customer) => {
		let [value, margin] = [0, 0];
		for (let event = eventStart[customer]; event < eventStart[customer + 1]; event++) {
			value += eventValue[event];
			margin += marginOf(eventMargin[event], eventValue[event], rate);
		}
		return value > 0 ? margin / value : rate;
	};
}

/** Contacts made in the last 28 days and what the same day's orders brought. */
export function productivityOf({ portfolio, history, asOf }: View): Source {
	const { contacts } = portfolio.tables;
	const { contacted_at: contactedAt, minutes } = contacts.numbers;
	const { outcome, channel } = contacts.codes;
	const since = (asOf - RECENT_DAYS) * SECONDS_PER_DAY;
	const numMeasures = 5;
	const sums = new Float64Array(CHANNELS.length * numMeasures);
	const lastOn = new Int32Array(CHANNELS.length);
	return {
		figure: "productivity",
		cells: CHANNELS.map((name) => [name]),
		each(out, emit) {
			const { contact, contactStart } = history;
			for (let customer = 0; customer < history.numCustomers; customer++) {
				const end = contactStart[customer + 1];
				if (end === contactStart[customer] || contactedAt[contact[end - 1]] < since) continue;
				let paidDay = NULL_DAY; // a day's orders count for its last contact only
				sums.fill(0);
				lastOn.fill(NULL_DAY);
				for (let i = end - 1; i >= contactStart[customer]; i--) {
					const row = contact[i];
					if (contactedAt[row] < since) break;
					if (outcome[row] === CANCELLED) continue;
					const day = contactDay(contactedAt[row]);
					const at = channel[row] * numMeasures;
					lastOn[channel[row]] = Math.max(lastOn[channel[row]], day);
					sums[at]++;
					sums[at + 1] += Number(isReached(outcome[row]));
					sums[at + 4] += Number.isNaN(minutes[row]) ? 0 : Math.round(60 * minutes[row]);
					if (outcome[row] !== ORDER) continue;
					sums[at + 2]++;
					if (day !== paidDay) sums[at + 3] += valueOn(history, customer, day);
					paidDay = day;
				}
				for (let code = 0; code < CHANNELS.length; code++) {
					if (sums[code * numMeasures] === 0) continue;
					for (let measure = 0; measure < numMeasures; measure++) out[measure] = sums[code * numMeasures + measure];
					emit(customer, code, lastOn[code]);
				}
			}
		},
	};
}

/** Value of a customer's purchases on a day, cents. */
export function valueOn({ eventStart, eventDay, eventValue }: View["history"], customer: number, day: Day): number {
	for (let event = eventStart[customer + 1] - 1; event >= eventStart[customer] && eventDay[event] >= day; event--) {
		if (eventDay[event] === day) return eventValue[event];
	}
	return 0;
}
