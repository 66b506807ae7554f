import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { DEFAULT_LIMITS } from "../../../server/config.ts";
import { checkBelongsTogether, databasePath } from "../../../server/store/data-folder.ts";
import { type Database, EVERY_TENANT, isAboveRowSecurity, openDatabase } from "../../../server/store/database.ts";
import { openTenants } from "../../../server/tenants.ts";
import { databaseOf } from "../database-of.ts";

let dataDir: string;
let database: Database;
beforeEach(async () => {
	dataDir = await mkdtemp(join(tmpdir(), "carteira-rows-"));
	database = await openDatabase({ path: databasePath(dataDir), url: await databaseOf(dataDir) });
});
afterEach(async () => {
	await database.close();
	await rm(dataDir, { recursive: true, force: true });
});

describe.skipIf(inject("postgres") === undefined)("on PostgreSQL", () => {
	test("a query that forgets its tenant sees and changes that tenant's rows alone, and may write no other's", async () => {
		const tenants = await openTenants(dataDir, database, DEFAULT_LIMITS);
		const order = { portfolio: "acme", as_of: "2026-11-23" };
		const mine = await (await tenants.get("mine")).store.createPlan(order);
		const theirs = await (await tenants.get("theirs")).store.createPlan(order);
		const ids = (tenant: string) =>
			database.as(tenant, async (rows) => (await rows.selectFrom("plan").select("id").execute()).map(({ id }) => id));
		expect(await ids("mine")).toEqual([mine.id]);
		expect(await ids("nobody")).toEqual([]);
		expect((await ids(EVERY_TENANT)).sort()).toEqual([mine.id, theirs.id].sort());
		await database.as("mine", (rows) => rows.updateTable("plan").set({ status: "scoring" }).execute());
		await database.as("mine", (rows) => rows.deleteFrom("plan").where("id", "=", theirs.id).execute());
		expect(await (await tenants.get("theirs")).store.getPlan(theirs.id)).toMatchObject({ status: "queued" });
		const forged = { tenant: "theirs", plan: theirs.id, rep_id: "r" };
		await expect(database.as("mine", (rows) => rows.insertInto("plan_rep").values(forged).execute())).rejects.toThrow(/row-level security/);
	});

	test("the setting ends with its transaction, so that a connection used again sees no one's rows", async () => {
		await database.as(EVERY_TENANT, (rows) => rows.insertInto("plan_rep").values({ tenant: "t", plan: "p", rep_id: "r" }).execute());
		for (let i = 0; i < 30; i++)
			expect(await database.as("other", (rows) => rows.selectFrom("plan_rep").selectAll().execute())).toEqual([]);
	});

	test("every table with a tenant is guarded", async () => {
		const { sql } = await import("kysely");
		const found = await database.as(EVERY_TENANT, async (rows) => {
			const { rows: tables } = await sql<{ name: string; guarded: boolean }>`
				SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS guarded FROM pg_class c
				JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant' WHERE c.relkind = 'r'`.execute(rows);
			return tables;
		});
		expect(found.length).toBeGreaterThan(5);
		expect(found.filter(({ guarded }) => !guarded)).toEqual([]);
		expect(await isAboveRowSecurity(database)).toBe(false);
	});

	test("a database and a data folder that do not belong together are refused, before a file is taken for a leftover", async () => {
		await checkBelongsTogether(dataDir, database);
		await checkBelongsTogether(dataDir, database);
		const elsewhere = await mkdtemp(join(tmpdir(), "carteira-rows-"));
		await expect(checkBelongsTogether(elsewhere, database)).rejects.toMatchObject({ code: "CONFLICT" });
		const fresh = await openDatabase({ path: "", url: await databaseOf(elsewhere) });
		await (await openTenants(dataDir, database, DEFAULT_LIMITS)).get("default");
		await checkBelongsTogether(elsewhere, fresh);
		await expect(checkBelongsTogether(elsewhere, database)).rejects.toMatchObject({ code: "CONFLICT" });
		await expect(checkBelongsTogether(dataDir, fresh)).rejects.toMatchObject({ code: "CONFLICT" });
		await fresh.close();
		await rm(elsewhere, { recursive: true, force: true });
	});
});

test("a database that cannot be reached is busy, not broken, and its address is not told", async () => {
	const away = openDatabase({ path: "", url: "postgresql://carteira:hush@127.0.0.1:1/nowhere" });
	await expect(away).rejects.toMatchObject({ code: "BUSY", message: expect.not.stringContaining("hush") });
});
