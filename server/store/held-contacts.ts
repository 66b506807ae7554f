import { setImmediate as nextTurn } from "node:timers/promises";
import { sql } from "kysely";
import type { Item } from "../../engine/index.ts";
import { putAnswer } from "./answer-rows.ts";
import { type AuditEntry, insertAudit } from "./audit.ts";
import { appendChanges } from "./change-rows.ts";
import { type Database, EVERY_TENANT, type Rows } from "./database.ts";
import { createTurns } from "../turns.ts";
import { createGroupCommit } from "./group-commit.ts";
import type { FirstAnswer, OnceKey } from "./store.ts";

/** A contact that came by itself, its cells checked. */
export interface PostedContact {
	readonly contactId: string;
	readonly row: Item["row"];
	/** SHA-256 of the row as it was sent. */
	readonly digest: string;
	/** Does it send all that a whole row needs? Else it is taken only where the contact is known. */
	readonly isWhole: boolean;
	/** Its `source_version`; null where none was sent. */
	readonly version: number | null;
}

/** `unknown`: columns that a whole row needs were not sent, and the contact is not known. `stale`: a later version was posted before. */
export type PostOutcome = "accepted" | "unchanged" | "stale" | "unknown";

export interface ContactPost {
	readonly tenant: string;
	readonly portfolio: string;
	readonly contacts: readonly PostedContact[];
	/** What the audit log is to say of it, in the same transaction. */
	readonly audit?: AuditEntry;
	/** The answer to remember in the same transaction. */
	readonly once?: { readonly key: OnceKey; readonly answerOf: (outcomes: readonly PostOutcome[]) => FirstAnswer } | undefined;
}

/** The contacts of a tenant's portfolios that wait to become part of a snapshot. */
export interface HeldRows {
	countWaiting(portfolio: string): number;
	/** Marks of imports that were begun for contacts which still wait. */
	marks(portfolio: string): Promise<string[]>;
	/** Up to 50,000 that wait, as NDJSON, marked; null where none waits. */
	take(portfolio: string, mark: string): Promise<{ readonly text: string; readonly isAll: boolean } | null>;
	/** What was taken, or was to be, waits again. */
	putBack(portfolio: string): void;
	/** The import with this mark came to pass: what was not posted anew since then waits no more, and the feed tells of it. */
	settle(portfolio: string, mark: string): Promise<void>;
	/** Forgets which contacts there are, since the table itself is about to be changed; none may wait. */
	forget(portfolio: string): Promise<void>;
}

/** Contacts that were posted by themselves: durable rows of the database when they are acknowledged, part of a snapshot later. */
export interface HeldContacts {
	/** An outcome for each contact, in order; on disk when it resolves. Posts that come at the same time share a commit. */
	post(post: ContactPost): Promise<readonly PostOutcome[]>;
	of(tenant: string): HeldRows;
}

/** Rows of one statement. */
const ROWS_AT_ONCE = 500;
const TAKEN_AT_ONCE = 50_000;

type Held = { readonly digest: string; readonly body: string | null; readonly version: number | null };

/** What a group of posts changes in one portfolio. */
interface Ledger {
	readonly tenant: string;
	readonly portfolio: string;
	readonly held: Map<string, Held>;
	readonly changed: Map<string, Held & { readonly customerId: string; readonly body: string }>;
}

const nameOf = (tenant: string, portfolio: string): string => `${tenant} ${portfolio}`;

async function findHeld(rows: Rows, tenant: string, portfolio: string, ids: readonly string[]): Promise<Map<string, Held>> {
	const held = new Map<string, Held>();
	for (let from = 0; from < ids.length; from += ROWS_AT_ONCE) {
		const found = await rows
			.selectFrom("held_contact")
			.select(["contact_id", "digest", "body", "version"])
			.where("tenant", "=", tenant)
			.where("portfolio", "=", portfolio)
			.where("contact_id", "in", ids.slice(from, from + ROWS_AT_ONCE))
			.execute();
		for (const { contact_id, ...known } of found) held.set(contact_id, known);
	}
	return held;
}

async function openLedgers(rows: Rows, posts: readonly ContactPost[]): Promise<Map<string, Ledger>> {
	const ledgers = new Map<string, Ledger>();
	for (const [name, mine] of Map.groupBy(posts, ({ tenant, portfolio }) => nameOf(tenant, portfolio))) {
		const [{ tenant, portfolio }] = mine;
		const ids = new Set(mine.flatMap(({ contacts }) => contacts.map(({ contactId }) => contactId)));
		ledgers.set(name, { tenant, portfolio, held: await findHeld(rows, tenant, portfolio, [...ids]), changed: new Map() });
	}
	return ledgers;
}

/** Lays a contact over what is held: columns that it does not send stay. */
function enter({ held, changed }: Ledger, { contactId, row, digest, isWhole, version: own }: PostedContact): PostOutcome {
	const known = held.get(contactId);
	if (known?.digest === digest) return "unchanged";
	if (!isWhole && !known) return "unknown";
	const latest = known?.version ?? null;
	if (own !== null && latest !== null && own < latest) return "stale";
	const version = own ?? latest;
	const before: Item["row"] = known?.body == null ? {} : JSON.parse(known.body);
	const whole: Item["row"] = { ...before, ...row, ...(version !== null && { source_version: version }) }; // null says nothing of it
	const body = JSON.stringify(whole);
	held.set(contactId, { digest, body, version });
	changed.set(contactId, { customerId: String(whole.customer_id ?? ""), digest, body, version });
	return "accepted";
}

async function putChanged(rows: Rows, { tenant, portfolio, changed }: Ledger): Promise<void> {
	const values = [...changed].map(([contact_id, { customerId, digest, body, version }]) => {
		return { tenant, portfolio, contact_id, customer_id: customerId, digest, body, version, mark: null };
	});
	for (let from = 0; from < values.length; from += ROWS_AT_ONCE) {
		await rows
			.insertInto("held_contact")
			.values(values.slice(from, from + ROWS_AT_ONCE))
			.onConflict((conflict) =>
				conflict.columns(["tenant", "portfolio", "contact_id"]).doUpdateSet((row) => ({
					// A part of a row does not say whose it is.
					customer_id: sql<string>`CASE WHEN excluded.customer_id = '' THEN held_contact.customer_id ELSE excluded.customer_id END`,
					digest: row.ref("excluded.digest"),
					body: row.ref("excluded.body"),
					version: row.ref("excluded.version"),
					mark: null,
				})),
			)
			.execute();
	}
}

/** The held contacts of a database. `idempotencyHours` is for how long answers are remembered. */
export async function openHeldContacts(database: Database, idempotencyHours: number): Promise<HeldContacts> {
	const waiting = await countAll(database);
	// One transaction after the other: two that lock the same rows in another order would stop one another.
	const turns = createTurns();
	const inTurn = <T>(tenant: string, work: (rows: Rows) => Promise<T>): Promise<T> => turns(() => database.as(tenant, work));

	async function commit(posts: readonly ContactPost[]): Promise<readonly (readonly PostOutcome[])[]> {
		const { outcomes, ledgers } = await inTurn(EVERY_TENANT, async (rows) => {
			const ledgers = await openLedgers(rows, posts);
			const outcomes = posts.map(({ tenant, portfolio, contacts }) => {
				const ledger = ledgers.get(nameOf(tenant, portfolio)) as Ledger;
				return contacts.map((contact) => enter(ledger, contact));
			});
			for (const ledger of ledgers.values()) await putChanged(rows, ledger);
			for (const [at, { tenant, once }] of posts.entries())
				if (once) await putAnswer(rows, tenant, once.key, once.answerOf(outcomes[at]), idempotencyHours);
			await insertAudit(
				rows,
				posts.flatMap(({ audit }) => audit ?? []),
			);
			return { outcomes, ledgers };
		});
		for (const [name, { changed }] of ledgers) if (changed.size > 0) waiting.set(name, (waiting.get(name) ?? 0) + changed.size);
		return outcomes;
	}
	return { post: createGroupCommit(commit), of: (tenant) => rowsOf((work) => inTurn(tenant, work), tenant, waiting) };
}

/** Contacts of one step: those who post meanwhile wait no longer than for these. */
const ROWS_A_STEP = 200;

/** What waits behind one id, up to another. */
const updateWaiting = (rows: Rows, tenant: string, portfolio: string, from: string, to: string) =>
	rows
		.updateTable("held_contact")
		.where("tenant", "=", tenant)
		.where("portfolio", "=", portfolio)
		.where("body", "is not", null)
		.where("contact_id", ">", from)
		.where("contact_id", "<=", to);

interface Step {
	/** In the order of their contacts' ids. */
	readonly bodies: readonly string[];
	readonly update: ReturnType<typeof updateWaiting>;
	readonly isLast: boolean;
}

type As = <T>(work: (rows: Rows) => Promise<T>) => Promise<T>;

async function countAll(database: Database): Promise<Map<string, number>> {
	const counts = await database.as(EVERY_TENANT, (rows) =>
		rows
			.selectFrom("held_contact")
			.select(["tenant", "portfolio", ({ fn }) => fn.countAll<number>().as("count")])
			.where("body", "is not", null)
			.groupBy(["tenant", "portfolio"])
			.execute(),
	);
	return new Map(counts.map(({ tenant, portfolio, count }) => [nameOf(tenant, portfolio), count]));
}

function rowsOf(as: As, tenant: string, waiting: Map<string, number>): HeldRows {
	const mine = (rows: Rows, portfolio: string) =>
		rows.selectFrom("held_contact").where("tenant", "=", tenant).where("portfolio", "=", portfolio).where("body", "is not", null);

	/** Goes through the contacts that wait, each step in a transaction of its own; false where there were more than `most`. */
	async function eachStep(portfolio: string, most: number, work: (rows: Rows, step: Step) => Promise<void>): Promise<boolean> {
		let after = "";
		for (let count = 0; count < most; count += ROWS_A_STEP) {
			const isLast = await as(async (rows) => {
				const query = mine(rows, portfolio).select(["contact_id", "body"]).where("contact_id", ">", after);
				const found = await query.orderBy("contact_id").limit(ROWS_A_STEP).execute();
				const to = found.at(-1)?.contact_id ?? after;
				const isEnd = found.length < ROWS_A_STEP;
				const bodies = found.flatMap(({ body }) => body ?? []);
				await work(rows, { bodies, update: updateWaiting(rows, tenant, portfolio, after, to), isLast: isEnd });
				after = to;
				return isEnd;
			});
			if (isLast) return true;
			await nextTurn(); // the embedded store's queries await nothing: without it no socket would have its turn before the last step
		}
		return false;
	}

	return {
		countWaiting: (portfolio) => waiting.get(nameOf(tenant, portfolio)) ?? 0,
		marks: (portfolio) =>
			as(async (rows) => {
				const found = await mine(rows, portfolio).select("mark").distinct().where("mark", "is not", null).execute();
				return found.flatMap(({ mark }) => mark ?? []);
			}),
		async take(portfolio, mark) {
			waiting.delete(nameOf(tenant, portfolio)); // whatever is posted from now on counts anew
			const bodies: string[] = [];
			const isAll = await eachStep(portfolio, TAKEN_AT_ONCE, async (_rows, step) => {
				bodies.push(...step.bodies);
				await step.update.set({ mark }).execute();
			});
			return bodies.length === 0 ? null : { text: `${bodies.join("\n")}\n`, isAll };
		},
		putBack(portfolio) {
			const name = nameOf(tenant, portfolio);
			waiting.set(name, (waiting.get(name) ?? 0) + 1);
		},
		async settle(portfolio, mark) {
			let count = 0;
			await eachStep(portfolio, Number.POSITIVE_INFINITY, async (rows, { isLast, update }) => {
				const settled = await update.set({ body: null, mark: null }).where("mark", "=", mark).executeTakeFirstOrThrow();
				count += Number(settled.numUpdatedRows);
				if (isLast && count > 0)
					await appendChanges(rows, tenant, [{ portfolio, type: "contacts.imported", data: { num_contacts: count } }]);
			});
		},
		forget: (portfolio) =>
			as(async (rows) => {
				await rows
					.deleteFrom("held_contact")
					.where("tenant", "=", tenant)
					.where("portfolio", "=", portfolio)
					.where("body", "is", null)
					.execute();
			}),
	};
}
