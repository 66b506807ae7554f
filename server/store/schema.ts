import type { Generated } from "kysely";

/**
 * The tables, in the subset that SQLite and PostgreSQL share: texts and whole numbers. Instants are ISO texts, or milliseconds since
 * 1970 where they are compared; yes and no are 1 and 0; objects are JSON texts. Every row but those of the service itself has a tenant.
 */
export interface Schema {
	readonly plan: PlanTable;
	readonly plan_rep: PlanRepTable;
	readonly piece: PieceTable;
	readonly first_answer: FirstAnswerTable;
	readonly import_report: ImportReportTable;
	readonly api_key: ApiKeyTable;
	readonly audit: AuditTable;
	readonly installation: InstallationTable;
	readonly feed: FeedTable;
	readonly change: ChangeTable;
	readonly schedule: ScheduleTable;
	readonly daily_run: DailyRunTable;
	readonly held_contact: HeldContactTable;
	readonly webhook: WebhookTable;
	readonly delivery: DeliveryTable;
	readonly calendar_event: CalendarEventTable;
	readonly contact_rule: ContactRuleTable;
	readonly calendar_token: CalendarTokenTable;
	readonly sync: SyncTable;
	readonly sync_part: SyncPartTable;
	readonly erasure: ErasureTable;
}

interface PlanTable {
	/** Grows with every plan; the order in which they were asked for. */
	readonly sequence: Generated<number>;
	readonly id: string;
	readonly tenant: string;
	readonly portfolio: string;
	readonly status: string;
	readonly request: string;
	readonly created_at: string;
	readonly finished_at: string | null;
	readonly failure: string | null;
	/** The receipt's digest. */
	readonly plan_id: string | null;
	readonly horizon_from: string | null;
	readonly horizon_to: string | null;
	readonly head: string | null;
	/** SHA-256 of the plan's file, which is its name. */
	readonly document: string | null;
	readonly published_at: string | null;
	readonly publish_order: number | null;
	readonly superseded: Generated<number>;
	/** Fencing: grows with every lease, and only the worker that holds the latest may write. */
	readonly lease_token: Generated<number>;
	readonly leased_at: number | null;
	readonly lease_until: number | null;
	/** How often the making began and did not end. */
	readonly attempts: Generated<number>;
	readonly stop_asked: Generated<number>;
	/** Does the snapshot hold what was acknowledged before the plan was ordered? Only then may it be made. */
	readonly prepared: Generated<number>;
	/** How far its making is, as JSON; null while nobody makes it. */
	readonly progress: string | null;
	/** Grows with every change of status: the number of the event that tells it. */
	readonly version: Generated<number>;
}

interface PlanRepTable {
	readonly tenant: string;
	readonly plan: string;
	readonly rep_id: string;
}

/** Where a part of a plan stands in its file, in bytes. */
interface PieceTable {
	readonly tenant: string;
	readonly plan: string;
	readonly kind: string;
	readonly rep_id: string | null;
	readonly customer_id: string | null;
	readonly date: string | null;
	readonly start: number;
	readonly length: number;
}

interface FirstAnswerTable {
	readonly tenant: string;
	readonly scope: string;
	readonly key: string;
	readonly fingerprint: string;
	readonly answered_at: number;
	readonly status: number;
	readonly location: string | null;
	readonly body: string;
}

interface ImportReportTable {
	readonly sequence: Generated<number>;
	readonly tenant: string;
	readonly portfolio: string;
	readonly table_name: string;
	readonly mode: string;
	readonly at: string;
	readonly digest: string;
	readonly report: string;
}

interface ApiKeyTable {
	readonly id: string;
	readonly tenant: string;
	readonly name: string;
	/** SHA-256 of the whole key; the key itself is nowhere. */
	readonly hash: string;
	/** Separated by spaces. */
	readonly scopes: string;
	readonly created_at: string;
	readonly expires_at: string | null;
	readonly revoked_at: string | null;
}

interface AuditTable {
	readonly sequence: Generated<number>;
	readonly tenant: string;
	readonly at: string;
	/** The key's id; null where no key is needed. */
	readonly key_id: string | null;
	readonly method: string;
	readonly path: string;
	readonly status: number;
	readonly trace_id: string;
}

/** The number of a tenant's latest change. */
interface FeedTable {
	readonly tenant: string;
	readonly last: number;
}

interface ChangeTable {
	readonly tenant: string;
	readonly sequence: number;
	readonly at: string;
	readonly portfolio: string;
	readonly type: string;
	readonly data: string;
}

interface ScheduleTable {
	readonly tenant: string;
	readonly portfolio: string;
	readonly body: string;
	/** The day planned next, and when its run begins, in milliseconds since 1970. */
	readonly next_date: string;
	readonly next_at: number;
	readonly version: Generated<number>;
}

interface DailyRunTable {
	readonly tenant: string;
	readonly portfolio: string;
	/** The day planned. */
	readonly date: string;
	readonly state: string;
	readonly plan: string;
	readonly publish: string;
	readonly start_at: number;
	readonly ready_by: number;
	readonly ends_at: number;
	readonly began_at: number;
	/** When it was published, failed or lapsed. */
	readonly ended_at: number | null;
	readonly failure: string | null;
	readonly diff: string | null;
	readonly warnings: string | null;
	readonly fallback: string | null;
	/** Grows with every change; a change that does not know the latest one is refused. */
	readonly version: Generated<number>;
}

interface WebhookTable {
	readonly id: string;
	readonly tenant: string;
	readonly url: string;
	/** JSON list; `null`: all. */
	readonly types: string;
	/** Messages are signed with it, so it is kept as it is. */
	readonly secret: string;
	readonly created_at: string;
	readonly state: string;
	/** Number of the last change delivered or passed over. */
	readonly after: number;
	readonly attempts: Generated<number>;
	readonly next_at: Generated<number>;
	readonly last_error: string | null;
	/** Fencing, as in `plan`. */
	readonly token: Generated<number>;
	readonly leased_at: Generated<number>;
	readonly lease_until: Generated<number>;
}

interface DeliveryTable {
	readonly number: Generated<number>;
	readonly tenant: string;
	readonly webhook: string;
	readonly change: number;
	readonly type: string;
	readonly attempt: number;
	readonly at: string;
	readonly status: number | null;
	readonly error: string | null;
	readonly milliseconds: number;
}

/** One row: which data folder the database belongs to. */
interface InstallationTable {
	readonly id: string;
}

/** A contact that was posted by itself. Its text is here until a snapshot has it; the digest stays, to know it when it comes again. */
interface HeldContactTable {
	readonly tenant: string;
	readonly portfolio: string;
	readonly contact_id: string;
	readonly customer_id: string;
	/** SHA-256 of the row as it was last sent. */
	readonly digest: string;
	/** JSON; null once a snapshot has it. */
	readonly body: string | null;
	/** The mark of the import that was to bring it into a snapshot last. */
	readonly mark: string | null;
	/** `source_version` of what was taken; null where none was sent. */
	readonly version: number | null;
}

/** A contact that calendars were told of, by rep, customer and occurrence: the publication that had it first, and its place in that one. */
interface CalendarEventTable {
	readonly tenant: string;
	readonly portfolio: string;
	readonly rep_id: string;
	readonly customer_id: string;
	readonly born: number;
	readonly nth: number;
	/** Where it stands now, or stood when it was dropped. */
	readonly date: string;
	/** `publish_order` of the publication that last had it, or dropped it. */
	readonly sequence: number;
	/** The plan that had it last. */
	readonly plan: string;
	readonly dropped: number;
}

/** A refusal that outlasts its day. */
interface ContactRuleTable {
	readonly tenant: string;
	readonly portfolio: string;
	readonly id: string;
	readonly rep_id: string;
	readonly customer_id: string;
	/** First and last day. */
	readonly from_date: string;
	readonly until_date: string;
	readonly reason: string;
	/** The revision that brought it. */
	readonly plan: string;
}

/** What opens one rep's calendar to whoever can send no key. */
interface CalendarTokenTable {
	readonly tenant: string;
	readonly portfolio: string;
	readonly rep_id: string;
	readonly id: string;
	/** SHA-256 of its text. */
	readonly hash: string;
	readonly created_at: string;
}

/** Tables that are sent one after the other to become one snapshot. */
interface SyncTable {
	readonly id: string;
	readonly tenant: string;
	readonly portfolio: string;
	/** `open`, `committing`, `committed`. */
	readonly status: string;
	readonly created_at: string;
	/** Milliseconds since 1970. */
	readonly expires_at: number;
	/** JSON of the tables' reports, once it is committed. */
	readonly report: string | null;
}

/** A file that was sent for a sync. */
interface SyncPartTable {
	readonly tenant: string;
	readonly sync: string;
	/** Grows with every file of the sync. */
	readonly position: number;
	readonly table_name: string;
	readonly mode: string;
	readonly range_from: string | null;
	readonly range_to: string | null;
	readonly format: string;
	/** Name in the folder of staged files. */
	readonly file: string;
	readonly digest: string;
	readonly num_bytes: number;
}

/** The erasure of a customer. What it is known by is here only until it is done. */
interface ErasureTable {
	readonly id: string;
	readonly tenant: string;
	readonly portfolio: string;
	/** `open`, `purging`: no row and no snapshot names the customer any more, old files may; `done`. */
	readonly state: string;
	readonly pseudonym: string;
	/** JSON of id and names, while it is open. */
	readonly customer: string | null;
	/** The client's Idempotency-Key. */
	readonly answer_key: string | null;
	/** JSON of what the snapshot held, once that is known. */
	readonly found: string | null;
	/** JSON of the answer. */
	readonly report: string | null;
	readonly created_at: string;
}
