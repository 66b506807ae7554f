import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EVERY_TENANT } from "../../server/store/database.ts";
import { syncView, watermarksView } from "../../server/schemas/syncs.ts";
import { type TestService, startService } from "./service.ts";

let service: TestService;
beforeEach(async () => {
	service = await startService({ limits: { max_open_syncs: 2 } });
});
afterEach(() => service.close());

const ACME = "/v1/portfolios/acme";
const ORDERS = "order_id,customer_id,ordered_on,product_id,quantity,net_value\n";

async function send(method: "GET" | "PUT" | "POST" | "DELETE", path: string, payload?: string) {
	const headers = payload === undefined ? {} : { "content-type": "text/csv" };
	const answer = await service.app.inject({ method, url: ACME + path, headers, ...(payload !== undefined && { payload }) });
	return {
		status: answer.statusCode,
		body: answer.body === "" ? null : answer.json<Record<string, never> & { id: string; errors: object[] }>(),
	};
}

async function begin(): Promise<string> {
	const { status, body } = await send("POST", "/syncs");
	expect(status).toBe(201);
	expect(syncView.safeParse(body).error).toBeUndefined();
	return `/syncs/${body?.id}`;
}

async function idsOf(table: "customers" | "orders"): Promise<string[]> {
	const { portfolio } = await service.tenant.portfolios.read("acme");
	const { texts, numRows } = portfolio.tables[table];
	const ids = Array.from({ length: numRows }, (_, row) => texts[table === "customers" ? "customer_id" : "order_id"].at(row) ?? "");
	return ids.sort();
}

const stagedFiles = (): Promise<string[]> => readdir(join(service.dataDir, "staged"));

test("tables of a sync become one snapshot at the commit, which may be asked for again", async () => {
	const { snapshot } = (await send("GET", "/watermarks")).body as unknown as { snapshot: string };
	const sync = await begin();
	// The orders name a customer that only the sync itself brings.
	await send("POST", `${sync}/orders`, `${ORDERS}o4,c3,2026-11-02,p1,1,10\n`);
	await send("POST", `${sync}/customers`, "customer_id,rep_id\nc3,r2\n");
	expect(await idsOf("customers")).toEqual(["c1", "c2"]);
	const committed = await send("POST", `${sync}/commit`);
	expect(committed).toMatchObject({
		status: 200,
		body: { status: "committed", reports: [{ table: "orders", rows_accepted: 1 }, { table: "customers" }] },
	});
	expect([await idsOf("customers"), await idsOf("orders")]).toEqual([
		["c1", "c2", "c3"],
		["o1", "o2", "o3", "o4"],
	]);
	expect((await send("POST", `${sync}/commit`)).body).toMatchObject({ status: "committed", reports: [{}, {}] });
	expect((await send("POST", `${sync}/orders`, ORDERS)).status).toBe(409);
	const marks = (await send("GET", "/watermarks")).body as unknown as { snapshot: string; tables: object };
	expect(marks.tables).toMatchObject({
		orders: { num_rows: 4, data_through: "2026-11-02" },
		customers: { num_rows: 3, data_through: null },
	});
	expect(marks.snapshot).not.toBe(snapshot);
	expect(watermarksView.safeParse(marks).error).toBeUndefined();
	expect(await stagedFiles()).toEqual([]);
});

test("a sync of which one table is bad, or does not fit, changes nothing and stays open", async () => {
	const sync = await begin();
	await send("POST", `${sync}/customers`, "customer_id,rep_id\nc3,r2\n");
	await send("POST", `${sync}/orders`, `${ORDERS}o4,c3,someday,p1,1,10\n`);
	expect(await send("POST", `${sync}/commit`)).toMatchObject({ status: 422, body: { code: "IMPORT_REFUSED" } });
	expect(await idsOf("customers")).toEqual(["c1", "c2"]);
	await send("PUT", `${sync}/customers`, "customer_id,rep_id\nc9,r2\n"); // which leaves the orders of c1 and c2 without a customer
	await send("PUT", `${sync}/orders?from=2026-11-01&to=2026-11-30`, `${ORDERS}o4,c9,2026-11-05,p1,1,10\n`);
	expect(await send("POST", `${sync}/commit`)).toMatchObject({ status: 422, body: { code: "IMPORT_REFUSED" } });
	expect(await idsOf("customers")).toEqual(["c1", "c2"]);
	expect((await send("GET", sync)).body).toMatchObject({
		status: "open",
		parts: [{ mode: "replace" }, { range: { from: "2026-11-01", to: "2026-11-30" } }],
	});
	await send("PUT", `${sync}/customers`, "");
	const empty = (await send("POST", `${sync}/commit`)).body as unknown as { detail: string };
	expect(empty.detail).toBe("the body of customers: an empty file; expected a table");
	expect((await send("DELETE", sync)).status).toBe(204);
	expect((await send("GET", sync)).status).toBe(404);
	expect(await stagedFiles()).toEqual([]);
});

test("syncs that are abandoned go, and there are not more open than may be", async () => {
	const sync = await begin();
	await send("POST", `${sync}/customers`, "customer_id,rep_id\nc3,r2\n");
	await begin();
	expect((await send("POST", "/syncs")).status).toBe(503);
	await service.services.database.as(EVERY_TENANT, (rows) => rows.updateTable("sync").set({ expires_at: 1 }).execute());
	expect((await send("POST", `${sync}/commit`)).status).toBe(404);
	await begin();
	expect(await stagedFiles()).toEqual([]);
});

test("a sync that was cut off in its commit is committed where its snapshot is there, and open where it is not", async () => {
	const [first, second] = [await begin(), await begin()];
	for (const sync of [first, second]) await send("POST", `${sync}/customers`, "customer_id,rep_id\nc3,r2\n");
	await send("POST", `${first}/commit`);
	await service.services.database.as(EVERY_TENANT, (rows) =>
		rows.updateTable("sync").set({ status: "committing", report: null }).execute(),
	);
	await service.stop();
	service = await startService({ dataDir: service.dataDir });
	expect((await send("GET", first)).body).toMatchObject({ status: "committed" });
	expect((await send("GET", second)).body).toMatchObject({ status: "open", parts: [{ table: "customers" }] });
	expect((await send("POST", `${second}/commit`)).status).toBe(200);
});

test("the feed tells of a sync's tables with its commit, once, also where its process ended before it could say so", async () => {
	const told = async (): Promise<object[]> => {
		const { changes } = (await service.app.inject({ url: `${ACME}/changes` })).json<{
			changes: { type: string; data: { table: string } }[];
		}>();
		return changes.map(({ type, data }) => [type, data.table]);
	};
	const [first, second] = [await begin(), await begin()];
	for (const sync of [first, second]) await send("POST", `${sync}/customers`, "customer_id,rep_id\nc3,r2\n");
	await Promise.all([1, 2, 3].map(() => send("POST", `${first}/commit`)));
	expect(await told()).toEqual([["import.completed", "customers"]]);
	// The second's snapshot is there, and the process ends before the database knows.
	const { database, tenants } = service.services;
	await database.as(EVERY_TENANT, (rows) => rows.updateTable("sync").set({ status: "committing" }).where("status", "=", "open").execute());
	const { portfolios } = await tenants.get("default");
	const path = join(service.dataDir, "uploads", "cut");
	await writeFile(path, "customer_id,rep_id\nc3,r2\n");
	await portfolios.importTables("acme", [{ table: "customers", path, format: "csv", mode: "upsert" }], second.split("/").at(-1));
	await service.stop();
	service = await startService({ dataDir: service.dataDir });
	expect((await send("POST", `${second}/commit`)).body).toMatchObject({ status: "committed", reports: null });
	expect(await told()).toEqual([
		["import.completed", "customers"],
		["import.completed", "customers"],
	]);
	expect(await stagedFiles()).toEqual([]);
});

test("tables that are sent for a sync at the same time are all part of it, or are refused, none is lost", async () => {
	const sync = await begin();
	const ids = Array.from({ length: 12 }, (_, at) => `n${at + 10}`);
	const answers = await Promise.all(ids.map((id) => send("POST", `${sync}/customers`, `customer_id,rep_id\n${id},r2\n`)));
	expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200));
	const late = ids.slice(0, 4).map((id) => send("POST", `${sync}/customers`, `customer_id,rep_id\nlate${id},r2\n`));
	const commit = await send("POST", `${sync}/commit`);
	expect(commit.status).toBe(200);
	const taken = ids.slice(0, 4).flatMap(async (id, at) => ((await late[at]).status === 200 ? `late${id}` : []));
	expect(await idsOf("customers")).toEqual(["c1", "c2", ...(await Promise.all(taken)).flat(), ...ids].sort());
});

test("orders of some days are replaced, and only orders of those days are taken for it", async () => {
	const put = await send("PUT", "/orders?from=2026-10-10&to=2026-10-31", `${ORDERS}o8,c2,2026-10-30,p1,1,10\n`);
	expect(put).toMatchObject({ status: 200, body: { rows_accepted: 1 } });
	expect(await idsOf("orders")).toEqual(["o1", "o8"]);
	const outside = await send("PUT", "/orders?from=2026-10-10&to=2026-10-31", `${ORDERS}o9,c2,2026-11-01,p1,1,10\n`);
	expect(outside).toMatchObject({ status: 422, body: { errors: [{ row: 2, column: "ordered_on", code: "out_of_range" }] } });
	expect(await idsOf("orders")).toEqual(["o1", "o8"]);
	expect((await send("PUT", "/orders?from=2026-10-10", ORDERS)).status).toBe(422);
	expect((await send("PUT", "/reps?from=2026-10-10&to=2026-10-31", "rep_id,kind\n")).status).toBe(422);
});

test("an order that replaced days lost does not come back by an older version that is late", async () => {
	const versioned = ORDERS.replace("\n", ",source_version\n");
	const late = (version: number) => send("POST", "/orders", `${versioned}o7,c2,2026-10-12,p1,1,10,${version}\n`);
	expect((await late(5)).status).toBe(200);
	await send("PUT", "/orders?from=2026-10-10&to=2026-10-31", `${versioned}o8,c2,2026-10-30,p1,1,10,1\n`);
	expect(await late(4)).toMatchObject({ body: { rows_stale: 1 } });
	expect(await idsOf("orders")).toEqual(["o1", "o8"]);
	await late(6);
	expect(await idsOf("orders")).toEqual(["o1", "o7", "o8"]);
});

test("op deletes what has the key, of orders and of other tables, and refuses other words", async () => {
	await send("POST", "/orders", `op,${ORDERS}delete,o1,,,,,\ndelete,never,,,,,\nupsert,o9,c2,2026-10-30,p1,1,10\n`);
	expect(await idsOf("orders")).toEqual(["o2", "o3", "o9"]);
	await send("POST", "/orders", "op,order_id\ndelete,o2\n");
	await send("POST", "/customers", "op,customer_id\ndelete,c1\n");
	expect([await idsOf("customers"), await idsOf("orders")]).toEqual([["c2"], ["o3", "o9"]]);
	expect(await send("POST", "/customers", "op,customer_id\nremove,c2\n")).toMatchObject({
		status: 422,
		body: { errors: [{ code: "unknown_word" }] },
	});
});
