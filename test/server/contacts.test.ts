import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { importTables, openSnapshot } from "../../engine/index.ts";
import { contactResults } from "../../server/schemas/portfolio.ts";
import { type TestService, startService } from "./service.ts";

let service: TestService;
beforeEach(async () => {
	service = await startService({ limits: { max_contacts_at_once: 300 } });
});
afterEach(() => service.close());

const contact = (id: string, more: object = {}) => ({
	contact_id: id,
	customer_id: "c1",
	rep_id: "r1",
	contacted_at: "2026-11-20T09:30:00",
	channel: "phone",
	outcome: "no_order",
	...more,
});

async function post(body: unknown, headers: Record<string, string> = {}) {
	const answer = await service.app.inject({
		method: "POST",
		url: "/v1/portfolios/acme/contacts",
		headers: { "content-type": "application/json", ...headers },
		payload: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body),
	});
	return { status: answer.statusCode, body: answer.json<Record<string, unknown> & { results: { result: string; code?: string }[] }>() };
}

/** The rows that a reading of the portfolio sees, by contact. */
async function held(): Promise<Record<string, { outcome: number; minutes: number; objection: string | null }>> {
	const { portfolio } = await service.tenant.portfolios.read("acme");
	const { numbers, codes, texts, numRows } = portfolio.tables.contacts;
	const rows = Array.from({ length: numRows }, (_, row): [string, { outcome: number; minutes: number; objection: string | null }] => [
		texts.contact_id.at(row) ?? "",
		{ outcome: codes.outcome[row], minutes: numbers.minutes[row], objection: texts.objection.at(row) },
	]);
	expect(new Set(rows.map(([id]) => id)).size).toBe(rows.length);
	return Object.fromEntries(rows);
}

const folder = (): string => join(service.dataDir, "portfolios", "acme");
const [NO_ORDER, ORDER] = [1, 0];

test("a contact with an older source_version than was posted is stale, and what is in the snapshot is not overwritten either", async () => {
	expect(await post([contact("v1", { source_version: 7, minutes: 7 })])).toMatchObject({ body: { accepted: 1 } });
	const later = await post([contact("v1", { source_version: 6, minutes: 6 }), contact("v1", { source_version: 8, minutes: 8 })]);
	expect(later.body).toMatchObject({ accepted: 1, stale: 1, rejected: 0, results: [{ result: "stale" }, { result: "accepted" }] });
	expect(contactResults.safeParse(later.body).error).toBeUndefined();
	expect((await held()).v1.minutes).toBe(8);
	expect(await post([contact("v1", { source_version: 7, minutes: 5 })])).toMatchObject({ body: { stale: 1 } });
	expect((await post([contact("v2", { source_version: -1 })])).body.results).toEqual([
		expect.objectContaining({ result: "rejected", column: "source_version", code: "not_a_number" }),
	]);
	expect((await held()).v1.minutes).toBe(8);
});

test("a contact's version outlasts a post that says null, also against a table that comes later", async () => {
	await post([contact("v1", { source_version: 7, minutes: 7 }), contact("v1", { source_version: null, minutes: 8 })]);
	const table = "contact_id,customer_id,rep_id,contacted_at,channel,outcome,minutes,source_version\n";
	const payload = `${table}v1,c1,r1,2026-11-20T09:30:00,phone,no_order,6,6\n`;
	const url = "/v1/portfolios/acme/contacts";
	const answer = await service.app.inject({ method: "POST", url, headers: { "content-type": "text/csv" }, payload });
	expect(answer.statusCode, answer.body).toBe(200);
	expect((await held()).v1.minutes).toBe(8);
});

test("a contact is acknowledged before any snapshot has it, is in what is read next, and survives a restart between the two", async () => {
	await service.tenant.portfolios.read("acme");
	const { sha } = openSnapshot(folder());
	const answer = await post(contact("k1"));
	expect(answer).toMatchObject({
		status: 200,
		body: { accepted: 1, unchanged: 0, rejected: 0, results: [{ contact_id: "k1", result: "accepted" }] },
	});
	expect(contactResults.safeParse(answer.body).error).toBeUndefined();
	expect(openSnapshot(folder()).sha).toBe(sha);
	await service.stop();
	service = await startService({ dataDir: service.dataDir });
	expect(Object.keys(await held())).toEqual(["k1"]);
	expect((await post(contact("k1"))).body).toMatchObject({ unchanged: 1 });
});

test("a contact that comes again is laid over, column by column, before and after a snapshot has it", async () => {
	await post([contact("k1", { minutes: 5 }), contact("k2", { minutes: 5 })]);
	await post({ contact_id: "k1", outcome: "order" });
	expect(await held()).toMatchObject({ k1: { outcome: ORDER, minutes: 5 }, k2: { outcome: NO_ORDER, minutes: 5 } });
	expect(
		(
			await post([
				{ contact_id: "k1", objection: "price" },
				{ contact_id: "k2", minutes: null },
			])
		).body,
	).toMatchObject({ accepted: 2 });
	expect(await held()).toEqual({
		k1: { outcome: ORDER, minutes: 5, objection: "price" },
		k2: { outcome: NO_ORDER, minutes: Number.NaN, objection: null },
	});
});

test("each contact of a batch has its own result, and a bad one keeps no other out", async () => {
	const lines = [
		contact("k1"),
		contact("k1"),
		contact("k2", { channel: "pigeon" }),
		{ contact_id: "k3" },
		contact("k\u0000"),
		contact("k".repeat(300)),
		7,
	];
	const answer = await post(`${lines.map((line) => JSON.stringify(line)).join("\n")}\n\n{broken\n`, {
		"content-type": "application/x-ndjson",
	});
	expect(answer.body.results).toEqual([
		{ contact_id: "k1", result: "accepted" },
		{ contact_id: "k1", result: "unchanged" },
		expect.objectContaining({ contact_id: "k2", result: "rejected", code: "unknown_word", column: "channel" }),
		expect.objectContaining({ contact_id: "k3", result: "rejected", code: "missing_value", column: "customer_id" }),
		expect.objectContaining({ result: "rejected", code: "not_text", column: "contact_id" }),
		expect.objectContaining({ result: "rejected", code: "too_long", column: "contact_id" }),
		expect.objectContaining({ contact_id: null, result: "rejected", code: "not_an_object" }),
		expect.objectContaining({ contact_id: null, result: "rejected", code: "not_an_object" }),
	]);
	expect(Object.keys(await held())).toEqual(["k1"]);
	expect((await post("[{")).status).toBe(400);
	expect((await post(Array.from({ length: 301 }, (_, i) => contact(`m${i}`)))).status).toBe(413);
	expect((await post(contact("k9"), { "content-digest": "sha-256=:AAAA:" })).body).toMatchObject({ code: "DIGEST_MISMATCH" });
	expect(Object.keys(await held())).toEqual(["k1"]);
});

test("what is no text of whole characters is refused, since two different ids would become one", async () => {
	const halves = await post([contact("k\ud800"), contact("k\ud801"), contact("k1", { objection: "a\udfff" })]);
	expect(halves.body).toMatchObject({ accepted: 0, unchanged: 0, rejected: 3 });
	expect(halves.body.results.map(({ code }) => code)).toEqual(["not_text", "not_text", "not_text"]);
	const latin1 = Buffer.from(JSON.stringify(contact("caf\u00e9")), "latin1");
	expect(await post(latin1)).toMatchObject({ status: 400, body: { code: "MALFORMED" } });
	expect((await post(`\ufeff${JSON.stringify(contact("caf\u00e9 \u{1f600}"))}`)).body).toMatchObject({ accepted: 1 });
	expect(Object.keys(await held())).toEqual(["caf\u00e9 \u{1f600}"]);
});

test("a contact may come before its customer: it is set aside until the customer is there, however many such there are", async () => {
	await post([contact("k1", { customer_id: "later" }), contact("k2", { customer_id: "later" })]);
	expect(await held()).toEqual({});
	await post({ contact_id: "k2", minutes: 9 }); // what was set aside is not forgotten for a part of it
	expect(await held()).toEqual({});
	await service.app.inject({
		method: "POST",
		url: "/v1/portfolios/acme/customers",
		headers: { "content-type": "text/csv" },
		payload: "customer_id,rep_id\nlater,r1\n",
	});
	expect(await held()).toMatchObject({ k1: { outcome: NO_ORDER }, k2: { outcome: NO_ORDER, minutes: 9 } });
});

test("many at once share commits, and each is there once", async () => {
	const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => post(contact(`k${i % 150}`))));
	expect(answers.filter(({ body }) => body.accepted === 1)).toHaveLength(150);
	expect(answers.filter(({ body }) => body.unchanged === 1)).toHaveLength(50);
	expect(Object.keys(await held())).toHaveLength(150);
});

test("contacts are taken for a snapshot in steps between which others have their turn", async () => {
	for (let batch = 0; batch < 4; batch++) await post(Array.from({ length: 300 }, (_, i) => contact(`k${batch * 300 + i}`)));
	let [isTaken, hadTurn] = [false, false];
	setImmediate(() => {
		hadTurn = !isTaken;
	});
	const taken = await service.services.tenants.held.of("default").take("acme", "a mark");
	isTaken = true;
	expect(taken?.text.trimEnd().split("\n")).toHaveLength(1200);
	expect(hadTurn).toBe(true);
});

test("a server that ends after the switch to the snapshot and before its rows are settled does not bring them in again", async () => {
	await post([contact("k1"), contact("k2")]);
	const rows = service.services.tenants.held.of("default");
	const taken = await rows.take("acme", "a mark");
	const path = join(service.dataDir, "uploads", "taken");
	await writeFile(path, taken?.text ?? "");
	await importTables(folder(), [{ table: "contacts", path, format: "ndjson", mode: "upsert" }], { mark: "a mark" });
	const { sha } = openSnapshot(folder());
	await service.stop();
	service = await startService({ dataDir: service.dataDir });
	expect(Object.keys(await held()).sort()).toEqual(["k1", "k2"]);
	expect(openSnapshot(folder()).sha).toBe(sha);
});

test("a server that ends before the switch brings the rows in when it is back", async () => {
	await post([contact("k1")]);
	await service.services.tenants.held.of("default").take("acme", "lost");
	await service.stop();
	service = await startService({ dataDir: service.dataDir });
	expect(Object.keys(await held())).toEqual(["k1"]);
});

test("a table of contacts that is put takes the place of those that were posted, which may then come again", async () => {
	await post(contact("k1"));
	const put = await service.app.inject({
		method: "PUT",
		url: "/v1/portfolios/acme/contacts",
		headers: { "content-type": "application/x-ndjson" },
		payload: `${JSON.stringify(contact("k7"))}\n`,
	});
	expect(put.json()).toMatchObject({ table: "contacts", rows_accepted: 1 });
	expect(Object.keys(await held())).toEqual(["k7"]);
	expect((await post(contact("k1"))).body).toMatchObject({ accepted: 1 });
	expect(Object.keys(await held()).sort()).toEqual(["k1", "k7"]);
});

test("a post with an Idempotency-Key has its first answer again, and one tenant's contacts are no other's", async () => {
	const key = { "idempotency-key": "once" };
	expect((await post(contact("k1"), key)).body).toMatchObject({ accepted: 1 });
	expect((await post(contact("k1"), key)).body).toMatchObject({ accepted: 1 });
	expect((await post(contact("k2"), key)).status).toBe(422);
	expect(service.services.tenants.held.of("rival").countWaiting("acme")).toBe(0);
	const { held: rows } = service.services.tenants;
	const [mine] = await rows.post({
		tenant: "rival",
		portfolio: "acme",
		contacts: [{ contactId: "k1", row: contact("k1"), digest: "d", isWhole: true, version: null }],
	});
	expect(mine).toBe("accepted");
	expect(Object.keys(await held())).toEqual(["k1"]);
});
