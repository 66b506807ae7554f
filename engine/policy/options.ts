import { intervalsOn, parseHours, type WeeklyHours } from "../portfolio/calendar/calendar.ts";
import { type Day, formatDay, SECONDS_PER_DAY, type Seconds } from "../units.ts";
import type { ContactOption } from "./case.ts";
import type { CaseContext } from "./case-context.ts";
import type { ContactDelivery, Delivery } from "./delivery.ts";
import { type Refusal, type Standing, VISIT, visitDayOn } from "./standing.ts";
import { clipWindows, startWindows, type Windows } from "./windows.ts";
import type { WorkDay } from "./work-days.ts";

/** A start is never after this. */
export const NO_CUTOFF = 2 ** 31 - 1;

/** A date that a rep works. */
export interface CaseDay {
	/** Index into the case's `days`. */
	readonly index: number;
	readonly date: Day;
	readonly work: WorkDay;
}

/** An option with what its value depends on beside its customer. */
export interface ValuedOption {
	readonly option: ContactOption;
	/** Calendar days between loading and delivery for a start up to the cut-off, and after it. */
	readonly waitBefore: number;
	readonly waitAfter: number;
	/** A visit off a preferred day. */
	readonly isOffDay: boolean;
}

/** Hears why a contact is not possible; hard refusals hold in every plan. */
export type OnRefusal = (refusal: Refusal, isHard: boolean) => void;

/** Where a contact stands in the way of others: dates of promises, and of contacts that other agendas already have. */
export interface Elsewhere {
	readonly promised: readonly Day[];
	readonly taken: readonly Day[];
}

/** Contacts that the rules allow a rep with a customer, on the days given, by day, then channel. */
export function optionsOf(
	context: CaseContext,
	standing: Standing,
	days: readonly CaseDay[],
	{ promised, taken }: Elsewhere,
	onRefusal: OnRefusal = () => {},
): ValuedOption[] {
	if (standing.refusal) onRefusal(standing.refusal, true);
	else if (standing.channels.length === 0)
		onRefusal({ code: "NO_CHANNEL", detail: "no channel is in the action plan, agreed to and possible" }, true);
	if (standing.refusal || standing.channels.length === 0) return [];
	const hours = hoursOf(context, standing.customer);
	const options: ValuedOption[] = [];
	for (const day of days) {
		const heldOut = context.heldOutBy(standing.customer, standing.rep, day.date);
		if (heldOut !== null) {
			onRefusal({ code: "HELD_OUT", detail: heldOut }, true);
			continue;
		}
		const rule = context.ruledOutBy(standing.rep, standing.customer, day.date);
		if (rule) {
			onRefusal({ code: "BLOCKED", detail: `a rule until ${rule.until} keeps the rep from the customer: ${rule.reason}` }, true);
			continue;
		}
		const refusal = refusalOn(standing, day.date, [...taken, ...promised]);
		const delivery = standing.delivery && context.deliveryOf(standing.delivery, day.date);
		if (refusal) onRefusal(refusal, refusal.code === "MIN_GAP" && day.date < standing.gapFrom);
		else if (delivery && !delivery.before && !delivery.after) onRefusal(noDelivery(context, day.date), true);
		else addOptions(context, standing, day, hours(day.date), delivery, options, onRefusal);
	}
	return options;
}

/** Gaps to the history, to promises and to contacts elsewhere, and whether a contact is due. */
function refusalOn({ gapFrom, dueFrom, cadence }: Standing, date: Day, fixed: readonly Day[]): Refusal | null {
	if (date < gapFrom) return { code: "MIN_GAP", detail: `the minimum gap of ${cadence.minGap} days ends on ${formatDay(gapFrom)}` };
	const near = fixed.find((other) => Math.abs(date - other) < Math.max(1, cadence.minGap));
	if (near !== undefined) return { code: "MIN_GAP", detail: `another contact is fixed on ${formatDay(near)}` };
	return date < dueFrom ? { code: "NOT_DUE", detail: `not due before ${formatDay(dueFrom)}` } : null;
}

function noDelivery({ policy }: CaseContext, date: Day): Refusal {
	return {
		code: "DELIVERY_DAY",
		detail: `an order of ${formatDay(date)} is not delivered within ${policy.delivery.max_wait_days} days of loading`,
	};
}

/** Hours of visits by date. Without stated hours any time is good, but for holidays of the customer's state and city. */
function hoursOf({ portfolio, calendar }: CaseContext, customer: number): (date: Day) => Windows {
	const { visit_hours: text, state, city_code: city } = portfolio.tables.customers.texts;
	const stated = text.at(customer);
	const regions = [state.at(customer), city.at(customer)];
	const hours = stated === null ? ALWAYS : parseHours(stated);
	return (date) => intervalsOn(hours, date, calendar.isHoliday(date, regions));
}

const ALWAYS: WeeklyHours = { weekdays: Array.from({ length: 7 }, () => [[0, SECONDS_PER_DAY]]), holiday: [] };

function addOptions(
	context: CaseContext,
	standing: Standing,
	day: CaseDay,
	hours: Windows,
	delivery: ContactDelivery | null,
	options: ValuedOption[],
	onRefusal: OnRefusal,
): void {
	const { customer, kind, plan, cadence } = standing;
	const { open, close } = day.work;
	const visitDay = visitDayOn(standing.visitRuleOn(day.date), day.date, context.policy.routing_mode);
	for (const { channel, duration } of standing.channels) {
		const isVisit = channel === VISIT;
		if (isVisit && visitDay.refusal) {
			onRefusal(visitDay.refusal, true);
			continue;
		}
		const all = startWindows(isVisit ? hours : [[open, close]], open, close, duration);
		const timed = timedDeliveries(all, delivery).filter(({ windows }) => windows.length > 0);
		if (timed.length === 0) onRefusal({ code: "NO_WINDOW", detail: `no time of ${formatDay(day.date)} holds the whole contact` }, true);
		for (const { windows, cutoff, delivery, waitBefore, waitAfter } of timed) {
			options.push({
				option: {
					customer,
					day: day.index,
					channel,
					duration,
					windows,
					cutoff,
					kind,
					objective: plan.objective,
					required: false,
					gapExempt: false,
					isSwap: isVisit && visitDay.isSwap,
					minGapDays: cadence.minGap,
					delivery,
				},
				waitBefore,
				waitAfter,
				isOffDay: isVisit && visitDay.isOff,
			});
		}
	}
}

interface TimedDelivery {
	readonly windows: Windows;
	readonly cutoff: Seconds;
	readonly delivery: ContactOption["delivery"];
	readonly waitBefore: number;
	readonly waitAfter: number;
}

/**
 * The windows that lead to a delivery in time: up to the cut-off by this day's order, after it by the next working day's. Where the
 * later order waits no less, one option holds both and loses value at the cut-off; where it waits less, each is an option of its own,
 * since the solver knows values that fall in the course of a day, not such that rise.
 */
function timedDeliveries(windows: Windows, delivery: ContactDelivery | null): TimedDelivery[] {
	if (!delivery) return [{ windows, cutoff: NO_CUTOFF, delivery: null, waitBefore: 0, waitAfter: 0 }];
	const { cutoff, before, after } = delivery;
	if (cutoff === null) return before ? [delivered(windows, NO_CUTOFF, null, before, before)] : [];
	if (before && after && after.wait >= before.wait) return [delivered(windows, cutoff, cutoff, before, after)];
	return [
		...(before ? [delivered(clipWindows(windows, 0, cutoff), NO_CUTOFF, cutoff, before, before)] : []),
		...(after ? [delivered(clipWindows(windows, cutoff + 1, SECONDS_PER_DAY), NO_CUTOFF, cutoff, after, after)] : []),
	];
}

function delivered(windows: Windows, cutoff: Seconds, orderBy: Seconds | null, first: Delivery, late: Delivery): TimedDelivery {
	return {
		windows,
		cutoff,
		delivery: { orderBy, deliversOn: first.deliversOn, deliversOnAfterCutoff: late.deliversOn },
		waitBefore: first.wait,
		waitAfter: late.wait,
	};
}
