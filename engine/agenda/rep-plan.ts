import { CHANNELS } from "../portfolio/schema.ts";
import { CarteiraError } from "../errors.ts";
import { CLASSES, type ContactOption, PHASES, POTENTIALS, type RepCase, TERMS } from "../policy/case.ts";
import { readRollout } from "../policy/rollout.ts";
import type { PlacedContact, SlotSchedule, Solution } from "../solver/solution.ts";
import { type Day, formatDay, formatTime, NULL_DAY } from "../units.ts";
import type { PlanContext } from "./context.ts";
import type { Voice } from "./messages.ts";
import type { DeliveryFacts } from "./brief.ts";
import type { Brief, DayPlan, Entry, RepPlan } from "./plan-document.ts";
import { reasonOf } from "./reason.ts";
import { entryIdOf } from "./receipt.ts";

const PRE_INACTIVE = PHASES.indexOf("pre_inactive");
/** Two gaps of its own: fewer purchases make no rhythm to speak of. */
const RHYTHM_PURCHASES = 3;

/** Turns a rep's solution into the agenda that people see, every cent explained. */
export function repPlanOf(
	context: PlanContext,
	repCase: RepCase,
	solution: Solution,
	brief: (customer: number, delivery: DeliveryFacts) => Brief,
	voice: Voice,
): RepPlan {
	const repId = context.portfolio.tables.reps.texts.rep_id.at(repCase.rep) ?? "";
	const { history, classification } = context;
	const { texts } = context.portfolio.tables.products;
	const previous = previousContacts(repCase, solution);
	const entryOf = (placed: PlacedContact, sequence: number, date: string): Entry => {
		const option = repCase.options[placed.option];
		const terms = new Int32Array(TERMS.length);
		const value = repCase.termsInto(placed.option, previous.get(placed.option) ?? null, placed.start > option.cutoff, terms);
		const products = repCase.productsOf(placed.option);
		const facts = factsOf(context, option, placed);
		const risk = context.scores.churnRisk[option.customer];
		const churnRisk = Number.isFinite(risk) ? Math.round(risk * 1e4) / 1e4 : null;
		const customerBrief = brief(option.customer, { order_by: facts.order_by ?? null, delivers_on: facts.delivers_on ?? null });
		const customerId = facts.customer_id;
		return {
			entry_id: entryIdOf(repId, date, customerId),
			sequence,
			...facts,
			objective: customerBrief.recovery?.objective ?? facts.objective,
			churn_risk: churnRisk,
			value_cents: value,
			terms: TERMS.map((name, at) => ({ name, cents: terms[at] })).filter(({ cents }) => cents !== 0),
			products: products.map(({ product, propensity, expectedCents, reason }) => ({
				product_id: texts.product_id.at(product) ?? "",
				name: texts.name.at(product),
				propensity: Math.round(propensity * 1e4) / 1e4,
				expected_cents: expectedCents,
				reason,
			})),
			reason: reasonOf(
				{
					kind: option.kind,
					brief: customerBrief,
					hasRhythm: history.eventStart[option.customer + 1] - history.eventStart[option.customer] >= RHYTHM_PURCHASES,
					wasContacted: classification.lastContactDay[option.customer] !== NULL_DAY,
					churnRisk,
					terms: Object.fromEntries(TERMS.map((name, at) => [name, terms[at]])),
					numProducts: products.length,
					productCents: products.reduce((sum, { expectedCents }) => sum + expectedCents, 0),
					isInTime: option.delivery?.orderBy == null || placed.start <= option.delivery.orderBy,
					isObjection: classification.phase[option.customer] < PRE_INACTIVE,
				},
				voice,
			),
			brief: customerBrief,
		};
	};
	const zone = context.portfolio.tables.reps.texts.time_zone.at(repCase.rep) ?? context.policy.time_zone;
	const stage = readRollout(context.portfolio, context.policy)(repCase.rep);
	const days = solution.schedules.map((schedule) => ({ ...dayPlanOf(repCase, schedule, zone, entryOf), ...(stage && { stage }) }));
	return {
		rep_id: repId,
		value_cents: provenValue(repId, days, solution),
		upper_bound_cents: solution.upperBound,
		gap: solution.upperBound > 0 ? (solution.upperBound - solution.value) / solution.upperBound : null,
		bound_method: solution.boundMethod,
		floor_cents: solution.floorCost,
		work_seconds: workSecondsOf(repCase),
		due_seconds: dueSecondsOf(repCase),
		days,
	};
}

/** Date of the previous contact of the same customer inside the horizon, by option placed. */
function previousContacts(repCase: RepCase, solution: Solution): Map<number, Day> {
	const lastSeen = new Map<number, Day>();
	const previous = new Map<number, Day>();
	for (const { slot, contacts } of solution.schedules) {
		const date = repCase.days[repCase.slots[slot].day];
		for (const { option } of contacts) {
			const { customer } = repCase.options[option];
			const last = lastSeen.get(customer);
			if (last !== undefined) previous.set(option, last);
			lastSeen.set(customer, date);
		}
	}
	return previous;
}

function workSecondsOf({ slots }: RepCase): number {
	return slots.reduce((sum, slot) => sum + slot.close - slot.open - slot.breaks.reduce((pauses, { duration }) => pauses + duration, 0), 0);
}

function dueSecondsOf(repCase: RepCase): number {
	const best = new Map<number, { value: number; duration: number }>();
	const terms = new Int32Array(TERMS.length);
	for (const [index, { customer, duration }] of repCase.options.entries()) {
		const value = repCase.termsInto(index, null, false, terms);
		if (value > (best.get(customer)?.value ?? 0)) best.set(customer, { value, duration });
	}
	return [...best.values()].reduce((sum, { duration }) => sum + duration, 0);
}

/** The entry's facts that do not depend on its money. */
function factsOf({ portfolio, classification }: PlanContext, option: ContactOption, placed: PlacedContact) {
	const { customer, delivery } = option;
	const deliversOn = placed.start > option.cutoff ? delivery?.deliversOnAfterCutoff : delivery?.deliversOn;
	const orderBy = delivery?.orderBy;
	return {
		customer_id: portfolio.tables.customers.texts.customer_id.at(customer) ?? "",
		channel: CHANNELS[option.channel],
		kind: option.kind,
		objective: option.objective,
		arrive: formatTime(placed.arrive),
		start: formatTime(placed.start),
		end: formatTime(placed.end),
		travel_seconds: placed.travelTime,
		travel_metres: placed.travelDistance,
		phase: PHASES[classification.phase[customer]],
		class: CLASSES[classification.class[customer]],
		potential: POTENTIALS[classification.potential[customer]],
		min_gap_days: option.minGapDays,
		...(orderBy != null && { order_by: formatTime(orderBy) }),
		...(deliversOn != null && { delivers_on: formatDay(deliversOn) }),
	};
}

function dayPlanOf(
	repCase: RepCase,
	schedule: SlotSchedule,
	time_zone: string,
	entryOf: (placed: PlacedContact, sequence: number, date: string) => Entry,
): DayPlan {
	const slot = repCase.slots[schedule.slot];
	const date = formatDay(repCase.days[slot.day]);
	const { contacts } = schedule;
	const isIdle = contacts.length === 0;
	const travels = contacts.some(({ option }) => repCase.options[option].channel === 0);
	const start = isIdle ? slot.open : Math.min(contacts[0].start, travels ? schedule.leave : contacts[0].start);
	const end = isIdle ? start : Math.max(contacts[contacts.length - 1].end, travels ? schedule.finish : 0);
	return {
		date,
		time_zone,
		start: formatTime(start),
		end: formatTime(end),
		breaks: schedule.breaks.map((pause) => ({ start: formatTime(pause.start), end: formatTime(pause.end) })),
		travel_seconds: schedule.travelTime,
		travel_metres: schedule.travelDistance,
		travel_cost_cents: schedule.travelCost,
		entries: contacts.map((placed, at) => entryOf(placed, at + 1, date)),
	};
}

/** The solver's value, which must be the sum of what the agenda shows; a difference is a defect and never leaves the engine. */
function provenValue(repId: string, days: readonly DayPlan[], solution: Solution): number {
	const shown = days.reduce(
		(sum, day) => sum + day.entries.reduce((cents, entry) => cents + entry.value_cents, 0) - day.travel_cost_cents,
		0,
	);
	if (shown - solution.floorCost !== solution.value) {
		throw new CarteiraError(
			"INTERNAL",
			`rep ${repId}: the solver's value ${solution.value} is not the agenda's sum ${shown - solution.floorCost}`,
		);
	}
	return solution.value;
}
