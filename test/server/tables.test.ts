import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { portfolioView, tableReport } from "../../server/schemas/portfolio.ts";
import { CUSTOMERS_CSV, ORDERS_CSV, REPS_CSV, type TestService, startService } from "./service.ts";

let service: TestService;
beforeAll(async () => {
	service = await startService({ limits: { max_upload_bytes: 2000, max_json_table_bytes: 1000 } });
});
afterAll(() => service.close());

const send = (method: "PUT" | "POST", table: string, payload: string | Buffer, headers: Record<string, string> = {}) =>
	service.app.inject({ method, url: `/v1/portfolios/acme/${table}`, headers: { "content-type": "text/csv", ...headers }, payload });
const rowsOf = async (table: string): Promise<number> => {
	const answer = await service.app.inject({ method: "GET", url: "/v1/portfolios/acme" });
	return answer.json<{ tables: Record<string, { num_rows: number }> }>().tables[table].num_rows;
};

test("a table put is replaced, a table posted to is added to by key, and the portfolio tells what it holds", async () => {
	const report = await send("PUT", "reps", REPS_CSV);
	expect(report.statusCode).toBe(200);
	expect(report.json()).toMatchObject({ table: "reps", rows_read: 2, rows_accepted: 2, rows_quarantined: 0, problems: [] });
	expect(tableReport.safeParse(report.json()).error).toBeUndefined();
	await send("PUT", "customers", CUSTOMERS_CSV);
	await send("PUT", "orders", ORDERS_CSV);
	expect(await rowsOf("orders")).toBe(3);
	await send(
		"POST",
		"orders",
		"order_id,customer_id,ordered_on,product_id,quantity,net_value\no3,c2,2026-10-21,p2,1,50\no4,c2,2026-10-22,p2,1,50\n",
	);
	expect(await rowsOf("orders")).toBe(4);
	await send("PUT", "orders", ORDERS_CSV);
	expect(await rowsOf("orders")).toBe(3);
	const portfolio = await service.app.inject({ method: "GET", url: "/v1/portfolios/acme" });
	expect(portfolio.json()).toMatchObject({ data_through: { orders: "2026-10-20" }, published: null, classification: [] });
	expect(portfolioView.safeParse(portfolio.json()).error).toBeUndefined();
});

test("a file that breaks the contract is refused with table, row, column and value, and what was held stays", async () => {
	const answer = await send("PUT", "orders", ORDERS_CSV.replace("2026-10-15", "2026-13-15"));
	expect(answer.statusCode).toBe(422);
	const body = answer.json<{ code: string; errors: object[] }>();
	expect(body.code).toBe("IMPORT_REFUSED");
	expect(body.errors).toContainEqual(expect.objectContaining({ table: "orders", row: 3, column: "ordered_on", value: "2026-13-15" }));
	expect(await rowsOf("orders")).toBe(3);
});

test("a body that is not what it says is refused without a word about where the service keeps it", async () => {
	const answer = await send("PUT", "orders", "PAR1 no parquet PAR1", { "content-type": "application/vnd.apache.parquet" });
	expect(answer.statusCode).toBe(422);
	expect(answer.body).toContain("the body");
	expect(answer.body).not.toContain(service.dataDir);
});

test("rows come as JSON and NDJSON as well", async () => {
	const row = { rep_id: "r3", kind: "rca" };
	expect((await send("POST", "reps", JSON.stringify([row]), { "content-type": "application/json" })).statusCode).toBe(200);
	expect(
		(await send("POST", "reps", `${JSON.stringify({ ...row, rep_id: "r4" })}\n`, { "content-type": "application/x-ndjson" })).statusCode,
	).toBe(200);
	expect(await rowsOf("reps")).toBe(4);
	expect((await send("POST", "reps", '{"rep_id":"r5"}', { "content-type": "application/json" })).statusCode).toBe(422);
	expect((await send("POST", "reps", "[{", { "content-type": "application/json" })).json()).toMatchObject({
		status: 422,
		code: "INVALID_INPUT",
	});
});

test("an empty JSON array is a table without rows, as a header alone is", async () => {
	const header = await send("PUT", "reps", "rep_id,kind\n");
	const empty = await send("PUT", "reps", "[]", { "content-type": "application/json" });
	expect([header.statusCode, empty.statusCode]).toEqual([200, 200]);
	expect(empty.json()).toMatchObject({ rows_read: 0, rows_accepted: 0, problems: [] });
	await send("PUT", "reps", REPS_CSV);
});

test("a damaged Arrow file is told without words of the runtime", async () => {
	const answer = await send("PUT", "reps", Buffer.concat([Buffer.from("ARROW1\0\0"), Buffer.alloc(64), Buffer.from("ARROW1")]), {
		"content-type": "application/vnd.apache.arrow.file",
	});
	expect(answer.statusCode).toBe(422);
	expect(answer.body).toContain("Arrow");
	expect(answer.body).not.toMatch(/undefined|null|properties|offset/);
});

test("media types are exact, parameters aside, and compressed bodies are not taken", async () => {
	expect((await send("PUT", "reps", REPS_CSV, { "content-type": "text/csv; charset=utf-8" })).statusCode).toBe(200);
	for (const type of ["text/plain", "text/csv2", "application/octet-stream", "multipart/form-data; boundary=x"]) {
		const answer = await send("PUT", "reps", REPS_CSV, { "content-type": type });
		expect(answer.statusCode).toBe(415);
		expect(answer.json()).toMatchObject({ code: "UNSUPPORTED_MEDIA_TYPE" });
	}
	expect((await send("PUT", "reps", REPS_CSV, { "content-encoding": "gzip" })).statusCode).toBe(415);
});

test("a body above the limit is refused with the limit", async () => {
	const answer = await send("PUT", "reps", "x".repeat(2001));
	expect(answer.statusCode).toBe(413);
	expect(answer.json<{ detail: string }>().detail).toContain("2000");
});

test("a promised digest is verified", async () => {
	const digest = createHash("sha256").update(REPS_CSV).digest("base64");
	expect((await send("PUT", "reps", REPS_CSV, { "content-digest": `sha-256=:${digest}:` })).statusCode).toBe(200);
	const wrong = await send("PUT", "reps", `${REPS_CSV}r9,rca\n`, { "content-digest": `sha-256=:${digest}:` });
	expect(wrong.json()).toMatchObject({ status: 400, code: "DIGEST_MISMATCH" });
	expect((await send("PUT", "reps", REPS_CSV, { "content-digest": "md5" })).statusCode).toBe(400);
});

test("an upload repeated under its Idempotency-Key is answered without being read again", async () => {
	const headers = { "idempotency-key": "upload-1" };
	const first = await send("POST", "reps", "rep_id,kind\nr7,rca\n", headers);
	await send("PUT", "reps", REPS_CSV);
	const again = await send("POST", "reps", "rep_id,kind\nr7,rca\n", headers);
	expect(again.body).toBe(first.body);
	expect(await rowsOf("reps")).toBe(2);
	expect((await send("POST", "reps", "rep_id,kind\nr8,rca\n", headers)).statusCode).toBe(422);
});

test("nothing of an upload is left behind", async () => {
	expect(await readdir(join(service.dataDir, "uploads"))).toEqual([]);
});

test("tables and portfolios that cannot be are told so", async () => {
	expect((await send("PUT", "clients", REPS_CSV)).json()).toMatchObject({ status: 404, code: "NOT_FOUND" });
	const answer = await service.app.inject({
		method: "PUT",
		url: "/v1/portfolios/..%2Fetc/reps",
		headers: { "content-type": "text/csv" },
		payload: REPS_CSV,
	});
	expect(answer.statusCode).toBe(400);
	expect((await service.app.inject({ method: "GET", url: "/v1/portfolios/nobody" })).statusCode).toBe(404);
});

test("a policy is validated, kept as sent and answered with its defaults", async () => {
	const put = (payload: object) => service.app.inject({ method: "PUT", url: "/v1/portfolios/acme/policy", payload });
	const fine = await put({ routing_mode: "fixed" });
	expect(fine.statusCode).toBe(200);
	expect(fine.json()).toMatchObject({ routing_mode: "fixed", currency: "BRL" });
	const bad = await put({ routing_mode: "sideways", horizon: 3 });
	expect(bad.statusCode).toBe(422);
	expect(bad.json<{ errors: { pointer: string }[] }>().errors.map(({ pointer }) => pointer)).toContain("/routing_mode");
});

test("rows that are older than what is held are not taken, and counted", async () => {
	const header = "customer_id,rep_id,name,source_version,op\n";
	const post = async (rows: string) => (await send("POST", "customers", header + rows)).json<object>();
	expect(await post("v1,r1,new,1790000000001,\nv2,r1,,1790000000001,delete\n")).toMatchObject({ rows_read: 1, rows_stale: 0 });
	expect(await post("v1,r1,old,1790000000000,\nv2,r1,back,1790000000000,\n")).toMatchObject({
		rows_read: 2,
		rows_accepted: 0,
		rows_stale: 2,
	});
	const { portfolio } = await service.tenant.portfolios.read("acme");
	const { texts, numRows } = portfolio.tables.customers;
	const names = Array.from({ length: numRows }, (_, row) => [texts.customer_id.at(row), texts.name.at(row)]);
	expect(names.filter(([id]) => id?.startsWith("v"))).toEqual([["v1", "new"]]);
});
