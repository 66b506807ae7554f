import { randomBytes } from "node:crypto";
import type { Selectable } from "kysely";
import type { ErasedRows } from "../../engine/index.ts";
import { type Database, EVERY_TENANT, type Rows } from "./database.ts";
import type { Schema } from "./schema.ts";

/** What came of an erasure. */
export interface ErasureReport {
	/** What stands for the customer where something of it had to stay. */
	readonly pseudonym: string;
	readonly erased_at: string;
	/** Rows that are gone, by table. */
	readonly deleted: Readonly<Record<string, number>>;
	/** Records in which the pseudonym stands now, by kind. */
	readonly pseudonymised: Readonly<Record<string, number>>;
	/** Open syncs of the portfolio, whose files could have brought the customer back. */
	readonly syncs_aborted: number;
}

/** The erasure of a customer, from the moment it was asked for. */
export interface ErasureJob {
	readonly id: string;
	readonly tenant: string;
	readonly portfolio: string;
	readonly state: "open" | "purging" | "done";
	readonly pseudonym: string;
	/** Null once no row names it. */
	readonly customer: { readonly customerId: string; readonly names: readonly string[] } | null;
	readonly answerKey: string | null;
	/** What the snapshot held; null before that is known. */
	readonly found: ErasedRows | null;
	readonly report: ErasureReport | null;
}

function jobOf(row: Selectable<Schema["erasure"]>): ErasureJob {
	const { id, tenant, portfolio, pseudonym, answer_key: answerKey } = row;
	return {
		id,
		tenant,
		portfolio,
		state: (["purging", "done"] as const).find((state) => state === row.state) ?? "open",
		pseudonym,
		customer: JSON.parse(row.customer ?? "null"),
		answerKey,
		found: JSON.parse(row.found ?? "null"),
		report: JSON.parse(row.report ?? "null"),
	};
}

const ofJob = (rows: Rows, { id, tenant }: Pick<ErasureJob, "id" | "tenant">) =>
	rows.updateTable("erasure").where("id", "=", id).where("tenant", "=", tenant);

/** The erasures of a database. From its row on a customer is as good as gone: whatever happens, the erasure is brought to its end. */
export interface ErasureRows {
	create(tenant: string, portfolio: string, customerId: string, answerKey: string | null): Promise<ErasureJob>;
	get(job: Pick<ErasureJob, "id" | "tenant">): Promise<ErasureJob>;
	/** Those that are not done, of all tenants, the oldest first. */
	unfinished(): Promise<ErasureJob[]>;
	note(job: ErasureJob, known: Partial<Pick<ErasureJob, "customer" | "found">>): Promise<void>;
	done(job: ErasureJob): Promise<void>;
	/** Of a customer of whom nothing was held. */
	forget(job: ErasureJob): Promise<void>;
}

export function createErasureRows(database: Database): ErasureRows {
	const one = (rows: Rows, { id, tenant }: Pick<ErasureJob, "id" | "tenant">) =>
		rows.selectFrom("erasure").selectAll().where("id", "=", id).where("tenant", "=", tenant).executeTakeFirstOrThrow();
	return {
		create: (tenant, portfolio, customerId, answerKey) =>
			database.as(tenant, async (rows) => {
				const id = `er_${randomBytes(12).toString("hex")}`;
				// Random: whatever were made of the id could be found out by trying all ids.
				const pseudonym = `erased-${randomBytes(8).toString("hex")}`;
				const customer = JSON.stringify({ customerId, names: [] });
				const created_at = new Date().toISOString();
				const values = { id, tenant, portfolio, state: "open", pseudonym, customer, answer_key: answerKey, created_at };
				await rows.insertInto("erasure").values(values).execute();
				return jobOf(await one(rows, { id, tenant }));
			}),
		get: (job) => database.as(job.tenant, async (rows) => jobOf(await one(rows, job))),
		unfinished: () =>
			database.as(EVERY_TENANT, async (rows) => {
				const found = await rows.selectFrom("erasure").selectAll().where("state", "!=", "done").orderBy("created_at").execute();
				return found.map(jobOf);
			}),
		note: (job, { customer, found }) =>
			database.as(job.tenant, async (rows) => {
				const known = { ...(customer && { customer: JSON.stringify(customer) }), ...(found && { found: JSON.stringify(found) }) };
				await ofJob(rows, job).set(known).execute();
			}),
		done: (job) =>
			database.as(job.tenant, async (rows) => {
				await ofJob(rows, job).set({ state: "done" }).execute();
			}),
		forget: (job) =>
			database.as(job.tenant, async (rows) => {
				await rows.deleteFrom("erasure").where("id", "=", job.id).where("tenant", "=", job.tenant).execute();
			}),
	};
}

/** In the transaction in which the last row that names the customer goes: nothing of it is known any more. */
export async function settleErasure(rows: Rows, job: ErasureJob, report: ErasureReport): Promise<void> {
	await ofJob(rows, job)
		.set({ state: "purging", customer: null, found: null, report: JSON.stringify(report) })
		.execute();
}

/** A number that changes when an erasure of a portfolio begins, and when it comes into force: what was worked out before may name the customer. */
export async function eraOf(rows: Rows, tenant: string, portfolio: string): Promise<number> {
	const found = await rows.selectFrom("erasure").select("state").where("tenant", "=", tenant).where("portfolio", "=", portfolio).execute();
	return found.reduce((sum, { state }) => sum + (state === "open" ? 1 : 2), 0);
}
