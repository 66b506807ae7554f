import { CLASSES, PHASES } from "../policy/case.ts";
import { contactDay } from "../policy/classify.ts";
import type { Policy } from "../policy/policy.ts";
import { CHANNELS, DIRECTIONS, OUTCOMES } from "../portfolio/schema.ts";
import { serviceSeconds } from "../policy/standing.ts";
import { behind, type MonthView, ruleClass } from "./month-view.ts";
import { planAt } from "./results.ts";
import type { ReviewFloor } from "./review-document.ts";

const CANCELLED = OUTCOMES.indexOf("cancelled");
const INBOUND = DIRECTIONS.indexOf("inbound");
/** Below this share of what other hours bring, a floor is dear. */
const DEAR = 0.5;
const HOUR = 3600;
/** Minutes of a contact by a channel that neither it nor the action plan states. */
const DEFAULT_MINUTES = 10;

/** What the contacts of the month took and brought, by row of customers. */
interface Effort {
	readonly contacts: Float64Array;
	readonly seconds: Float64Array;
	readonly margin: Float64Array;
}

/** What each floor of the policy took in the month, what it brought, and what the same hours brought elsewhere. */
export function floorsOf(view: MonthView): ReviewFloor[] {
	const effort = effortOf(view);
	const all = totalOf(effort, () => true);
	return view.policy.floors.map((floor) => {
		const isMeant = (customer: number): boolean => isOfFloor(view, floor, customer);
		const own = totalOf(effort, isMeant);
		const others = rateOf(all.margin - own.margin, all.seconds - own.seconds);
		const rate = rateOf(own.margin, own.seconds);
		const cost = others === null ? 0 : Math.max(0, Math.round((others * own.seconds) / HOUR - own.margin));
		return {
			phase: floor.phase,
			class: floor.class,
			num_contacts: own.contacts,
			seconds: own.seconds,
			margin_cents: own.margin,
			margin_cents_an_hour: rate,
			others_cents_an_hour: others,
			cost_cents: cost,
			is_too_dear: own.seconds >= HOUR && rate !== null && others !== null && others > 0 && rate < DEAR * others,
			...behind(
				view,
				effort.seconds.map((seconds, customer) => (isMeant(customer) ? seconds : 0)),
			),
		};
	});
}

function isOfFloor(view: MonthView, floor: Policy["floors"][number], customer: number): boolean {
	const { from } = view.month;
	return (
		(floor.phase === null || PHASES[view.pictureAt(from).phase[customer]] === floor.phase) &&
		(floor.class === null || CLASSES[ruleClass(view, customer, from)] === floor.class)
	);
}

function rateOf(margin: number, seconds: number): number | null {
	return seconds > 0 ? (margin * HOUR) / seconds : null;
}

function totalOf({ contacts, seconds, margin }: Effort, isMeant: (customer: number) => boolean) {
	const total = { contacts: 0, seconds: 0, margin: 0 };
	for (let customer = 0; customer < contacts.length; customer++) {
		if (!isMeant(customer)) continue;
		total.contacts += contacts[customer];
		total.seconds += seconds[customer];
		total.margin += margin[customer];
	}
	return total;
}

/** Contacts that reps made: their time as recorded, else as the action plan has it, and the margin of orders on their days, each once. */
function effortOf(view: MonthView): Effort {
	const { portfolio, history, month } = view;
	const { contacts } = portfolio.tables;
	const empty = (): Float64Array => new Float64Array(history.numCustomers);
	const effort = { contacts: empty(), seconds: empty(), margin: empty() };
	for (let customer = 0; customer < history.numCustomers; customer++) {
		const days = new Set<number>();
		for (let i = history.contactStart[customer]; i < history.contactStart[customer + 1]; i++) {
			const row = history.contact[i];
			const day = contactDay(contacts.numbers.contacted_at[row]);
			if (day < month.from || contacts.codes.outcome[row] === CANCELLED || contacts.codes.direction[row] === INBOUND) continue;
			days.add(day);
			effort.contacts[customer]++;
			effort.seconds[customer] += secondsOf(view, customer, row);
		}
		for (let i = history.eventStart[customer]; i < history.eventStart[customer + 1]; i++)
			if (days.has(history.eventDay[i])) effort.margin[customer] += marginOf(view, i);
	}
	return effort;
}

function secondsOf(view: MonthView, customer: number, contact: number): number {
	const { contacts, customers } = view.portfolio.tables;
	const minutes = contacts.numbers.minutes[contact];
	if (!Number.isNaN(minutes)) return 60 * minutes;
	const channel = contacts.codes.channel[contact];
	const planned = planAt(view, customer, view.month.from).channels.find((row) => row.channel === CHANNELS[channel]);
	return serviceSeconds(customers.numbers.service_minutes[customer], channel, planned?.minutes ?? DEFAULT_MINUTES);
}

function marginOf({ history, policy }: MonthView, event: number): number {
	const margin = history.eventMargin[event];
	return Number.isNaN(margin) ? Math.round(history.eventValue[event] * policy.value.default_margin_rate) : margin;
}
