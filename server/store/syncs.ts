import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Selectable } from "kysely";
import { CarteiraError, parseDay, type TableChange, type TableName, type TableReport } from "../../engine/index.ts";
import { syncFolder } from "../durable-file.ts";
import { appendChanges } from "./change-rows.ts";
import type { Database, Rows } from "./database.ts";
import { importNews, insertImport } from "./import-rows.ts";
import { nameFiles } from "../name-files.ts";
import type { Portfolios } from "./portfolios.ts";
import type { Schema } from "./schema.ts";

const HOUR = 3_600_000;
/** Milliseconds between two looks at a commit that is waited for. */
const LOOK_AGAIN = 50;

/** What a file of a sync is and does. */
export interface StagedPart {
	readonly table: TableName;
	readonly mode: "replace" | "upsert";
	/** Days of orders that are replaced, as ISO dates. */
	readonly range: { readonly from: string; readonly to: string } | null;
	readonly format: TableChange["format"];
	readonly digest: string;
	readonly numBytes: number;
}

export interface SyncRecord {
	readonly id: string;
	readonly portfolio: string;
	readonly status: "open" | "committing" | "committed";
	readonly createdAt: string;
	/** Milliseconds since 1970. */
	readonly expiresAt: number;
	readonly parts: readonly StagedPart[];
	/** JSON of the tables' reports, once it is committed. */
	readonly report: string | null;
}

export interface SyncLimits {
	readonly max_open_syncs: number;
	readonly max_sync_parts: number;
	readonly sync_hours: number;
}

/**
 * Syncs of a tenant: files that are staged one after the other and become one snapshot, or none. Staged files are on disk when a call
 * resolves. NOT_FOUND for a sync that is not there, has expired or was aborted; CONFLICT for what its state forbids.
 */
export interface Syncs {
	open(portfolio: string): Promise<SyncRecord>;
	get(portfolio: string, id: string): Promise<SyncRecord>;
	/** Takes a file over; one that replaces its table takes the place of all that were staged for it. */
	stage(portfolio: string, id: string, part: StagedPart, path: string): Promise<SyncRecord>;
	/** Imports all parts, in their order, as one snapshot; a committed sync answers what it answered. `reportOf` writes the report of a part to keep. */
	commit(portfolio: string, id: string, reportOf: (report: TableReport) => string): Promise<SyncRecord>;
	abort(portfolio: string, id: string): Promise<void>;
	/** Aborts all open syncs of a portfolio, once those that are being committed are at their end; answers how many. */
	abortAll(portfolio: string): Promise<number>;
}

type PartRow = Selectable<Schema["sync_part"]>;

function partOf(row: PartRow): StagedPart {
	const range = row.range_from === null || row.range_to === null ? null : { from: row.range_from, to: row.range_to };
	return {
		table: row.table_name as TableName,
		mode: row.mode === "replace" ? "replace" : "upsert",
		range,
		format: row.format as TableChange["format"],
		digest: row.digest,
		numBytes: row.num_bytes,
	};
}

const partsOf = (rows: Rows, id: string): Promise<PartRow[]> =>
	rows.selectFrom("sync_part").selectAll().where("sync", "=", id).orderBy("position").execute();

function recordOf(row: Selectable<Schema["sync"]>, parts: readonly PartRow[]): SyncRecord {
	const status = (["committing", "committed"] as const).find((known) => known === row.status) ?? "open";
	const { id, portfolio, created_at: createdAt, expires_at: expiresAt, report } = row;
	return { id, portfolio, status, createdAt, expiresAt, parts: parts.map(partOf), report };
}

/** The syncs of a tenant whose files lie under `folder`. What a process that died left is brought to an end. */
export async function openSyncs(
	database: Database,
	tenant: string,
	folder: string,
	portfolios: Portfolios,
	limits: SyncLimits,
): Promise<Syncs> {
	const staged = join(folder, "staged");
	await mkdir(staged, { recursive: true });
	const as = <T>(work: (rows: Rows) => Promise<T>): Promise<T> => database.as(tenant, work);
	/** Commits that this process is making. */
	const underWay = new Set<string>();

	async function getRow(rows: Rows, portfolio: string, id: string): Promise<Selectable<Schema["sync"]>> {
		const row = await rows
			.selectFrom("sync")
			.selectAll()
			.where("tenant", "=", tenant)
			.where("portfolio", "=", portfolio)
			.where("id", "=", id)
			.where("expires_at", ">", Date.now())
			.executeTakeFirst();
		if (!row) throw new CarteiraError("NOT_FOUND", `portfolio ${portfolio} has no sync ${id}; one is kept for ${limits.sync_hours} hours`);
		return row;
	}

	/**
	 * Takes an open sync for the transaction and gives it a status; what comes at the same time waits for its end, and then sees it. CONFLICT
	 * where it is not open.
	 */
	async function takeOpen(rows: Rows, portfolio: string, id: string, status: SyncRecord["status"]): Promise<void> {
		const open = rows.updateTable("sync").set({ status }).where("id", "=", id).where("tenant", "=", tenant).where("status", "=", "open");
		const { numUpdatedRows } = await open.executeTakeFirstOrThrow();
		const found = await getRow(rows, portfolio, id);
		if (numUpdatedRows === 0n) throw new CarteiraError("CONFLICT", `sync ${id} is ${found.status}; it takes no more`);
	}

	async function forget(rows: Rows, ids: readonly string[]): Promise<string[]> {
		if (ids.length === 0) return [];
		const parts = await rows.deleteFrom("sync_part").where("sync", "in", ids).returning("file").execute();
		await rows.deleteFrom("sync").where("id", "in", ids).execute();
		return parts.map(({ file }) => file);
	}

	const removeFiles = async (files: readonly string[]): Promise<void> => {
		for (const file of files) await rm(join(staged, file), { force: true });
	};

	async function forgetExpired(rows: Rows): Promise<string[]> {
		const expired = await rows
			.selectFrom("sync")
			.select("id")
			.where("tenant", "=", tenant)
			.where("status", "!=", "committing")
			.where("expires_at", "<=", Date.now())
			.execute();
		return forget(
			rows,
			expired.map(({ id }) => id),
		);
	}

	/** Ends a commit whose snapshot is there, in one step with what the feed tells of it; `reports` are lost where its process was. */
	function finish(portfolio: string, id: string, reports: readonly string[] | null): Promise<string[]> {
		return as(async (rows) => {
			const report = reports && `[${reports.join(",")}]`;
			const committing = rows
				.updateTable("sync")
				.set({ status: "committed", report })
				.where("id", "=", id)
				.where("status", "=", "committing");
			const { numUpdatedRows } = await committing.executeTakeFirstOrThrow();
			if (numUpdatedRows === 0n) return []; // said already
			const parts = await partsOf(rows, id);
			const records = parts.map((row) => ({ portfolio, ...partOf(row) }));
			for (const [at, text] of (reports ?? []).entries()) await insertImport(rows, tenant, { ...records[at], report: text });
			await rows.deleteFrom("sync_part").where("sync", "=", id).execute();
			await appendChanges(rows, tenant, records.map(importNews));
			return parts.map(({ file }) => file);
		});
	}

	/** Brings a commit that was cut off to an end: forward where its snapshot is there, else back. */
	async function settle(portfolio: string, id: string): Promise<void> {
		if (portfolios.wasApplied(portfolio, id)) await removeFiles(await finish(portfolio, id, null));
		else
			await as((rows) =>
				rows.updateTable("sync").set({ status: "open" }).where("id", "=", id).where("status", "=", "committing").execute(),
			);
	}

	/** A sync whose snapshot is there was committed, whether or not its process lived to say so; another is open still. */
	async function recover(): Promise<void> {
		const cut = await as((rows) =>
			rows.selectFrom("sync").selectAll().where("tenant", "=", tenant).where("status", "=", "committing").execute(),
		);
		for (const { id, portfolio } of cut) await settle(portfolio, id);
		await as(forgetExpired);
		const kept = await as((rows) => rows.selectFrom("sync_part").select("file").where("tenant", "=", tenant).execute());
		const known = new Set(kept.map(({ file }) => file));
		await removeFiles((await readdir(staged)).filter((name) => !known.has(name)));
	}

	async function get(portfolio: string, id: string): Promise<SyncRecord> {
		return as(async (rows) => recordOf(await getRow(rows, portfolio, id), await partsOf(rows, id)));
	}

	await recover();
	return {
		get,
		async open(portfolio) {
			const expiresAt = Date.now() + limits.sync_hours * HOUR;
			const id = `sy_${randomBytes(12).toString("hex")}`;
			const gone = await as(async (rows) => {
				const files = await forgetExpired(rows);
				const { count } = await rows
					.selectFrom("sync")
					.select(({ fn }) => fn.countAll<number>().as("count"))
					.where("tenant", "=", tenant)
					.where("status", "!=", "committed")
					.executeTakeFirstOrThrow();
				if (count >= limits.max_open_syncs)
					throw new CarteiraError("BUSY", `${count} syncs are open; commit or delete one of them, or try again later`);
				const values = { id, tenant, portfolio, status: "open", created_at: new Date().toISOString(), expires_at: expiresAt, report: null };
				await rows.insertInto("sync").values(values).execute();
				return files;
			});
			await removeFiles(gone);
			return get(portfolio, id);
		},
		async stage(portfolio, id, part, path) {
			const file = `${randomBytes(12).toString("hex")}.${part.format}`;
			await as((rows) => takeOpen(rows, portfolio, id, "open"));
			await place(path, join(staged, file), staged);
			try {
				const replaced = await as(async (rows) => {
					await takeOpen(rows, portfolio, id, "open");
					const before = await partsOf(rows, id);
					const mine = part.mode === "replace" ? before.filter(({ table_name }) => table_name === part.table) : [];
					if (before.length - mine.length >= limits.max_sync_parts)
						throw new CarteiraError("CONFLICT", `sync ${id} has ${before.length} files; at most ${limits.max_sync_parts} are taken`);
					for (const { position } of mine)
						await rows.deleteFrom("sync_part").where("sync", "=", id).where("position", "=", position).execute();
					const values = {
						tenant,
						sync: id,
						position: (before.at(-1)?.position ?? 0) + 1,
						table_name: part.table,
						mode: part.mode,
						range_from: part.range?.from ?? null,
						range_to: part.range?.to ?? null,
						format: part.format,
						file,
						digest: part.digest,
						num_bytes: part.numBytes,
					};
					await rows.insertInto("sync_part").values(values).execute();
					return mine.map((row) => row.file);
				});
				await removeFiles(replaced);
			} catch (error) {
				await removeFiles([file]);
				throw error;
			}
			return get(portfolio, id);
		},
		async commit(portfolio, id, reportOf) {
			const { status } = await get(portfolio, id);
			if (status === "committing" && !underWay.has(id)) await settle(portfolio, id); // the database was away when it was to end
			const before = await get(portfolio, id);
			if (before.status === "committed") return before;
			if (underWay.has(id)) throw new CarteiraError("CONFLICT", `sync ${id} is being committed`);
			underWay.add(id);
			try {
				const parts = await as(async (rows) => {
					await takeOpen(rows, portfolio, id, "committing");
					const all = await partsOf(rows, id);
					if (all.length === 0) throw new CarteiraError("CONFLICT", `sync ${id} has no tables yet`);
					return all;
				});
				const changes = parts.map((row) => changeOf(row, staged));
				const reports = await portfolios.importTables(portfolio, changes, id).catch(async (error: unknown) => {
					await settle(portfolio, id);
					throw nameFiles(
						error,
						changes.map(({ path, table }) => ({ path, as: `the body of ${table}` })),
					);
				});
				await removeFiles(await finish(portfolio, id, reports.map(reportOf)));
			} finally {
				underWay.delete(id);
			}
			return { ...(await get(portfolio, id)), parts: before.parts };
		},
		async abortAll(portfolio) {
			for (let count = 0; ; await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN))) {
				const { ids, files, committing } = await as(async (rows) => {
					const ours = rows.selectFrom("sync").select("id").where("tenant", "=", tenant).where("portfolio", "=", portfolio);
					const open = (await ours.where("status", "=", "open").execute()).map((row) => row.id);
					const cut = (await ours.where("status", "=", "committing").execute()).map((row) => row.id);
					return { ids: open, files: await forget(rows, open), committing: cut };
				});
				await removeFiles(files);
				count += ids.length;
				if (committing.length === 0) return count;
				for (const id of committing) if (!underWay.has(id)) await settle(portfolio, id);
			}
		},
		async abort(portfolio, id) {
			const files = await as(async (rows) => {
				await takeOpen(rows, portfolio, id, "open");
				return forget(rows, [id]);
			});
			await removeFiles(files);
		},
	};
}

/** Puts a received file on disk under its name. */
async function place(from: string, to: string, folder: string): Promise<void> {
	const file = await open(from, "r");
	try {
		await file.sync();
	} finally {
		await file.close();
	}
	await rename(from, to);
	await syncFolder(folder);
}

function changeOf(row: PartRow, staged: string): TableChange {
	const { table, mode, range, format } = partOf(row);
	const days = range && { from: parseDay(range.from), to: parseDay(range.to) };
	return { table, format, path: join(staged, row.file), mode, ...(days && { range: days, mode: "upsert" as const }) };
}
