import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ERROR_CODES } from "../../engine/index.ts";
import { ENGINE_STATUS, HTTP_CODES } from "../../server/http/problem.ts";
import { isLoopbackHost, validateHost } from "../../server/config.ts";
import { problem } from "../../server/schemas/common.ts";
import { type TestService, startService } from "./service.ts";

let service: TestService;
let address: string;
beforeAll(async () => {
	service = await startService({ limits: { max_upload_bytes: 100_000 } });
	address = await service.app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(() => service.close());

interface Description {
	readonly openapi: string;
	readonly paths: Record<string, Record<string, Operation>>;
	readonly components: { readonly schemas: object };
}

interface Operation {
	readonly responses: object;
	readonly requestBody?: { readonly content: object };
}

const get = (url: string, headers: Record<string, string> = {}) => service.app.inject({ method: "GET", url, headers });

test("the service says that it is alive, that it is ready, and what its limits are", async () => {
	expect((await get("/healthz")).json()).toEqual({ status: "ok" });
	expect((await get("/v1/limits")).json()).toEqual(service.services.config.limits);
});

test("the description is OpenAPI 3.1 and has every route with its answers", async () => {
	const document = (await get("/openapi.json")).json<Description>();
	expect(document.openapi).toBe("3.1.0");
	const described = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
	expect(described.sort()).toEqual([
		"delete /v1/plans/{id}",
		"delete /v1/portfolios/{portfolio}/calendars/{rep}/token",
		"delete /v1/portfolios/{portfolio}/contact-rules/{id}",
		"delete /v1/portfolios/{portfolio}/customers/{customer_id}",
		"delete /v1/portfolios/{portfolio}/schedule",
		"delete /v1/portfolios/{portfolio}/syncs/{sync}",
		"delete /v1/webhooks/{id}",
		"get /healthz",
		"get /metrics",
		"get /readyz",
		"get /v1/audit",
		"get /v1/limits",
		"get /v1/models",
		"get /v1/plans/{id}",
		"get /v1/plans/{id}/agendas",
		"get /v1/plans/{id}/diff",
		"get /v1/plans/{id}/events",
		"get /v1/plans/{id}/explanations/{customer_id}",
		"get /v1/plans/{id}/unplanned",
		"get /v1/portfolios/{portfolio}",
		"get /v1/portfolios/{portfolio}/agendas",
		"get /v1/portfolios/{portfolio}/calendars/{rep}",
		"get /v1/portfolios/{portfolio}/calendars/{rep}/token",
		"get /v1/portfolios/{portfolio}/changes",
		"get /v1/portfolios/{portfolio}/contact-rules",
		"get /v1/portfolios/{portfolio}/customers/{customer_id}",
		"get /v1/portfolios/{portfolio}/forecast",
		"get /v1/portfolios/{portfolio}/imports",
		"get /v1/portfolios/{portfolio}/monitor",
		"get /v1/portfolios/{portfolio}/monitor/{figure}/customers",
		"get /v1/portfolios/{portfolio}/reviews/{month}",
		"get /v1/portfolios/{portfolio}/runs",
		"get /v1/portfolios/{portfolio}/schedule",
		"get /v1/portfolios/{portfolio}/syncs/{sync}",
		"get /v1/portfolios/{portfolio}/watermarks",
		"get /v1/webhooks",
		"get /v1/webhooks/{id}",
		"get /v1/webhooks/{id}/deliveries",
		"post /v1/models/{name}/aliases/{alias}",
		"post /v1/plans/{id}/publish",
		"post /v1/plans/{id}/revisions",
		"post /v1/plans/{id}/stop",
		"post /v1/plans/{id}/suggestions",
		"post /v1/plans/{id}/what-if",
		"post /v1/portfolios/{portfolio}/contacts",
		"post /v1/portfolios/{portfolio}/evaluations",
		"post /v1/portfolios/{portfolio}/plans",
		"post /v1/portfolios/{portfolio}/syncs",
		"post /v1/portfolios/{portfolio}/syncs/{sync}/commit",
		"post /v1/portfolios/{portfolio}/syncs/{sync}/{table}",
		"post /v1/portfolios/{portfolio}/{table}",
		"post /v1/webhooks",
		"post /v1/webhooks/{id}/replay",
		"put /v1/portfolios/{portfolio}/calendars/{rep}/token",
		"put /v1/portfolios/{portfolio}/policy",
		"put /v1/portfolios/{portfolio}/schedule",
		"put /v1/portfolios/{portfolio}/syncs/{sync}/{table}",
		"put /v1/portfolios/{portfolio}/{table}",
	]);
	for (const methods of Object.values(document.paths)) {
		for (const { responses } of Object.values(methods)) expect(Object.keys(responses).length).toBeGreaterThan(1);
	}
	const { requestBody } = document.paths["/v1/portfolios/{portfolio}/{table}"].put;
	expect(Object.keys(document.components.schemas).filter((name) => name.endsWith("Input"))).toEqual([]);
	expect(requestBody?.content).toHaveProperty("application/vnd.apache.parquet");
});

test("the documentation's pages come from here and load nothing from elsewhere", async () => {
	const page = await get("/docs/");
	expect(page.statusCode).toBe(200);
	expect(page.body).not.toMatch(/(?:src|href)="https?:/);
	expect((await get("/docs/static/swagger-ui-bundle.js")).statusCode).toBe(200);
});

test("errors are problem+json with a code and a trace id, the caller's where it gave one", async () => {
	const answer = await get("/v1/nothing", { traceparent: "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01" });
	expect(answer.statusCode).toBe(404);
	expect(answer.headers["content-type"]).toContain("application/problem+json");
	expect(answer.json()).toMatchObject({ code: "UNKNOWN_ROUTE", trace_id: "0123456789abcdef0123456789abcdef", status: 404 });
	expect(problem.safeParse(answer.json()).error).toBeUndefined();
	const broken = await service.app.inject({
		method: "POST",
		url: "/v1/portfolios/acme/plans",
		headers: { "content-type": "application/json" },
		payload: '{"as_of": ',
	});
	expect(broken.json()).toMatchObject({ status: 400, code: "MALFORMED" });
	expect((await get("/v1/plans/%zz")).json()).toMatchObject({ status: 400, code: "MALFORMED" });
	const form = await service.app.inject({
		method: "POST",
		url: "/v1/portfolios/acme/plans",
		headers: { "content-type": "application/x-www-form-urlencoded" },
		payload: "as_of=2026-11-23",
	});
	expect(form.json()).toMatchObject({ status: 415, code: "UNSUPPORTED_MEDIA_TYPE" });
});

test("every code of the engine has a status, and no code is used by both the engine and HTTP", () => {
	expect(Object.keys(ENGINE_STATUS).sort()).toEqual(Object.keys(ERROR_CODES).sort());
	expect(Object.keys(HTTP_CODES).filter((code) => code in ERROR_CODES)).toEqual([]);
});

test("pages of other sites and other names for this machine are refused", async () => {
	expect((await get("/healthz", { host: "evil.example" })).statusCode).toBe(403);
	expect((await get("/healthz", { host: "localhost:3210", origin: "https://evil.example" })).statusCode).toBe(403);
	expect((await get("/healthz", { host: "localhost:3210", origin: "http://localhost:3210" })).statusCode).toBe(200);
	expect(["127.0.0.1:80", "[::1]:3210", "LOCALHOST"].every(isLoopbackHost)).toBe(true);
	expect(["127.0.0.1.evil.example", "10.0.0.1", "", undefined].some(isLoopbackHost)).toBe(false);
});

test("without keys only this machine is listened to", () => {
	expect(() => validateHost("0.0.0.0", false)).toThrow(/without keys/);
	expect(() => validateHost("::1", false)).not.toThrow();
	expect(() => validateHost("0.0.0.0", true)).not.toThrow();
});

test("too many requests in a minute are turned away with the time to come back", async () => {
	const small = await startService({ limits: { requests_per_minute: 2 } });
	const answers = [];
	for (let i = 0; i < 3; i++) answers.push(await small.app.inject({ method: "GET", url: "/v1/limits" }));
	expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200, 429]);
	expect(answers[2].json()).toMatchObject({ code: "RATE_LIMITED" });
	expect(Number(answers[2].headers["retry-after"])).toBeGreaterThan(0);
	await small.close();
});

test("over a real socket a body of unknown length is held to the limit", async () => {
	const endless = new ReadableStream<Uint8Array>({
		pull: (controller) => controller.enqueue(new TextEncoder().encode(`${"x".repeat(1000)}\n`)),
	});
	const request = { method: "PUT", headers: { "content-type": "text/csv" }, body: endless, duplex: "half" } as const;
	const status = await fetch(`${address}/v1/portfolios/acme/reps`, request).then(
		(response) => response.status,
		() => 413, // the connection may be closed while the client still writes
	);
	expect(status).toBe(413);
	expect(await (await fetch(`${address}/healthz`)).json()).toEqual({ status: "ok" });
});

test("over a real socket a client that goes away in the middle of an upload harms nothing", async () => {
	const { port } = new URL(address);
	const socket = connect(Number(port), "127.0.0.1");
	socket.write(
		"PUT /v1/portfolios/acme/reps HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/csv\r\ncontent-length: 1000\r\n\r\nrep_id,kind\n",
	);
	await new Promise((resolve) => setTimeout(resolve, 50));
	socket.destroy();
	const answer = await fetch(`${address}/v1/portfolios/acme`);
	expect(await answer.json()).toMatchObject({ tables: { reps: { num_rows: 2 } } });
});

test("over a real socket a plan is ordered, made and read", async () => {
	const answer = await fetch(`${address}/v1/portfolios/acme/plans`, {
		method: "POST",
		headers: { "content-type": "application/json", prefer: "wait=60" },
		body: JSON.stringify({ as_of: "2026-11-23" }),
	});
	expect(answer.status).toBe(200);
	expect(await answer.json()).toMatchObject({ status: "completed", plan_id: "plan20261123" });
});

test("U+0000, which not every database keeps, is refused in addresses and bodies, and its escape is text like any other", async () => {
	const ordered = await service.app.inject({ method: "POST", url: "/v1/portfolios/acme/plans", payload: { as_of: "2026-11-23" } });
	const { id } = ordered.json<{ id: string }>();
	await service.services.plans.ended(service.tenant, id, 20);
	const acme = "/v1/portfolios/acme";
	for (const url of [
		`/v1/plans/${id}/agendas?rep=%00`,
		`/v1/plans/${id}/unplanned?rep=a%00`,
		`/v1/plans/${id}/explanations/%00`,
		`${acme}/agendas?rep=%00`,
		`${acme}/calendars/%00`,
		`${acme}/customers/%1f`,
	])
		expect((await get(url)).json(), url).toMatchObject({ status: 400, code: "MALFORMED" });
	const erased = await service.app.inject({ method: "DELETE", url: `${acme}/customers/%00` });
	expect(erased.statusCode, erased.body).toBe(400);
	const webhook = (url: string) => service.app.inject({ method: "POST", url: "/v1/webhooks", payload: { url, types: ["run.published"] } });
	expect((await webhook("https://example.com/\0")).json()).toMatchObject({ status: 400, code: "MALFORMED" });
	expect((await webhook(String.raw`https://example.com/?\u0000`)).statusCode).toBe(201);
});
