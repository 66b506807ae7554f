import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { buildApp } from "../../server/app.ts";
import { createLog } from "../../server/log.ts";
import { type TestService, makePlan, startService } from "./service.ts";

const TRACE = "0123456789abcdef0123456789abcdef";
const PARENT = "0123456789abcdef";
const headers = { traceparent: `00-${TRACE}-${PARENT}-01` };

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
let service: TestService;
beforeAll(async () => {
	service = await startService();
});
afterAll(async () => {
	await service.close();
	// Files that share the process are not to be traced.
	await provider.shutdown();
	trace.disable();
	context.disable();
});
beforeEach(() => exporter.reset());

const spans = (name: string): ReadableSpan[] => exporter.getFinishedSpans().filter((span) => span.name === name);

/** The span once it has ended, which may be a moment after the answer. */
async function spanOf(name: string): Promise<ReadableSpan> {
	await expect.poll(() => spans(name).length).toBeGreaterThan(0);
	return spans(name)[0];
}

test("without an SDK nothing is traced, and trace ids are still the caller's or new", async () => {
	const ask = async (sent: Record<string, string>) =>
		(await service.app.inject({ method: "GET", url: "/v1/nothing", headers: sent })).json<{ trace_id: string }>().trace_id;
	expect(await ask(headers)).toBe(TRACE);
	const [one, other] = [await ask({}), await ask({ traceparent: `00-${"0".repeat(32)}-${PARENT}-01` })];
	expect(one).toMatch(/^[0-9a-f]{32}$/);
	expect(other).toMatch(/^[0-9a-f]{32}$/);
	expect(other).not.toBe("0".repeat(32));
	expect(one).not.toBe(other);
	expect(exporter.getFinishedSpans()).toEqual([]);
	// From here on one is registered, as `node --import` would have it before the service starts.
	context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
	trace.setGlobalTracerProvider(provider);
});

test("a request's span belongs to its caller's trace, which its problem and its log lines name", async () => {
	const lines: string[] = [];
	const log = createLog("info", { write: (line: string) => void lines.push(line) });
	const app = await buildApp({ ...service.services, log });
	const url = "/v1/portfolios/acme/customers/maria-da-silva?as_of=2026-11-23";
	const answer = await app.inject({ method: "GET", url, headers: { ...headers, tracestate: "vendor=1" } });
	const span = await spanOf("GET /v1/portfolios/:portfolio/customers/:customer_id");
	await app.close();
	expect(answer.json()).toMatchObject({ trace_id: TRACE });
	expect(span.spanContext().traceId).toBe(TRACE);
	expect(span.parentSpanContext).toMatchObject({ spanId: PARENT, isRemote: true });
	expect(span.attributes).toEqual({
		"http.request.method": "GET",
		"http.route": "/v1/portfolios/:portfolio/customers/:customer_id",
		"http.response.status_code": answer.statusCode,
	});
	expect(lines.length).toBeGreaterThan(0);
	expect(lines.every((line) => (JSON.parse(line) as { trace_id: string }).trace_id === TRACE)).toBe(true);
});

test("without a caller's trace the problem names the span's own", async () => {
	const answer = await service.app.inject({ method: "GET", url: "/v1/nothing" });
	expect((await spanOf("GET none")).spanContext().traceId).toBe(answer.json<{ trace_id: string }>().trace_id);
});

test("an import stands below its request, with counts and no data", async () => {
	const payload = "rep_id,kind\nmaria-da-silva,inside\n";
	const send = { method: "POST", url: "/v1/portfolios/other/reps", headers: { ...headers, "content-type": "text/csv" }, payload } as const;
	expect((await service.app.inject(send)).statusCode).toBe(200);
	const request = await spanOf("POST /v1/portfolios/:portfolio/:table");
	const [made] = spans("carteira.import");
	expect(made.parentSpanContext?.spanId).toBe(request.spanContext().spanId);
	expect(made.attributes).toEqual({
		"carteira.tables": ["reps"],
		"carteira.import.modes": ["upsert"],
		"carteira.import.formats": ["csv"],
		"carteira.import.rows": [1],
		"carteira.import.quarantined": [0],
	});
	const told = exporter.getFinishedSpans().map(({ name, attributes, events }) => ({ name, attributes, events }));
	expect(JSON.stringify(told)).not.toMatch(/maria|other/);
});

test("the making of a plan is a trace of its own with the solve in it, found by the plan's id", async () => {
	const id = await makePlan(service.app);
	const made = await spanOf("carteira.plan");
	const [solve] = spans("carteira.solve");
	expect(made.attributes).toMatchObject({ "carteira.plan.id": id, "carteira.plan.status": "completed" });
	expect(made.parentSpanContext).toBeUndefined();
	expect(solve.parentSpanContext?.spanId).toBe(made.spanContext().spanId);
	expect(solve.events.map(({ name }) => name)).toEqual(["solving"]);
	expect((await spanOf("POST /v1/portfolios/:portfolio/plans")).attributes).toMatchObject({ "carteira.plan.id": id });
});

test("a plan that fails says by which code, and not in whose words", async () => {
	service.engine.failWith = new Error("maria-da-silva owes 100");
	const payload = { as_of: "2026-11-23" };
	await service.app.inject({ method: "POST", url: "/v1/portfolios/acme/plans", headers: { prefer: "wait=60" }, payload });
	service.engine.failWith = null;
	const made = await spanOf("carteira.plan");
	expect(made.attributes).toMatchObject({ "carteira.plan.status": "failed", "error.type": "INTERNAL" });
	expect(spans("carteira.solve")[0].status.code).toBe(2); // ERROR
	const told = exporter.getFinishedSpans().map(({ attributes, events, status }) => ({ attributes, events, status }));
	expect(JSON.stringify(told)).not.toContain("maria");
});
