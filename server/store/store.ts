import type { Readable } from "node:stream";
import type { StoredRule } from "./contact-rule-rows.ts";
import type { PromisedContact } from "./calendar-rows.ts";
import type { AmendedDay, DroppedContact, InputProblem, PlanDocument, PlanProgress, formatAgendaCsv } from "../../engine/index.ts";

/** Part of a plan that the agenda formats read. */
export type AgendaSource = Parameters<typeof formatAgendaCsv>[0];

export const PLAN_STATUS = ["queued", "scoring", "solving", "completed", "stopped", "failed"] as const;
export type PlanStatus = (typeof PLAN_STATUS)[number];
export const PUBLICATIONS = ["none", "published", "superseded"] as const;
export type Publication = (typeof PUBLICATIONS)[number];

/** What a client ordered, as it was validated. */
export interface PlanOrder {
	readonly portfolio: string;
	readonly as_of: string;
	readonly horizon_days?: number | undefined;
	readonly reps?: readonly string[] | undefined;
	readonly seed?: number | undefined;
	readonly budget?:
		| { readonly iterations?: number | Readonly<Record<string, number>> | undefined; readonly seconds?: number | undefined }
		| undefined;
	readonly policy?: Readonly<Record<string, unknown>> | undefined;
}

/** Why a plan was not made. */
export interface Failure {
	readonly code: string;
	readonly detail: string;
	readonly errors: readonly InputProblem[];
}

/** Why an earlier plan's day is served, and what of it may not stand. */
export interface Fallback {
	readonly code: "LATE" | "NOT_APPROVED" | "FAILED";
	readonly detail: string;
	readonly since: string;
	/** Plans whose days are served. */
	readonly plans: readonly string[];
	readonly dropped: readonly DroppedContact[];
	readonly amended: readonly AmendedDay[];
	/** Why the days could not be held against today's data; null: they were. */
	readonly unchecked: string | null;
}

/** A finished plan without its agendas and its customers left out. */
export type PlanHead = Omit<PlanDocument, "reps" | "unplanned" | "unmet_required">;

/** What the store knows of a plan. `id` is the service's; `head.plan_id` is the receipt's digest, which two plans may share. */
export interface PlanRecord {
	readonly id: string;
	readonly order: PlanOrder;
	readonly status: PlanStatus;
	readonly publication: Publication;
	/** Grows with every change of status or publication. */
	readonly version: number;
	readonly createdAt: string;
	readonly finishedAt: string | null;
	readonly publishedAt: string | null;
	readonly failure: Failure | null;
	/** How far its making is; null where nobody makes it, or has not told. */
	readonly progress: PlanProgress | null;
	readonly head: PlanHead | null;
}

/** The first answer to a request with an `Idempotency-Key`. */
export interface FirstAnswer {
	readonly status: number;
	readonly location: string | null;
	readonly body: string;
}

/** Names an idempotent request: the route it was made to and the client's key; `fingerprint` is the digest of its body. */
export interface OnceKey {
	readonly scope: string;
	readonly key: string;
	readonly fingerprint: string;
}

/** One rep's day in a stored plan, as JSON text of the contract's day. */
export interface StoredAgenda {
	readonly planId: string;
	readonly repId: string;
	readonly date: string;
	readonly json: string;
}

/** What a plan says of one customer, as JSON texts. */
export interface StoredMention {
	readonly kind: "entry" | "unplanned" | "unmet";
	readonly repId: string | null;
	readonly date: string | null;
	readonly json: string;
}

/** A day of a portfolio as it was published. */
export interface PublishedDay {
	readonly date: string;
	readonly published: PlanRecord;
	/** Those that the agendas are of. */
	readonly plans: readonly PlanRecord[];
	/** Digests of the documents that they are in: while these are the same, so are the agendas. */
	readonly documents: readonly string[];
	readAgendas(): Promise<readonly StoredAgenda[]>;
	readonly fallback: Fallback | null;
}

export interface AgendaQuery {
	readonly rep?: string | undefined;
	readonly date?: string | undefined;
}

/** A stored answer, given when the plan it is about is known. */
export interface OnceAnswer {
	readonly key: OnceKey;
	readonly answerOf: (plan: PlanRecord) => FirstAnswer;
}

/** A plan that a worker may make until `until`; the token is refused once another worker has leased it. */
export interface Lease {
	readonly id: string;
	readonly tenant: string;
	readonly token: number;
}

/** What came of reading a table. */
export interface ImportRecord {
	readonly portfolio: string;
	readonly table: string;
	readonly mode: "replace" | "upsert";
	/** SHA-256 of the body. */
	readonly digest: string;
	/** The answer's JSON text. */
	readonly report: string;
}

/**
 * Where the plans of one tenant, their publication and its first answers live. Every call that changes something is on disk when it
 * resolves. Unknown ids throw NOT_FOUND, those of other tenants too; changes that the state forbids CONFLICT; BUSY while the database
 * is away.
 */
export interface Store {
	/** Stores a queued plan, and in the same transaction the answer given to its client. BUSY when too many of the tenant's wait. */
	createPlan(order: PlanOrder, once?: OnceAnswer): Promise<PlanRecord>;
	/** By the service's id, or by the receipt's digest, where the latest plan with it is meant. */
	getPlan(id: string): Promise<PlanRecord>;
	/** Asks whoever makes the plan to end with the best so far; CONFLICT when it has ended. */
	askToStop(id: string): Promise<void>;
	/** Stores a plan that is made, unless the lease has passed to another or the plan was discarded: then false, and nothing is kept. */
	savePlan(lease: Lease, status: "completed" | "stopped", document: PlanDocument): Promise<boolean>;
	/**
	 * Stores a plan that was made without waiting, and in the same transaction its lasting refusals and the answer given to its client. BUSY
	 * where a customer was erased since `era`, for the plan may name it.
	 */
	addPlan(order: PlanOrder, document: PlanDocument, once?: OnceAnswer, era?: number): Promise<PlanRecord>;
	/** Another number once an erasure of the portfolio has begun, and again once it is in force. */
	eraOf(portfolio: string): Promise<number>;
	/**
	 * Publishes a finished plan; the portfolio's published one, if another, is superseded, and a daily run that waited for it ends.
	 * Publishing it again changes nothing. `at`: the time it is, in milliseconds since 1970, where it is not this machine's.
	 */
	publishPlan(id: string, at?: number): Promise<PlanRecord>;
	/** Forgets a plan that is not published, nor superseded with days that no later plan covers. */
	discardPlan(id: string): Promise<void>;
	publishedPlan(portfolio: string): Promise<PlanRecord | null>;
	/** Plans that are or were published and plan some date from one to another, in the order of their publication. */
	plansInForce(portfolio: string, from: string, to: string): Promise<PlanRecord[]>;

	/** Refusals that hold on a date or later. */
	contactRules(portfolio: string, from: string): Promise<StoredRule[]>;
	/** Takes a refusal back. */
	forgetContactRule(portfolio: string, id: string): Promise<void>;

	readPlan(id: string): Promise<PlanDocument>;
	/** The plan's JSON text, as bytes. */
	openPlan(id: string): Promise<Readable>;
	/** A finished plan's plan.json on disk, for readers on other threads: it never changes. Throws as `readPlan`. */
	planFile(id: string): Promise<string>;
	agendasOf(id: string, query: AgendaQuery): Promise<StoredAgenda[]>;
	/**
	 * What `show` makes of what is in force on a day: the one that `dateOf` gives for the portfolio's published plan. Null where none is
	 * published. Asked again where documents were replaced meanwhile, because a customer was erased.
	 */
	publishedDay<T>(
		portfolio: string,
		rep: string | undefined,
		dateOf: (published: PlanRecord) => string,
		show: (day: PublishedDay) => Promise<T>,
	): Promise<T | null>;
	/** For each rep the day of the plan last published that plans for the rep and whose horizon has the date. */
	publishedAgendas(portfolio: string, query: AgendaQuery & { readonly date: string }): Promise<StoredAgenda[]>;
	/** Contacts of a rep in publications, dropped ones too, from a date on, by date. */
	promisedContacts(portfolio: string, rep: string, from: string): Promise<PromisedContact[]>;
	/** JSON texts of the customers left out. */
	unplannedOf(id: string, rep: string | undefined): Promise<string[]>;
	mentionsOf(id: string, customerId: string): Promise<StoredMention[]>;

	findAnswer(key: OnceKey): Promise<FirstAnswer | null>;
	/** Notes an import, and in the same transaction the answer given to its client. */
	recordImport(record: ImportRecord, once?: { readonly key: OnceKey; readonly answer: FirstAnswer }): Promise<void>;
	/** The latest hundred, the latest first, each with the instant. */
	importsOf(portfolio: string): Promise<(ImportRecord & { readonly at: string })[]>;
}
