import type { Calendar } from "../portfolio/calendar/calendar.ts";
import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { REP_KINDS, SERVICE_EVENT_KINDS } from "../portfolio/schema.ts";
import type { Scores } from "../scoring/scores.ts";
import { type Day, SECONDS_PER_DAY } from "../units.ts";
import { type ActionPlans, buildActionPlans } from "./action-plan.ts";
import { type Appointments, buildAppointments } from "./appointments.ts";
import type { Classification } from "./case.ts";
import { COLLECTIONS_TEAM } from "./credit.ts";
import { type ContactDelivery, createDeliveries, type DeliveryRule } from "./delivery.ts";
import { readContactRules, type RuledOutBy } from "./contact-rules.ts";
import { type HeldOutBy, readHoldOuts } from "./hold-outs.ts";
import { createGoals, type Goals } from "./goals.ts";
import { liveObjectionOf } from "./objections.ts";
import { createOffers, type Offers } from "./offers.ts";
import { buildOwnership, managerAbove, type Ownership } from "./ownership.ts";
import type { Policy } from "./policy.ts";
import type { Population } from "./population.ts";
import { readRollout, type StageOf } from "./rollout.ts";
import { createWorth, type Worth } from "./worth.ts";

/** What the cases of a plan are made from. */
export interface CaseInputs {
	readonly portfolio: Portfolio;
	readonly history: History;
	readonly scores: Scores;
	readonly classification: Classification;
	readonly policy: Policy;
	readonly calendar: Calendar;
	readonly asOf: Day;
	/** Working days planned, ascending; the horizon runs from `asOf` to the last of them. */
	readonly horizon: readonly Day[];
	/** Contacts of the published agendas by row of customers; a contact elsewhere on a published date is a change. */
	readonly published?: ReadonlyMap<number, readonly { readonly date: Day; readonly rep: number }[]>;
	/** Dates on which some published agenda has contacts; those of `published` where it is not given. */
	readonly publishedDates?: ReadonlySet<Day>;
	/** Of the whole portfolio, where this one is a slice of it. */
	readonly population?: Population;
}

/** The inputs with everything worked out that is the same for every rep. */
export interface CaseContext extends CaseInputs {
	/** Every date of the horizon, weekends and holidays included. */
	readonly dates: readonly Day[];
	readonly lastDate: Day;
	readonly plans: ActionPlans;
	readonly ownership: Ownership;
	readonly appointments: Appointments;
	readonly offers: Offers;
	readonly goals: Goals;
	readonly publishedDates: ReadonlySet<Day>;
	readonly worthOf: (customer: number) => Worth;
	readonly deliveryOf: (rule: DeliveryRule, day: Day) => ContactDelivery;
	/** Row of the manager who is called in for the customer; -1 for none. */
	readonly escalatedTo: (customer: number) => number;
	readonly hasOpenComplaint: (customer: number) => boolean;
	readonly heldOutBy: HeldOutBy;
	readonly stageOf: StageOf;
	readonly ruledOutBy: RuledOutBy;
}

export function buildContext(inputs: CaseInputs): CaseContext {
	const { portfolio, scores, classification, policy, calendar, asOf, population } = inputs;
	const common = population?.cases;
	const service = serviceOf(inputs);
	const { dates, ownership } = service;
	const lastDate = dates[dates.length - 1];
	const complaining = findOpenComplaints(portfolio, asOf);
	return {
		...inputs,
		...service,
		lastDate,
		appointments: buildAppointments(portfolio, asOf, lastDate),
		offers: createOffers(inputs, dates, common?.favourites),
		goals: createGoals({ ...inputs, ownership }, common?.achieved),
		publishedDates: inputs.publishedDates ?? datesOf(inputs.published),
		worthOf: createWorth(portfolio, scores, classification, policy, common?.usual),
		deliveryOf: createDeliveries(calendar, policy.delivery.max_wait_days),
		hasOpenComplaint: (customer) => complaining.has(customer),
		heldOutBy: readHoldOuts(portfolio, policy),
		stageOf: readRollout(portfolio, policy),
		ruledOutBy: readContactRules(portfolio, policy),
	};
}

/** Who serves whom on the dates planned, and whom managers are called in for. */
export type Service = Pick<CaseContext, "portfolio" | "dates" | "plans" | "ownership" | "escalatedTo">;

export function serviceOf(inputs: CaseInputs): Service {
	const { portfolio, policy, asOf, horizon } = inputs;
	const lastDate = Math.max(asOf, ...horizon.slice(-1));
	const dates = Array.from({ length: lastDate - asOf + 1 }, (_, i) => asOf + i);
	const plans = buildActionPlans(policy);
	const ownership = buildOwnership(portfolio, dates);
	const escalated = findEscalations(inputs, plans, ownership);
	return { portfolio, dates, plans, ownership, escalatedTo: (customer) => escalated.get(customer) ?? -1 };
}

function datesOf(published: CaseInputs["published"]): ReadonlySet<Day> {
	return new Set([...(published?.values() ?? [])].flatMap((contacts) => contacts.map(({ date }) => date)));
}

/** Customers to be escalated, by action plan of the owner or by objection, with the first rep of the kind up the owner's managers. */
function findEscalations(inputs: CaseInputs, plans: ActionPlans, ownership: Ownership): Map<number, number> {
	const { portfolio, classification } = inputs;
	const { reps, customers } = portfolio.tables;
	const escalated = new Map<number, number>();
	for (let customer = 0; customer < customers.length; customer++) {
		const owner = ownership.ownerOf(customer);
		if (owner < 0 || classification.credit[customer] === COLLECTIONS_TEAM) continue;
		const plan = plans.planOf(
			classification.phase[customer],
			classification.class[customer],
			classification.potential[customer],
			reps.codes.kind[owner],
		);
		const kind = plan.escalate_to ?? liveObjectionOf(inputs, customer)?.rule.escalate_to ?? null;
		if (kind === null) continue;
		const manager = managerAbove(reps, owner, REP_KINDS.indexOf(kind));
		if (manager >= 0) escalated.set(customer, manager);
	}
	return escalated;
}

function findOpenComplaints({ tables: { service_events: events } }: Portfolio, asOf: Day): ReadonlySet<number> {
	const complaint = SERVICE_EVENT_KINDS.indexOf("complaint");
	const now = asOf * SECONDS_PER_DAY;
	const { at, resolved_at: resolvedAt } = events.numbers;
	const open = Array.from({ length: events.numRows }, (_, row) => row).filter(
		(row) => events.codes.kind[row] === complaint && at[row] < now && !(resolvedAt[row] < now),
	);
	return new Set(open.map((row) => events.refs.customer_id[row]));
}
