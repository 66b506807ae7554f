import { type Database, EVERY_TENANT, type Rows } from "./database.ts";
import { createGroupCommit } from "./group-commit.ts";

/** Who did what. */
export interface AuditEntry {
	readonly tenant: string;
	/** ISO instant. */
	readonly at: string;
	/** Null where no key is needed. */
	readonly keyId: string | null;
	readonly method: string;
	readonly path: string;
	readonly status: number;
	readonly traceId: string;
}

/** The log of what was done, in the database. */
export interface Audit {
	/** On disk when it resolves; entries that come at the same time share a commit. */
	write(entry: AuditEntry): Promise<void>;
	/** A tenant's entries with a number above `after`, the oldest first. */
	list(tenant: string, after: number, limit: number): Promise<(AuditEntry & { readonly sequence: number })[]>;
}

/** Entries of one statement. */
const ENTRIES_AT_ONCE = 1000;

/** Notes who did what, in the transaction in which it was done. */
export async function insertAudit(rows: Rows, entries: readonly AuditEntry[]): Promise<void> {
	for (let from = 0; from < entries.length; from += ENTRIES_AT_ONCE) {
		const values = entries.slice(from, from + ENTRIES_AT_ONCE).map(({ keyId, traceId, ...entry }) => {
			return { ...entry, key_id: keyId, trace_id: traceId };
		});
		await rows.insertInto("audit").values(values).execute();
	}
}

/** The audit log of a database. */
export function createAudit(database: Database): Audit {
	async function store(entries: readonly AuditEntry[]): Promise<readonly undefined[]> {
		await database.as(EVERY_TENANT, (rows) => insertAudit(rows, entries));
		return entries.map(() => undefined);
	}

	return {
		write: createGroupCommit(store),
		list: (tenant, after, limit) =>
			database.as(tenant, async (rows) => {
				const found = await rows
					.selectFrom("audit")
					.selectAll()
					.where("tenant", "=", tenant)
					.where("sequence", ">", after)
					.orderBy("sequence")
					.limit(limit)
					.execute();
				return found.map(({ key_id, trace_id, ...entry }) => ({ ...entry, keyId: key_id, traceId: trace_id }));
			}),
	};
}
