import { type Brief, type Entry, type PlanDocument, type RepPlan } from "../agenda/plan-document.ts";
import { createBriefer, type DeliveryFacts } from "../agenda/brief.ts";
import type { PlanContext } from "../agenda/context.ts";
import { createVoice, type Voice } from "../agenda/messages.ts";
import { publishedContacts, publishedDates } from "../agenda/published.ts";
import { readShape } from "../check/shape.ts";
import { CarteiraError } from "../errors.ts";
import { type Cases, prepareCases } from "../policy/cases.ts";
import type { RepCase } from "../policy/case.ts";
import { buildOwnership } from "../policy/ownership.ts";
import { rowsById } from "../portfolio/portfolio.ts";
import { CHANNELS } from "../portfolio/schema.ts";
import { contactsIn, type DatedContact, takenBefore } from "../recompute-terms.ts";
import { type Day, formatDay, parseDay, parseTime, type Seconds } from "../units.ts";
import { withEager } from "./eager.ts";

/**
 * What decisions about a plan share: the inputs as they were understood for its `as_of`, prepared once, so that each replanning, what-if and
 * suggestion takes milliseconds. Immutable but for the cases that it keeps.
 */
export interface Desk {
	readonly context: PlanContext;
	readonly published: PlanDocument | undefined;
	readonly voice: Voice;
	readonly brief: (customer: number, delivery: DeliveryFacts) => Brief;
	readonly repRows: ReadonlyMap<string, number>;
	readonly customerRows: ReadonlyMap<string, number>;
	/** The plan, in the contract's shape and of these inputs' day; INVALID_INPUT where it is neither. */
	read(document: unknown): PlanDocument;
	/** Takes a plan that this room made for read. */
	keep(plan: PlanDocument): void;
	/** Contacts of a rep's agendas, oldest first. */
	heldBy(rep: RepPlan): readonly Held[];
	/** Whom a rep's agendas contact and when; who was not reached was not contacted. */
	contactsOf(rep: RepPlan): readonly DatedContact[];
	/** Rows of reps in the order in which plans are made: what earlier ones contact is known to later ones. */
	readonly order: readonly number[];
	/** Rows of reps that serve a customer on some date of the horizon. */
	repsOf(customer: number): readonly number[];
	/** Dates on which agendas that are made before the rep's contact its customers. */
	takenBefore(plan: PlanDocument, rep: number): ReadonlyMap<number, readonly Day[]>;
	/** The rep's case beside the plan's other agendas, `eager` customers as if they were due. */
	caseOf(plan: PlanDocument, rep: number, eager: ReadonlySet<number>): RepCase;
	/** The case's part about some of the rep's customers, which is made in a fraction of the time; its floors are those of the part. */
	partOf(plan: PlanDocument, rep: number, customers: ReadonlySet<number>): RepCase;
}

/** Cases kept, of the reps last asked for. */
const MOST_CASES = 32;

/** Prepares decisions about the plans of one day and policy. `published` is the plan whose changes were priced when they were made. */
export function createDesk(context: PlanContext, published?: PlanDocument): Desk {
	const { portfolio, policy } = context;
	const { customers, reps } = portfolio.tables;
	const inputs = { ...context, published: publishedContacts(portfolio, published), publishedDates: publishedDates(published) };
	const cases = prepareCases(inputs);
	const prepared: { eager?: Cases } = {};
	const eagerCases = (): Cases => {
		prepared.eager ??= prepareCases({ ...inputs, policy: { ...policy, value: { ...policy.value, due_from_share: 0 } } });
		return prepared.eager;
	};
	const ownership = buildOwnership(portfolio, datesOf(context));
	const voice = createVoice(policy.language, policy.currency);
	const repRows = rowsById(reps, "rep_id");
	const customerRows = rowsById(customers, "customer_id");
	const build = createCaseKeeper();
	const known = new WeakMap<object, PlanDocument>();
	const contactsOf = remember((rep: RepPlan) => contactsIn(customerRows, rep));
	const takenOf = remember((plan: PlanDocument) => takenBefore(context, cases, plan, contactsOf));
	return {
		context,
		published,
		voice,
		brief: rememberFacts(createBriefer(context, voice)),
		repRows,
		customerRows,
		heldBy: remember((rep: RepPlan) => readHeld(customerRows, rep)),
		read(document) {
			const found = known.get(document as object);
			if (found) return found;
			const plan = readOwnPlan(context, published, document);
			known.set(plan, plan);
			known.set(document as object, plan);
			return plan;
		},
		keep: (plan) => void known.set(plan, plan),
		contactsOf,
		order: cases.order,
		repsOf: (customer) => ownership.repsOf(customer),
		takenBefore: (plan, rep) => takenOf(plan)(rep),
		caseOf(plan, rep, eager) {
			const taken = takenOf(plan)(rep);
			const base = build(rep, taken, () => cases.build(rep, taken));
			return eager.size === 0 ? base : withEager(base, eagerCases().build(rep, taken, eager), eager);
		},
		partOf: (plan, rep, customers) => cases.build(rep, takenOf(plan)(rep), customers),
	};
}

/** Every date of the horizon. */
function datesOf({ asOf, horizon }: PlanContext): Day[] {
	return Array.from({ length: Math.max(asOf, ...horizon.slice(-1)) - asOf + 1 }, (_, after) => asOf + after);
}

/** What is worked out of an object once and forgotten with it. */
function remember<From extends object, To>(make: (from: From) => To): (from: From) => To {
	const kept = new WeakMap<From, To>();
	return (from) => {
		const found = kept.get(from);
		if (found !== undefined) return found;
		const made = make(from);
		kept.set(from, made);
		return made;
	};
}

/** The facts of a brief that do not depend on when the contact is are looked up once. */
function rememberFacts(write: Desk["brief"]): Desk["brief"] {
	const kept = new Map<number, Brief>();
	return (customer, delivery) => {
		const found = kept.get(customer) ?? write(customer, delivery);
		kept.set(customer, found);
		return { ...found, ...delivery };
	};
}

/** Keeps the cases last asked for, each as long as the other agendas contact its customers on the same dates. */
function createCaseKeeper() {
	const kept = new Map<number, { readonly key: string; readonly repCase: RepCase }>();
	const keyOf = ({ customers }: RepCase, taken: ReadonlyMap<number, readonly Day[]>): string =>
		JSON.stringify(Array.from(customers).flatMap((customer) => (taken.has(customer) ? [customer, taken.get(customer)] : [])));
	return (rep: number, taken: ReadonlyMap<number, readonly Day[]>, make: () => RepCase): RepCase => {
		const found = kept.get(rep);
		if (found && found.key === keyOf(found.repCase, taken)) return found.repCase;
		const repCase = make();
		kept.delete(rep);
		kept.set(rep, { key: keyOf(repCase, taken), repCase });
		for (const oldest of kept.keys()) {
			if (kept.size <= MOST_CASES) break;
			kept.delete(oldest);
		}
		return repCase;
	};
}

/** A document in the contract's shape; INVALID_INPUT where it has not. */
export function readPlan(document: unknown): PlanDocument {
	const shape = readShape(document);
	if ("plan" in shape) return shape.plan as unknown as PlanDocument;
	const [{ pointer, message }] = shape.violations;
	throw new CarteiraError("INVALID_INPUT", `not a plan.json: ${pointer || "/"}: ${message}`);
}

function readOwnPlan({ asOf }: PlanContext, published: PlanDocument | undefined, document: unknown): PlanDocument {
	const plan = readPlan(document);
	if (parseDay(plan.as_of) !== asOf)
		throw new CarteiraError("INVALID_INPUT", `the plan is as of ${plan.as_of}; the inputs were read as of ${formatDay(asOf)}`);
	const priced = plan.receipt.published ?? null;
	if (priced === (published?.plan_id ?? null)) return plan;
	throw new CarteiraError(
		"INVALID_INPUT",
		`the plan priced changes to the published plan ${priced ?? "none"}; given was ${published?.plan_id ?? "none"}`,
	);
}

/** One contact of an agenda with its times as numbers. */
export interface Held {
	readonly entry: Entry;
	readonly date: Day;
	/** -1: no row of the table. */
	readonly customer: number;
	readonly channel: number;
	readonly arrive: Seconds;
	readonly start: Seconds;
	readonly end: Seconds;
}

function readHeld(customerRows: Desk["customerRows"], rep: RepPlan): Held[] {
	return rep.days.flatMap(({ date, entries }) => {
		const day = parseDay(date);
		return entries.map(
			(entry): Held => ({
				entry,
				date: day,
				customer: customerRows.get(entry.customer_id) ?? -1,
				channel: CHANNELS.findIndex((channel) => channel === entry.channel),
				arrive: parseTime(entry.arrive),
				start: parseTime(entry.start),
				end: parseTime(entry.end),
			}),
		);
	});
}

/** The part of a plan that is one rep's; INVALID_INPUT where it has none. */
export function repPlanIn(plan: PlanDocument, repId: string, pointer: string): RepPlan {
	const found = plan.reps.find(({ rep_id }) => rep_id === repId);
	if (!found) throw new CarteiraError("INVALID_INPUT", `${pointer}: ${repId} is no rep of the plan ${plan.plan_id}`);
	return found;
}
