import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { finished } from "node:stream";
import {
	type Attributes,
	type Context,
	ROOT_CONTEXT,
	type Span,
	SpanKind,
	SpanStatusCode,
	context,
	createTraceState,
	isSpanContextValid,
	trace,
} from "@opentelemetry/api";
import { CarteiraError } from "../engine/index.ts";
import type { App } from "./app-type.ts";

/** Does nothing until whoever starts the process registers an SDK of OpenTelemetry. */
const tracer = trace.getTracer("carteira");

/** Spans of requests that are being answered. */
const requests = new WeakMap<IncomingMessage, Span>();

/** Where a request's W3C `traceparent` says that it belongs; nowhere without a valid one. */
function parentOf({ headers }: IncomingMessage): Context {
	const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(headers.traceparent?.toString() ?? "");
	if (!match) return ROOT_CONTEXT;
	const [, traceId, spanId, flags] = match;
	const state = headers.tracestate?.toString();
	const parent = {
		traceId,
		spanId,
		traceFlags: Number.parseInt(flags, 16),
		isRemote: true,
		...(state !== undefined && { traceState: createTraceState(state) }),
	};
	return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

/** Starts a request's span. Answers its trace id: the caller's where it gave one, else a new one. */
export function traceRequest(request: IncomingMessage): string {
	const span = tracer.startSpan(request.method ?? "HTTP", { kind: SpanKind.SERVER }, parentOf(request));
	requests.set(request, span);
	const { traceId } = span.spanContext();
	return isSpanContextValid(span.spanContext()) ? traceId : randomBytes(16).toString("hex");
}

/**
 * Ends the spans of an application's requests, and lets what its handlers do stand below them. Paths are told as routes alone, because
 * those of customers have their ids; nor are tenants, keys or addresses told.
 */
export function traceRequests(app: App): void {
	app.addHook("onRequest", (request, reply, done) => {
		const span = requests.get(request.raw);
		finished(reply.raw, () => {
			const route = request.is404 ? "none" : (request.routeOptions.url ?? "none");
			const status = reply.raw.statusCode;
			span?.updateName(`${request.method} ${route}`);
			span?.setAttributes({ "http.request.method": request.method, "http.route": route, "http.response.status_code": status });
			if (status >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
			span?.end();
		});
		done();
	});
	// Not before the body is read, whose events come from outside and lose the context.
	app.addHook("preHandler", (request, _reply, done) => {
		const span = requests.get(request.raw);
		if (span) context.with(trace.setSpan(ROOT_CONTEXT, span), done);
		else done();
	});
}

/** Does a piece of work within a span. Of an error its code is told and no words, which may quote data. */
export async function inSpan<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
	return tracer.startActiveSpan(name, { attributes }, async (span) => {
		try {
			return await work(span);
		} catch (error) {
			span.setAttribute("error.type", error instanceof CarteiraError ? error.code : "INTERNAL");
			span.setStatus({ code: SpanStatusCode.ERROR });
			throw error;
		} finally {
			span.end();
		}
	});
}

/** The trace id of the work that is being done, for its log lines; nothing outside of spans. */
export function traceFields(): { readonly trace_id?: string } {
	const found = trace.getActiveSpan()?.spanContext();
	return found && isSpanContextValid(found) ? { trace_id: found.traceId } : {};
}

/** Adds to what the span of the work that is being done says. */
export function annotate(attributes: Attributes): void {
	trace.getActiveSpan()?.setAttributes(attributes);
}
