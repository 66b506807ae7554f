import { createHash } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Webhook } from "standardwebhooks";
import { deliveriesView, newWebhookView, webhookView, webhooksView } from "../../server/schemas/webhooks.ts";
import type { Limits } from "../../server/config.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { type TestService, startService } from "./service.ts";

/** Retries within a test: the second try after 20 ms. */
const QUICK = { webhook_retry_seconds: 0.02, webhook_timeout_seconds: 1 };

let service: TestService;
let receiver: Receiver;
const start = (limits: Partial<Limits> = {}) => startService({ allowPrivateWebhooks: true, limits: { ...QUICK, ...limits } });
beforeEach(async () => {
	[service, receiver] = await Promise.all([start(), startReceiver()]);
});
afterEach(async () => {
	await service.close();
	await receiver.close();
});

interface Hook {
	readonly id: string;
	readonly secret: string;
	readonly state: string;
	readonly attempts: number;
	readonly after: number;
	readonly last_error: string | null;
}

/** Of the body that makes a webhook, as its answer is kept by. */
const fingerprintOf = (url: string): string => createHash("sha256").update(JSON.stringify({ url })).digest("hex");

const send = (method: "GET" | "POST" | "DELETE", path: string, payload?: object, headers: Record<string, string> = {}) =>
	service.app.inject({ method, url: `/v1/webhooks${path}`, headers, ...(payload && { payload }) });

async function create(body: object = {}): Promise<Hook> {
	const answer = await send("POST", "", { url: receiver.url, ...body });
	expect(answer.statusCode, answer.body).toBe(201);
	expect(newWebhookView.safeParse(answer.json()).error).toBeUndefined();
	return answer.json();
}
async function look(id: string): Promise<Hook> {
	const answer = await send("GET", `/${id}`);
	expect(webhookView.safeParse(answer.json()).error).toBeUndefined();
	return answer.json();
}
/** Something happens: an import, with a number by which it is known. */
const happen = (digest: number, portfolio = "acme") =>
	service.tenant.store.recordImport({ portfolio, table: "orders", mode: "upsert", digest: `${digest}`, report: "{}" });

interface Event {
	readonly type: string;
	readonly timestamp: string;
	readonly data: { readonly body_digest: string; readonly sequence: number; readonly portfolio: string };
}
const events = (): Event[] => receiver.received.map(({ body }) => JSON.parse(body) as Event);
const digests = (): number[] => events().map(({ data }) => Number(data.body_digest));
const until = (condition: () => boolean | Promise<boolean>) => expect.poll(condition, { timeout: 20_000, interval: 10 }).toBe(true);
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test("changes are sent in their order, signed by Standard Webhooks, and the secret is shown once", async () => {
	await happen(0); // before there was anyone to tell
	const { id, secret } = await create();
	for (const digest of numbers(1, 5)) await happen(digest);
	await until(() => receiver.received.length >= 5);
	expect(digests()).toEqual([1, 2, 3, 4, 5]);
	expect(events()[0]).toMatchObject({ type: "import.completed", data: { portfolio: "acme", table: "orders", sequence: 2 } });
	for (const { body, headers } of receiver.received) {
		expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(JSON.parse(body));
		expect(() => new Webhook(secret).verify(`${body} `, headers as Record<string, string>)).toThrow();
	}
	expect(receiver.received[0].headers["webhook-id"]).toBe(`${id}_2`);
	const listed = await send("GET", "");
	expect(webhooksView.safeParse(listed.json()).error).toBeUndefined();
	expect(listed.body + (await send("GET", `/${id}`)).body).not.toContain("whsec_");
	await until(async () => (await look(id)).after === 6);
});

test("a receiver is sent only the types that it asked for", async () => {
	await create({ types: ["plan.published"] });
	const { id } = await service.services.plans.submit(service.tenant, { portfolio: "acme", as_of: "2026-11-23" });
	await service.services.plans.ended(service.tenant, id, 60);
	await service.tenant.store.publishPlan(id);
	await until(() => receiver.received.length >= 1);
	expect(events().map(({ type }) => type)).toEqual(["plan.published"]);
});

test("what is answered by an error is sent again, under the same id, before anything later", async () => {
	const { id } = await create();
	let left = 3;
	receiver.answer = () => (left-- > 0 ? 500 : 200);
	await happen(1);
	await happen(2);
	await until(() => receiver.received.length >= 5);
	expect(digests()).toEqual([1, 1, 1, 1, 2]);
	expect(new Set(receiver.received.slice(0, 4).map(({ headers }) => headers["webhook-id"])).size).toBe(1);
	await until(async () => (await look(id)).after === 2);
	expect(await look(id)).toMatchObject({ state: "active", attempts: 0, last_error: null });
	const answer = await send("GET", `/${id}/deliveries`);
	expect(deliveriesView.safeParse(answer.json()).error).toBeUndefined();
	const { deliveries } = answer.json<{ deliveries: { attempt: number; status: number; sequence: number }[] }>();
	expect(deliveries.map(({ sequence, attempt, status }) => [sequence, attempt, status])).toEqual([
		[1, 1, 500],
		[1, 2, 500],
		[1, 3, 500],
		[1, 4, 200],
		[2, 1, 200],
	]);
});

test("after the last try a receiver is given up and alarmed, and a replay takes it up again from where it is told", async () => {
	await service.close();
	service = await start({ webhook_attempts: 2 });
	const { id } = await create();
	receiver.answer = 503;
	await happen(1);
	await happen(2);
	await until(async () => (await look(id)).state === "failing");
	expect(await look(id)).toMatchObject({ attempts: 2, last_error: "the receiver answered 503", after: 0 });
	expect(digests()).toEqual([1, 1]);
	const metrics = (await service.app.inject({ url: "/metrics" })).body;
	expect(metrics).toMatch(/carteira_webhook_messages_total\{outcome="given up"\} 1/);
	receiver.answer = 200;
	expect((await send("POST", `/${id}/replay?after=0`)).json()).toMatchObject({ state: "active", attempts: 0 });
	await until(() => receiver.received.length >= 4);
	expect(digests()).toEqual([1, 1, 1, 2]);
	// What was delivered is sent once more under its first id, from any point.
	await until(async () => (await look(id)).after === 2);
	await send("POST", `/${id}/replay?after=1`);
	await until(() => receiver.received.length >= 5);
	expect(receiver.received[4].headers["webhook-id"]).toBe(receiver.received[3].headers["webhook-id"]);
	expect((await send("POST", `/${id}/replay?after=999999`)).json()).toMatchObject({ after: 2 });
});

test("a receiver that is gone is not tried again", async () => {
	const { id } = await create();
	receiver.answer = 410;
	await happen(1);
	await until(async () => (await look(id)).state === "failing");
	expect(receiver.received).toHaveLength(1);
});

test("redirects are not followed", async () => {
	const { id } = await create();
	receiver.answer = 302;
	await happen(1);
	await until(async () => (await look(id)).attempts >= 1);
	expect(await look(id)).toMatchObject({ last_error: "the receiver answered 302" });
	expect(receiver.received.every(({ headers }) => headers["webhook-id"] === `${id}_1`)).toBe(true);
});

test("a receiver that is slow, or never answers, keeps no other waiting, and is given up in time", async () => {
	const quick = await startReceiver();
	const slow = await create();
	await create({ url: quick.url });
	receiver.answer = () => null;
	for (const digest of numbers(1, 20)) await happen(digest);
	await until(() => quick.received.length >= 20);
	expect(receiver.received.length).toBeLessThan(20);
	await until(async () => (await look(slow.id)).last_error !== null);
	expect((await look(slow.id)).last_error).toMatch(/timeout|aborted/i);
	await quick.close();
});

test("receivers that are slow and many, each with much to be sent, keep no other waiting for long", async () => {
	receiver.delay = 700; // below the limit of a second
	for (const digest of numbers(1, 30)) await happen(digest);
	const slow = await Promise.all(numbers(1, 16).map(() => create()));
	await Promise.all(slow.map(({ id }) => send("POST", `/${id}/replay?after=0`)));
	await until(() => receiver.received.length >= 16);
	const quick = await startReceiver();
	await create({ url: quick.url });
	await happen(31);
	await expect.poll(() => quick.received.length, { timeout: 10_000 }).toBe(1);
	expect(receiver.received.length).toBeLessThan(16 * 20);
	await quick.close();
});

test("a receiver that nobody listens at is tried again", async () => {
	const gone = await startReceiver();
	await gone.close();
	const { id } = await create({ url: gone.url });
	await happen(1);
	await until(async () => (await look(id)).attempts >= 2);
	expect((await look(id)).last_error).toContain("ECONNREFUSED");
});

test("a service that ended before it noted a receipt sends the change again under the same id", async () => {
	const { id } = await create();
	const { webhooks } = service.services;
	receiver.answer = () => null; // so that the service waits for an answer
	await happen(1);
	await until(() => receiver.received.length >= 1);
	await service.stop();
	receiver.answer = 200;
	service = await startService({ dataDir: service.dataDir, allowPrivateWebhooks: true, limits: QUICK });
	await until(async () => (await look(id)).after === 1);
	const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
	expect(ids.length).toBeGreaterThanOrEqual(2);
	expect(new Set(ids)).toEqual(new Set([`${id}_1`]));
	expect(webhooks).not.toBe(service.services.webhooks);
});

test("two senders do not deliver a change both, and one that lost its lease changes nothing", async () => {
	const { id } = await create({ types: ["run.lapsed"] }); // which the service's own sender has nothing to send of
	const { webhooks } = service.services;
	await happen(1);
	await until(async () => (await look(id)).after === 1);
	await service.services.webhooks.replay("default", id, 0);
	const now = Date.now() + 3_600_000; // beyond the lease of the service's own
	const first = await webhooks.lease(now, now + 1000);
	expect(await webhooks.lease(now, now + 1000)).toBeNull();
	const second = await webhooks.lease(now + 1001, now + 2000);
	if (first === null || second === null) throw new Error("not leased");
	const delivery = { sequence: 1, type: "x", attempt: 1, at: "", status: 200, error: null, milliseconds: 1 };
	expect(await webhooks.delivered(first, delivery, now)).toBe(false);
	await webhooks.failed(first, { ...delivery, status: 500 }, { state: "failing", at: now });
	await webhooks.release(first, 1);
	expect(await look(id)).toMatchObject({ state: "active", attempts: 0 });
	expect(await webhooks.delivered(second, delivery, now)).toBe(true);
	expect((await look(id)).after).toBe(1);
});

test("webhooks are removed, limited, and made once under an Idempotency-Key", async () => {
	await service.close();
	service = await start({ max_webhooks: 2 });
	const key = { "idempotency-key": "k" };
	const [first, again] = [await send("POST", "", { url: receiver.url }, key), await send("POST", "", { url: receiver.url }, key)];
	expect(again.body).toBe(first.body);
	const kept = await service.tenant.store.findAnswer({ scope: "POST /v1/webhooks", key: "k", fingerprint: fingerprintOf(receiver.url) });
	expect(kept?.body).toContain(first.json<Hook>().id);
	expect(kept?.body).not.toContain("whsec_");
	const { id } = await create();
	expect((await send("POST", "", { url: receiver.url })).statusCode).toBe(409);
	expect((await send("DELETE", `/${id}`)).statusCode).toBe(204);
	expect((await send("GET", `/${id}`)).statusCode).toBe(404);
	expect((await send("GET", "")).json<{ webhooks: object[] }>().webhooks).toHaveLength(1);
	await send("DELETE", `/${first.json<Hook>().id}`);
	expect((await send("POST", "", { url: receiver.url }, key)).statusCode).toBe(409); // there is no secret to be told again
});

test("each tenant's changes go to its own receivers alone", async () => {
	const mine = await create();
	const { store } = await service.services.tenants.get("other");
	await store.recordImport({ portfolio: "acme", table: "orders", mode: "upsert", digest: "7", report: "{}" });
	await happen(1);
	await until(() => receiver.received.length >= 1);
	await new Promise((resolve) => setTimeout(resolve, 600)); // a look of the sender
	expect(digests()).toEqual([1]);
	const { webhooks } = service.services;
	expect(await webhooks.list("other")).toEqual([]);
	await expect(webhooks.get("other", mine.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
	await expect(webhooks.remove("other", mine.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
	await expect(webhooks.replay("other", mine.id, 0)).rejects.toMatchObject({ code: "NOT_FOUND" });
	await expect(webhooks.deliveries("other", mine.id, { after: 0, limit: 1 })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("unless it is configured, nothing is sent to this machine or its network, by whatever name", async () => {
	await service.close();
	service = await startService({ limits: QUICK });
	for (const url of [
		receiver.url,
		"http://example.com/hook",
		"ftp://example.com",
		"https://user:pass@example.com/",
		"https://127.0.0.1/",
		"https://127.1/",
		"https://0x7f000001/",
		"https://2130706433/",
		"https://[::1]/",
		"https://[::ffff:127.0.0.1]/",
		"https://169.254.169.254/latest/meta-data/",
		"https://10.0.0.1/",
		"https://100.64.0.1/",
		"https://[fd00:ec2::254]/",
		"not a url",
	]) {
		const answer = await send("POST", "", { url });
		expect([answer.statusCode, answer.json<{ code: string }>().code], url).toEqual([422, "INVALID_INPUT"]);
	}
	// A name is looked at when it is connected to: this one means this machine.
	const port = new URL(receiver.url).port;
	const { id } = await create({ url: `https://localhost:${port}/hook` });
	await happen(1);
	await until(async () => (await look(id)).attempts >= 1);
	expect((await look(id)).last_error).toBe("localhost has no public address");
	expect(receiver.received).toEqual([]);
});
