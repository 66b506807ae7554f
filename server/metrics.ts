import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { App } from "./app-type.ts";
import type { JobRows } from "./store/job-rows.ts";
import type { RunState } from "./store/run-rows.ts";
import type { Fallback, PlanStatus } from "./store/store.ts";

/** Seconds that divide the durations of answers: the agenda of a day in milliseconds, an upload in minutes. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300];

/** The service's own figures, for a Prometheus that fetches them. No tenant, customer or key is among the labels. */
export interface Metrics {
	/** The figures as OpenMetrics text. */
	read(): Promise<{ readonly type: string; readonly text: string }>;
	/** Counts a plan that ended. */
	countPlan(status: PlanStatus): void;
	/** Counts a daily run that came to a state, and an earlier plan's day that had to be served, by why. */
	countRun(state: RunState): void;
	countFallback(code: Fallback["code"]): void;
	/** Counts a request that was turned away because too many were being answered; it is none of those that `watch` measures. */
	countRefused(): void;
	/** Counts a message that was tried, by what came of it. */
	countMessage(outcome: "delivered" | "failed" | "given up"): void;
	/** Measures the answers of an application by route, method and status. */
	watch(app: App): void;
}

/** Figures of one service, beside those of its process: memory, event loop, garbage collection. */
export function createMetrics(jobs: JobRows): Metrics {
	const registry = new Registry();
	registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never); // the types know only the older format
	const registers = [registry];
	collectDefaultMetrics({ register: registry });
	const answers = new Histogram({
		name: "carteira_http_answer_seconds",
		help: "seconds from a request's headers to the end of its answer",
		labelNames: ["method", "route", "status"] as const,
		buckets: SECONDS,
		registers,
	});
	const ended = new Counter({ name: "carteira_plans_ended", help: "plans that ended here", labelNames: ["status"] as const, registers });
	const counter = <Label extends string>(name: string, help: string, label: Label) =>
		new Counter({ name, help, labelNames: [label], registers });
	const runs = counter("carteira_daily_runs", "daily runs that came to a state here", "state");
	const fallbacks = counter("carteira_fallbacks", "days served from an earlier plan, an alarm", "reason");
	const messages = counter("carteira_webhook_messages", "webhook messages tried; given up: an alarm", "outcome");
	const refused = new Counter({
		name: "carteira_http_refused",
		help: "requests turned away because too many were being answered",
		registers,
	});
	const unfinished = new Gauge({
		name: "carteira_plans_unfinished",
		help: "plans of all tenants that wait or are being made",
		registers: [],
		async collect() {
			// A database that is away leaves this one figure out, not the others, by which one would find out.
			const count = await jobs.countUnfinished().catch(() => Number.NaN);
			this.set(count);
		},
	});
	registry.registerMetric(unfinished);
	return {
		read: async () => ({ type: registry.contentType, text: await registry.metrics() }),
		countPlan: (status) => ended.inc({ status }),
		countRun: (state) => runs.inc({ state }),
		countRefused: () => refused.inc(),
		countMessage: (outcome) => messages.inc({ outcome }),
		countFallback: (reason) => fallbacks.inc({ reason }),
		watch(app) {
			app.addHook("onResponse", async (request, reply) => {
				const route = request.is404 ? "none" : (request.routeOptions.url ?? "none");
				answers.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
			});
		},
	};
}
