import { afterAll, beforeAll, expect, test } from "vitest";
import { join } from "node:path";
import { SCOPES, type Scope } from "../../server/store/keys.ts";
import { type TestService, startService } from "./service.ts";

interface Operation {
	readonly security: readonly { readonly key?: readonly (Scope | "none")[] }[];
	readonly responses: Record<string, object>;
	readonly requestBody?: { readonly content: Record<string, object> };
}

let service: TestService;
let secretPlan: string;
let secretSync: string;
const keys: Record<string, string> = {};
const calls: { readonly method: string; readonly path: string; readonly operation: Operation }[] = [];
/** A word that only the first tenant's data has. */
const SECRET = "segredo";

beforeAll(async () => {
	service = await startService();
	const { services } = service;
	const acme = await services.tenants.get("acme");
	await acme.portfolios.install(SECRET, join(service.dataDir, "portfolios", "acme"));
	const make = async (name: string, tenant: string, scopes: readonly Scope[], expiresAt: string | null = null) => {
		const made = await services.keys.create({ tenant, name, scopes, expiresAt });
		keys[name] = made.text;
		return made.record.id;
	};
	for (const scope of SCOPES) await make(scope, "acme", [scope]);
	await make("other tenant", "rival", SCOPES);
	await make("expired", "acme", SCOPES, new Date(Date.now() - 1000).toISOString());
	await services.keys.revoke(await make("revoked", "acme", SCOPES));
	keys.unknown = keys.admin.slice(0, -3) + (keys.admin.endsWith("AAA") ? "BBB" : "AAA");
	keys.garbage = "Bearer";
	secretPlan = await makePlanAs("admin");
	secretSync = (await send("POST", `/v1/portfolios/${SECRET}/syncs`, keys.write)).json<{ id: string }>().id;
	expect((await send("POST", `/v1/plans/${secretPlan}/publish`, keys.plan)).statusCode).toBe(200);
	const schedule = JSON.stringify(bodyOf("/schedule"));
	const put = await send("PUT", `/v1/portfolios/${SECRET}/schedule`, keys.plan, { "content-type": "application/json" }, schedule);
	expect(put.statusCode, put.body).toBe(200);
	const document = (await send("GET", "/openapi.json")).json<{ paths: Record<string, Record<string, Operation>> }>();
	for (const [path, methods] of Object.entries(document.paths))
		for (const [method, operation] of Object.entries(methods)) calls.push({ method: method.toUpperCase(), path, operation });
});
afterAll(() => service.close());

const send = (method: string, url: string, key?: string, headers: Record<string, string> = {}, payload?: string) =>
	service.app.inject({
		method: method as "GET",
		url,
		headers: { ...headers, ...(key !== undefined && { authorization: `Bearer ${key}` }) },
		...(payload !== undefined && { payload }),
	});

async function makePlanAs(name: string): Promise<string> {
	const headers = { prefer: "wait=60", "content-type": "application/json" };
	const answer = await send("POST", `/v1/portfolios/${SECRET}/plans`, keys[name], headers, '{"as_of":"2026-11-23"}');
	if (answer.statusCode !== 200) throw new Error(answer.body);
	return answer.json<{ id: string }>().id;
}

/** The path of a call about the first tenant's things. */
const pathOf = (path: string): string =>
	path
		.replace("{id}", secretPlan)
		.replace("{portfolio}", SECRET)
		.replace("{table}", "reps")
		.replace("{sync}", secretSync)
		.replace("{customer_id}", "c1")
		.replace("{month}", "2026-10") + (path.endsWith("/diff") ? `?against=${secretPlan}` : "");

/** Sends a call with a body of the type that it takes. */
function ask({ method, path, operation }: (typeof calls)[number], key?: string) {
	const type = Object.keys(operation.requestBody?.content ?? {})[0];
	const isJson = type === "application/json";
	const body = isJson ? JSON.stringify(bodyOf(path)) : "rep_id,kind\nr1,inside\n";
	return send(method, pathOf(path), key, type === undefined ? {} : { "content-type": type }, type === undefined ? undefined : body);
}

/** A body that the schema of a call accepts, so that what refuses it is not the schema. */
function bodyOf(path: string): object {
	if (path.endsWith("/plans")) return { as_of: "2026-11-23", mode: "validate" };
	if (path.endsWith("/revisions")) return { now: "2026-11-23T09:00:00" };
	if (path.endsWith("/webhooks")) return { url: "https://receiver.invalid/hook" };
	if (path.endsWith("/schedule")) return { time: "04:30", ready_by: "07:00" };
	if (path.endsWith("/suggestions")) return { customer_id: "c1" };
	if (path.endsWith("/aliases/{alias}")) return { version: 1 };
	return path.endsWith("/what-if") ? { forbid: [{ customer_id: "c1" }] } : {};
}

const scopeOf = ({ operation }: (typeof calls)[number]): Scope | "none" => operation.security[0]?.key?.[0] ?? "none";

test("the walk has every route, and each names its scope; only what anyone may know names none", () => {
	expect(calls.length).toBeGreaterThan(15);
	expect(
		calls
			.filter((call) => scopeOf(call) === "none")
			.map(({ path }) => path)
			.sort(),
	).toEqual(["/healthz", "/readyz"]);
	for (const { path, method, operation } of calls) {
		expect(operation.security, `${method} ${path}`).toBeDefined();
		expect(Object.keys(operation.responses), `${method} ${path}`).toEqual(expect.arrayContaining(["401", "403", "429", "503"]));
	}
});

test.each([["none"], ["expired"], ["revoked"], ["unknown"], ["garbage"]])(
	"on every route and verb, who comes with the key %s is told nothing but that a key is needed",
	async (name) => {
		for (const call of calls.filter((one) => scopeOf(one) !== "none")) {
			const answer = await ask(call, keys[name]);
			expect(answer.statusCode, `${call.method} ${call.path}`).toBe(401);
			expect(answer.headers["www-authenticate"]).toBe("Bearer");
			expect(answer.json()).toMatchObject({ code: "UNAUTHORIZED" });
		}
	},
);

test.each(SCOPES.map((scope) => [scope]))("a key with the scope %s opens the routes of that scope and no others", async (scope) => {
	// What would change the state that the walk needs is asked for last.
	const order = [...calls].sort((a, b) => Number(a.method === "DELETE") - Number(b.method === "DELETE"));
	for (const call of order) {
		const needed = scopeOf(call);
		const mayCall = needed === "none" || needed === scope || scope === "admin";
		if (mayCall && call.method === "DELETE") continue; // tried in the test of discarding
		const answer = await ask(call, keys[scope]);
		const told = `${call.method} ${call.path}: ${answer.statusCode} ${answer.body.slice(0, 200)}`;
		if (mayCall) expect([401, 403], told).not.toContain(answer.statusCode);
		else expect(answer.statusCode, told).toBe(403);
		// The fake engine cannot plan the three customers of readiness, which is 503.
		if (call.path !== "/readyz") expect(answer.statusCode, told).toBeLessThan(500);
		expect(Object.keys(call.operation.responses), told).toContain(String(answer.statusCode));
	}
});

test("a key of another tenant finds, changes and learns nothing, on any route and verb", async () => {
	const before = await send("GET", `/v1/plans/${secretPlan}?view=summary`, keys.read);
	for (const call of calls.filter((one) => scopeOf(one) !== "none" && one.path !== "/v1/limits")) {
		const answer = await ask(call, keys["other tenant"]);
		const told = `${call.method} ${call.path}: ${answer.statusCode} ${answer.body.slice(0, 200)}`;
		// What it writes it writes to a portfolio of its own that happens to have the same name.
		const isOwnWrite = call.method !== "GET" && scopeOf(call) === "write" && !call.path.includes("{sync}");
		if (isOwnWrite) expect([200, 201, 422], told).toContain(answer.statusCode);
		else expect([404, 422, 200, 201, 204], told).toContain(answer.statusCode);
		if (/\{(id|sync)\}/.test(call.path)) expect(answer.statusCode, told).toBe(404);
		for (const word of ["plan20261123", "r1-a", "Padaria"]) expect(answer.body, told).not.toContain(word);
	}
	expect((await send("GET", `/v1/plans/${secretPlan}?view=summary`, keys.read)).body).toBe(before.body);
	expect((await send("GET", `/v1/portfolios/${SECRET}/schedule`, keys.read)).statusCode).toBe(200); // theirs was removed
	const audit = await service.services.audit.list("acme", 0, 1000);
	expect(audit.every(({ tenant }) => tenant === "acme")).toBe(true);
});

test("the same Idempotency-Key of two tenants is two keys", async () => {
	const headers = { "idempotency-key": "same", "content-type": "text/csv" };
	const path = `/v1/portfolios/${SECRET}/reps`;
	const mine = await send("POST", path, keys.write, headers, "rep_id,kind\nr9,inside\n");
	const theirs = await send("POST", path, keys["other tenant"], headers, "rep_id,kind\nr1,inside\nr2,inside\n");
	expect([mine.statusCode, theirs.statusCode]).toEqual([200, 200]);
	expect([mine.json<{ rows_read: number }>().rows_read, theirs.json<{ rows_read: number }>().rows_read]).toEqual([1, 2]);
});

test("what was changed, by whom and what came of it is in the audit log, and no key is", async () => {
	const trace = "0123456789abcdef0123456789abcdef";
	const headers = { traceparent: `00-${trace}-0123456789abcdef-01` };
	await send("POST", `/v1/plans/${secretPlan}/stop`, keys.plan, headers);
	await send("POST", `/v1/plans/${secretPlan}/stop`, keys.read);
	const entries = await service.services.audit.list("acme", 0, 10_000);
	const [entry] = entries.filter(({ traceId }) => traceId === trace);
	expect(entry).toMatchObject({ method: "POST", path: `/v1/plans/${secretPlan}/stop`, status: 409, keyId: keys.plan.slice(3, 19) });
	expect(JSON.stringify(entries)).not.toContain(keys.plan);
	expect(entries.filter(({ method }) => method === "GET")).toEqual([]);
});

test("a key that is revoked is refused at once", async () => {
	const { text, record } = await service.services.keys.create({ tenant: "acme", name: "short", scopes: ["read"], expiresAt: null });
	expect((await send("GET", "/v1/limits", text)).statusCode).toBe(200);
	await service.services.keys.revoke(record.id);
	expect((await send("GET", "/v1/limits", text)).statusCode).toBe(401);
});

test("limits of requests are counted by key", async () => {
	const small = await startService({ limits: { requests_per_minute: 2 } });
	const make = async () => (await small.services.keys.create({ tenant: "t", name: "", scopes: ["read"], expiresAt: null })).text;
	const [one, two] = [await make(), await make()];
	const get = (key: string) => small.app.inject({ method: "GET", url: "/v1/limits", headers: { authorization: `Bearer ${key}` } });
	const status = [];
	for (const key of [one, one, one, two]) status.push((await get(key)).statusCode);
	expect(status).toEqual([200, 200, 429, 200]);
	await small.close();
});

test("an unknown path is unknown to whoever asks", async () => {
	for (const key of [undefined, keys.read, keys.unknown]) expect((await send("GET", "/v1/nothing", key)).statusCode).toBe(404);
});

test("plans discard by the scope that makes them", async () => {
	const id = await makePlanAs("admin");
	expect((await send("DELETE", `/v1/plans/${id}`, keys.read)).statusCode).toBe(403);
	expect((await send("DELETE", `/v1/plans/${id}`, keys["other tenant"])).statusCode).toBe(404);
	expect((await send("DELETE", `/v1/plans/${id}`, keys.plan)).statusCode).toBe(204);
});
