import { Readable } from "node:stream";
import { z } from "zod";
import { CarteiraError } from "../../engine/index.ts";
import { planParams, responses } from "../schemas/common.ts";
import type { Services } from "../services.ts";
import type { PlanRecord } from "../store/store.ts";
import type { Tenant } from "../tenants.ts";
import { planView } from "../views.ts";
import type { App } from "../app-type.ts";

/**
 * Milliseconds without news after which a line shows that the stream lives; between two looks at a plan, at the least, and at the most, since
 * another process may be making it; and of one stream in all.
 */
const ALIVE = 15_000;
const BETWEEN_LOOKS = 250;
const LOOK = 1000;
const WHOLE_STREAM = 600_000;

const HEADERS = { "cache-control": "no-cache", "x-accel-buffering": "no" };

/** One server-sent event. */
const eventText = (id: string, name: string, data: object): string => `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

/**
 * States of plans as events. Each tells the whole state, so a client that comes back needs the last one alone: an event's id is the
 * version of the plan's row and the number of its progress, and what the client has seen by its Last-Event-ID is not told again.
 */
export function registerPlanEventRoutes(app: App, { plans, config }: Services): void {
	let numStreams = 0;

	/** What there is to tell beyond what was seen last; null for nothing. */
	function newsOf(plan: PlanRecord, seen: string): { readonly id: string; readonly text: string } | null {
		const { progress } = plan;
		const id = `${plan.version}.${progress ? `${progress.phase}-${progress.repsDone}-${progress.valueCents}-${progress.boundCents}` : 0}`;
		if (id === seen) return null;
		return { id, text: eventText(id, "state", planView(plan)) };
	}

	async function* eventsOf(tenant: Tenant, id: string, lastSeen: string, gone: AbortSignal): AsyncGenerator<string> {
		numStreams++;
		const end = Date.now() + WHOLE_STREAM;
		let seen = lastSeen;
		let toldAt = Date.now();
		try {
			yield "retry: 1000\n\n";
			while (Date.now() < end && !gone.aborted) {
				const changed = plans.watchers.next(id, "progress"); // before looking, so that nothing happens unseen in between
				try {
					const plan = await findPlan(tenant, id);
					if (plan === null) {
						yield eventText("0.0", "discarded", { id });
						return;
					}
					const news = newsOf(plan, seen);
					const isSilent = Date.now() - toldAt >= ALIVE;
					if (news ?? isSilent) toldAt = Date.now();
					if (news) yield news.text;
					else if (isSilent) yield ": alive\n\n";
					seen = news?.id ?? seen;
					if (plan.finishedAt !== null || plans.isClosing()) return;
					await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS));
					await changed.orAfter(LOOK, gone);
				} finally {
					changed.forget();
				}
			}
		} finally {
			numStreams--;
		}
	}

	app.route({
		method: "GET",
		url: "/v1/plans/:id/events",
		config: { scope: "read" },
		handlerTimeout: WHOLE_STREAM + 60_000, // which would cut the stream off
		schema: {
			operationId: "watchPlan",
			summary: "A plan's states as they change",
			description:
				"Server-sent events `state`, each the whole state, and `discarded`; the stream ends when the plan has. Resumable by Last-Event-ID; 204 when there is nothing more to come.",
			tags: ["plans"],
			params: planParams,
			response: responses(
				{
					200: { description: "the events", content: { "text/event-stream": { schema: z.string() } } },
					204: z.undefined().meta({ description: "the client has seen the end" }),
				},
				404,
			),
		},
		handler: async (request, reply) => {
			const { tenant } = request;
			const plan = await tenant.store.getPlan(request.params.id);
			const seen = request.headers["last-event-id"]?.toString() ?? "";
			if (plan.finishedAt !== null && newsOf(plan, seen) === null) return reply.code(204).send();
			const { max_event_streams: max } = config.limits;
			if (numStreams >= max) throw new CarteiraError("BUSY", `${max} streams of events are open; try again later`);
			const gone = new AbortController();
			reply.raw.once("close", () => gone.abort());
			return reply
				.headers(HEADERS)
				.type("text/event-stream")
				.send(Readable.from(eventsOf(tenant, plan.id, seen, gone.signal)));
		},
	});
}

async function findPlan(tenant: Tenant, id: string): Promise<PlanRecord | null> {
	return tenant.store.getPlan(id).catch((error: unknown) => {
		if (error instanceof CarteiraError && error.code === "NOT_FOUND") return null;
		throw error;
	});
}
