import { kpisOf } from "../agenda/kpis.ts";
import type { Entry, PlanDocument, RepPlan, RevisionRecord, Unplanned, UnmetRequired } from "../agenda/plan-document.ts";
import { planIdOf } from "../agenda/receipt.ts";
import { CarteiraError } from "../errors.ts";
import { formatDay, parseDay } from "../units.ts";
import { type CarriedOver, carriedOver } from "./carried-over.ts";
import { type Desk, repPlanIn } from "./desk.ts";
import { diffPlans, type PlanDiff, valueOf } from "./diff.ts";
import { type RepOutcome, replanRep } from "./rep.ts";
import { inOrder, isAdvice, orderOf, type RepOrder } from "./order.ts";
import { isConcerned, revalued } from "./revalue.ts";
import { leftOut } from "./left-out.ts";
import { momentOf, readReplanRequest, type ReplanEvent, type ReplanRequest } from "./request.ts";

/** A revised plan, and how it differs from the one before. */
export interface Revision {
	readonly plan: PlanDocument;
	readonly diff: PlanDiff;
	/** Customers asked for that could not be fitted in, by rep. */
	readonly unmet_wishes: readonly { readonly rep_id: string; readonly customer_id: string; readonly detail: string }[];
}

/**
 * Replans during the plan's days. What is done, under way, promised or pinned stays; at most `max_changes` contacts are dropped, added or moved
 * beyond what the events themselves take out or push back. Only reps that events or their consequences name are touched. Without events nothing
 * changes. The answer depends on the arguments alone. INVALID_INPUT names what does not fit the plan.
 */
export function replan(desk: Desk, document: unknown, order: unknown): Revision {
	const plan = desk.read(document);
	const request = readReplanRequest(order);
	validateAgainst(desk, plan, request);
	const carried = carriedOver(plan, request);
	if (request.events.length === 0) return { plan, diff: diffPlans(desk, plan, plan, []), unmet_wishes: [] };
	return revise(desk, plan, request, carried, inOrder(desk, new Set(request.events.map(({ rep_id }) => rep_id))));
}

/**
 * Replans some reps of a plan, in the order given; `adjust` has the last word on each rep's order. A search looks at the agendas of its rep alone:
 * where what it found takes more from others who contact the same customers than it brings, the plan stays as it goes on by itself.
 */
export function revise(
	desk: Desk,
	plan: PlanDocument,
	request: ReplanRequest,
	carried: CarriedOver,
	concerned: readonly string[],
	adjust: (order: RepOrder) => RepOrder = (order) => order,
): Revision {
	const attemptTo = (change: typeof adjust): Attempt => attempt(desk, plan, request, carried, concerned, change);
	const searched = attemptTo(adjust);
	const { outcomes, reps } = searched.isFelt
		? better(
				attemptTo((order) => ({ ...adjust(order), iterations: 0 })),
				searched,
			)
		: searched;
	const revised = documentOf(desk, plan, reps, request, carried, outcomes);
	desk.keep(revised);
	return {
		plan: revised,
		diff: diffPlans(desk, plan, revised, revised.receipt.revision?.forced ?? []),
		unmet_wishes: [...outcomes].flatMap(([rep_id, { unmetWishes }]) =>
			unmetWishes.map((customer) => ({
				rep_id,
				customer_id: desk.context.portfolio.tables.customers.texts.customer_id.at(customer) ?? "",
				detail: "no day, time or channel within the hard rules, the freeze and max_changes holds it",
			})),
		),
	};
}

/** Agendas that replanning some reps came to. */
interface Attempt {
	readonly outcomes: ReadonlyMap<string, RepOutcome>;
	readonly reps: readonly RepPlan[];
	/** Value of all agendas less the price of changes. */
	readonly net: number;
	/** May others, or other days, have lost by it? */
	readonly isFelt: boolean;
}

function attempt(
	desk: Desk,
	plan: PlanDocument,
	request: ReplanRequest,
	carried: CarriedOver,
	concerned: readonly string[],
	adjust: (order: RepOrder) => RepOrder,
): Attempt {
	const outcomes = new Map<string, RepOutcome>();
	let working = plan;
	let left = request.max_changes;
	let toll = 0;
	let isFelt = false;
	for (const repId of concerned) {
		const order = adjust(orderOf(desk, working, repId, request, carried, left));
		isFelt ||= isConcerned(desk, plan, working, order.plan);
		const outcome = replanRep(desk, order);
		outcomes.set(repId, outcome);
		isFelt ||= outcome.isSplit;
		left -= outcome.numChanges;
		toll += outcome.numChanges * order.changePrice;
		working = { ...working, reps: working.reps.map((rep) => (rep.rep_id === repId ? outcome.plan : rep)) };
	}
	const reps = working.reps.map((rep) => {
		if (outcomes.has(rep.rep_id)) return rep;
		const now = revalued(desk, plan, working, rep, request.now.slice(0, 10));
		isFelt ||= now.value_cents < rep.value_cents;
		return now;
	});
	return { outcomes, reps, net: valueOf({ reps }) - toll, isFelt };
}

/** Whichever keeps more promises and meets more wishes, or is worth more; else the first. */
function better(one: Attempt, other: Attempt): Attempt {
	const unmetIn = ({ outcomes }: Attempt): number =>
		[...outcomes.values()].reduce((sum, { unmet, unmetWishes }) => sum + unmet.length + unmetWishes.length, 0);
	const fewer = unmetIn(one) - unmetIn(other);
	return fewer > 0 || (fewer === 0 && other.net > one.net) ? other : one;
}

/** Everything that the request names must be there. */
export function validateAgainst(desk: Desk, plan: PlanDocument, request: ReplanRequest): void {
	const { day, time } = momentOf(request);
	const [from, to] = [parseDay(plan.horizon.from), parseDay(plan.horizon.to)];
	if (day < from || day > to)
		throw new CarteiraError(
			"INVALID_INPUT",
			`/now: ${request.now} is outside of the plan's horizon ${plan.horizon.from} to ${plan.horizon.to}`,
		);
	const before = plan.receipt.revision && momentOf(plan.receipt.revision);
	if (before && (day < before.day || (day === before.day && time < before.time)))
		throw new CarteiraError(
			"INVALID_INPUT",
			`/now: ${request.now} is before ${plan.receipt.revision?.now}, when the plan was last revised`,
		);
	for (const [at, event] of request.events.entries()) validateEvent(desk, plan, request, event, `/events/${at}`);
	for (const [at, pin] of request.pins.entries()) {
		if (!hasContact(plan, pin))
			throw new CarteiraError("INVALID_INPUT", `/pins/${at}: ${pin.rep_id} has no contact with ${pin.customer_id} on ${pin.date}`);
	}
}

function validateEvent(desk: Desk, plan: PlanDocument, request: ReplanRequest, event: ReplanEvent, at: string): void {
	const { now } = request;
	repPlanIn(plan, event.rep_id, `${at}/rep_id`);
	const known = (id: string, member: string): void => {
		if (!desk.customerRows.has(id)) throw new CarteiraError("INVALID_INPUT", `${at}/${member}: ${id} is no customer of the portfolio`);
	};
	if ("customer_id" in event) known(event.customer_id, "customer_id");
	if (event.type === "swap") known(event.with, "with");
	if ((event.type === "refuse" || event.type === "swap") && event.reason === undefined && !isAdvice(desk, event.rep_id))
		throw new CarteiraError(
			"INVALID_INPUT",
			`${at}/reason: none; expected words, because ${event.rep_id}'s agendas are the plan, not advice`,
		);
	const date = "date" in event ? (event.date ?? now.slice(0, 10)) : now.slice(0, 10);
	const member = event.type === "urgent" ? "by" : "until";
	const last = event.type === "urgent" ? event.by : "until" in event ? event.until : undefined;
	if (last !== undefined && last < date)
		throw new CarteiraError("INVALID_INPUT", `${at}/${member}: ${last} is before ${date}; expected that day or later`);
	if (event.type === "swap" && event.with === event.customer_id)
		throw new CarteiraError("INVALID_INPUT", `${at}/with: ${event.with} is the customer itself; expected another`);
	const mustBePlanned = ["done", "not_reached", "cancelled", "accept", "refuse", "swap"].includes(event.type);
	if (mustBePlanned && "customer_id" in event && !hasContact(plan, { ...event, date }))
		throw new CarteiraError(
			"INVALID_INPUT",
			`${at}: ${event.rep_id} has no contact with ${event.customer_id} on ${date}; expected one of the plan's`,
		);
	if (event.type === "cancelled" && date < now.slice(0, 10))
		throw new CarteiraError(
			"INVALID_INPUT",
			`${at}/date: ${date} is over on ${now.slice(0, 10)}; expected that day or later: what came of earlier contacts is told as contacts`,
		);
	if (event.type === "cancelled" && isTold(plan, request.events, event, { date, today: now.slice(0, 10) }))
		throw new CarteiraError(
			"INVALID_INPUT",
			`${at}: what came of ${event.rep_id}'s contact with ${event.customer_id} on ${date} was told; expected one still to come`,
		);
}

/** Was the outcome of a contact told, by the plan's revisions or by another event? */
function isTold(
	plan: PlanDocument,
	events: readonly ReplanEvent[],
	{ rep_id, customer_id }: { rep_id: string; customer_id: string },
	{ date, today }: { date: string; today: string },
): boolean {
	const isMeant = (event: ReplanEvent): boolean =>
		(event.type === "done" || event.type === "not_reached") && event.rep_id === rep_id && event.customer_id === customer_id;
	return (
		(date === today && events.some(isMeant)) ||
		entriesOn(plan, rep_id, date).some((entry) => entry.customer_id === customer_id && entry.status !== undefined)
	);
}

function hasContact(plan: PlanDocument, { rep_id, customer_id, date }: { rep_id: string; customer_id: string; date: string }): boolean {
	return entriesOn(plan, rep_id, date).some((entry) => entry.customer_id === customer_id);
}

function entriesOn(plan: PlanDocument, repId: string, date: string): readonly Entry[] {
	const rep = plan.reps.find(({ rep_id }) => rep_id === repId);
	return rep?.days.find((day) => day.date === date)?.entries ?? [];
}

/** What a receipt says of a population that was measured on earlier inputs. */
function populationIn({ context: { population, portfolio } }: Desk): Pick<PlanDocument["receipt"], "population"> {
	return population && population.of.inputs !== portfolio.digest ? { population: population.of.inputs } : {};
}

function documentOf(
	desk: Desk,
	plan: PlanDocument,
	reps: readonly RepPlan[],
	request: ReplanRequest,
	carried: CarriedOver,
	outcomes: ReadonlyMap<string, RepOutcome>,
): PlanDocument {
	const { portfolio } = desk.context;
	const resumptions = [...outcomes.values()].flatMap(({ resumption }) => resumption ?? []);
	const isNew = ({ rep_id, date }: { rep_id: string; date: string }): boolean =>
		resumptions.some((row) => row.rep_id === rep_id && row.date === date);
	const { now, freeze, pins, max_changes, tolerance_minutes, seed, iterations, events } = request;
	const revision: RevisionRecord = {
		of: plan.plan_id,
		number: (plan.receipt.revision?.number ?? 0) + 1,
		now,
		freeze,
		max_changes,
		tolerance_minutes,
		seed,
		iterations,
		pins,
		events,
		forced: [...outcomes].flatMap(([rep_id, { forced }]) =>
			forced.map(({ held, cause }) => ({ rep_id, customer_id: held.entry.customer_id, date: formatDay(held.date), cause })),
		),
		...carried,
		resumptions: [...carried.resumptions.filter((row) => !isNew(row)), ...resumptions],
	};
	const receipt = { ...plan.receipt, inputs_digest: portfolio.digest, ...populationIn(desk), revision };
	const unmet: UnmetRequired[] = [
		...plan.unmet_required.filter(({ rep_id, on }) => !outcomes.has(rep_id) || on < now.slice(0, 10)),
		...[...outcomes.values()].flatMap((outcome) => outcome.unmet),
	];
	const known = new Set(unmet.map(({ customer_id, on }) => `${customer_id} ${on}`));
	const still = plan.unmet_required.filter(
		({ rep_id, customer_id, on }) => outcomes.has(rep_id) && on >= now.slice(0, 10) && !known.has(`${customer_id} ${on}`),
	);
	const unmetRows = [...unmet, ...still];
	const unplanned: Unplanned[] = leftOut(plan, reps, unmetRows, outcomes, now.slice(0, 10));
	return { ...plan, plan_id: planIdOf(receipt), receipt, reps, unplanned, unmet_required: unmetRows, kpis: kpisOf(reps, unplanned) };
}
