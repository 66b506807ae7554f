import { CHANNELS, REP_KINDS } from "../portfolio/schema.ts";
import { type Day, formatTime, NULL_CODE, SECONDS_PER_DAY } from "../units.ts";
import type { CaseContext } from "./case-context.ts";
import { type CaseDay, NO_CUTOFF, type ValuedOption } from "./options.ts";
import { hasPlace, serviceSeconds, VISIT } from "./standing.ts";
import { cadenceOf } from "./action-plan.ts";
import { startWindows } from "./windows.ts";

const PHONE = CHANNELS.indexOf("phone");
const INSIDE = REP_KINDS.indexOf("inside");
/** Of an appointment by a channel that neither the appointment nor the action plan times. */
const USUAL_MINUTES = 30;

/** A promise that no option can express. */
export interface Unmet {
	readonly customer: number;
	readonly on: Day;
	readonly detail: string;
}

/** What a rep promised to one customer. */
export interface Promises {
	readonly options: readonly ValuedOption[];
	readonly unmet: readonly Unmet[];
}

/** The rep's appointments of the horizon as required options by customer; those that cannot be one are unmet. */
export function promisedOptions(context: CaseContext, rep: number, days: readonly CaseDay[]): ReadonlyMap<number, Promises> {
	const { appointments } = context.portfolio.tables;
	const dayOn = new Map(days.map((day) => [day.date, day]));
	const promises = new Map<number, { options: ValuedOption[]; unmet: Unmet[] }>();
	for (const row of context.appointments.of(rep)) {
		const customer = appointments.refs.customer_id[row];
		const on = appointments.days.on[row];
		const mine = promises.get(customer) ?? { options: [], unmet: [] };
		promises.set(customer, mine);
		const day = dayOn.get(on);
		const promised = day ? promisedOption(context, rep, row, day) : "the rep does not work on the day";
		if (typeof promised === "string") mine.unmet.push({ customer, on, detail: promised });
		else mine.options.push(promised);
	}
	return promises;
}

/** The option of an appointment, or why there is none. */
function promisedOption(context: CaseContext, rep: number, row: number, day: CaseDay): ValuedOption | string {
	const { portfolio, plans, classification } = context;
	const { appointments, customers, reps } = portfolio.tables;
	const customer = appointments.refs.customer_id[row];
	const isPlaced = hasPlace(customers.numbers, customer);
	const channel = channelOf(appointments.codes.channel[row], isPlaced && reps.codes.kind[rep] !== INSIDE);
	if (!context.appointments.isFirstOfDay(row)) return "another appointment has the customer on the day";
	if (channel === VISIT && !isPlaced) return "the customer has no coordinates to drive to";
	const { phase, class: cls, potential } = classification;
	const plan = plans.planOf(phase[customer], cls[customer], potential[customer], reps.codes.kind[rep]);
	const planned = plan.channels.find((allowed) => CHANNELS.indexOf(allowed.channel) === channel)?.minutes ?? USUAL_MINUTES;
	const minutes = appointments.numbers.minutes[row];
	const duration = Number.isNaN(minutes)
		? serviceSeconds(customers.numbers.service_minutes[customer], channel, planned)
		: Math.round(60 * minutes);
	const at = appointments.numbers.at[row];
	const { open, close } = day.work;
	const hours = Number.isNaN(at) ? ([0, SECONDS_PER_DAY] as const) : ([at, at + duration] as const);
	const windows = startWindows([hours], open, close, duration);
	if (windows.length === 0) return `it does not fit in the shift ${formatTime(open)}-${formatTime(close)}`;
	return {
		option: {
			customer,
			day: day.index,
			channel,
			duration,
			windows,
			cutoff: NO_CUTOFF,
			kind: "appointment",
			objective: plan.objective,
			required: true,
			gapExempt: true,
			isSwap: false,
			minGapDays: cadenceOf(plan, customers, customer, Number.NaN).minGap,
			delivery: null,
		},
		waitBefore: 0,
		waitAfter: 0,
		isOffDay: false,
	};
}

/** The promised channel; where none is stated a visit if the rep can make one, else a call. */
function channelOf(stated: number, canVisit: boolean): number {
	if (stated !== NULL_CODE) return stated;
	return canVisit ? VISIT : PHONE;
}
