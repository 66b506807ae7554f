import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { CarteiraError, createShelf, type DayPlan, formatAgendaCsv, formatAgendaIcs } from "../../engine/index.ts";
import { amend } from "../daily/fallback.ts";
import { dateAt } from "../daily/occurrences.ts";
import { negotiate } from "../http/media.ts";
import { daySheetPage } from "../pages/day-sheet-page.ts";
import type { Links } from "../pages/frame.ts";
import { createPlaces } from "../places.ts";
import { askedDate, id, planParams, portfolioParams, responses } from "../schemas/common.ts";
import { agendasView, unplannedView } from "../schemas/plan.ts";
import { languageQuery, sendPage } from "../http/send-page.ts";
import type { Services } from "../services.ts";
import type { AgendaSource, Fallback, PlanHead, PlanRecord, PublishedDay, StoredAgenda } from "../store/store.ts";
import type { App } from "../app-type.ts";

/** Answers of agendas that are kept. */
const MOST_READY = 256;

const FORMATS = ["application/json", "text/calendar", "text/csv", "text/html"] as const;
const agendaQuery = z.strictObject({ rep: id.optional(), date: askedDate.optional(), language: languageQuery });
const publishedQuery = z.strictObject({
	rep: id.optional(),
	date: askedDate.optional().meta({ description: "default: today in the policy's time zone" }),
	language: languageQuery,
});

const agendaResponse = {
	200: {
		description: "the agendas, as JSON, iCalendar, CSV or day sheets to print by Accept",
		content: {
			"application/json": { schema: agendasView },
			"text/calendar": { schema: z.string() },
			"text/csv": { schema: z.string() },
			"text/html": { schema: z.string() },
		},
	},
};

/** Stored days as the plan that the formats read. */
function sourceOf(head: PlanHead, agendas: readonly StoredAgenda[]): AgendaSource {
	const reps = agendas.map(({ repId, json }) => {
		const day: DayPlan = JSON.parse(json);
		return { rep_id: repId, days: [day] };
	});
	const { as_of, horizon, currency, policy } = head;
	return { as_of, horizon, currency, policy, reps };
}

function isShadow(json: string): boolean {
	if (!json.includes('"stage":"shadow"')) return false; // which no text of an entry can hold unescaped
	const { stage }: DayPlan = JSON.parse(json);
	return stage === "shadow";
}

/** A published day as its rep may see it: one of a team in `shadow` without entries and with the reason. */
function shownToRep(stored: StoredAgenda): StoredAgenda {
	if (!isShadow(stored.json)) return stored;
	const day: DayPlan = JSON.parse(stored.json);
	const nothing = { end: day.start, breaks: [], travel_seconds: 0, travel_metres: 0, travel_cost_cents: 0, entries: [] };
	return { ...stored, json: JSON.stringify({ ...day, ...nothing, reason: "shadow" }) };
}

/** A list of JSON texts as the value of a field of an object that has others. */
function jsonWithList(fields: object, name: string, texts: readonly string[]): string {
	return `${JSON.stringify(fields).slice(0, -1)},${JSON.stringify(name)}:[${texts.join(",")}]}`;
}

/** Agendas as the body of an answer, in the format that the client likes best. */
function bodyOf(
	type: Exclude<(typeof FORMATS)[number], "text/html">,
	portfolio: string,
	plans: readonly PlanRecord[],
	agendas: readonly StoredAgenda[],
	told: object = {},
): string {
	const { head } = plans[0];
	if (head === null) throw new CarteiraError("INTERNAL", `plan ${plans[0].id} has agendas and no head`);
	if (type === "text/calendar") return formatAgendaIcs(sourceOf(head, agendas));
	if (type === "text/csv") return formatAgendaCsv(sourceOf(head, agendas));
	const fields = {
		portfolio,
		plans: plans.map((plan) => ({ id: plan.id, plan_id: plan.head?.plan_id })),
		currency: head.currency,
		...told,
	};
	const texts = agendas.map(({ repId, json }) => `{"rep_id":${JSON.stringify(repId)},${json.slice(1)}`);
	return jsonWithList(fields, "agendas", texts);
}

/** Sends agendas as sheets to print. */
async function sendSheets(
	request: FastifyRequest<{ Querystring: z.infer<typeof agendaQuery> }>,
	reply: FastifyReply,
	plans: readonly PlanRecord[],
	agendas: readonly StoredAgenda[],
): Promise<FastifyReply> {
	const [{ head, order }] = plans;
	if (head === null) throw new CarteiraError("INTERNAL", `plan ${plans[0].id} has agendas and no head`);
	const { reps, horizon } = sourceOf(head, agendas);
	const sheets = {
		plan_ids: plans.map(({ id }) => id),
		horizon,
		agendas: reps.flatMap(({ rep_id, days }) => days.map((day) => ({ rep_id, day }))),
		placeOf: await placesOf(request.tenant, order.portfolio),
	};
	const { language: asked, ...rest } = request.query;
	const path = request.url.split("?")[0];
	const links: Links = {
		language: (language) => `${path}?${new URLSearchParams({ ...rest, language }).toString()}`,
		pages: [],
		customers: () => null,
	};
	const { language } = zoned.parse(head.policy);
	return sendPage(request, reply, { currency: head.currency, language, asked, links }, (speech) => daySheetPage(speech, sheets, links));
}

/** Places of customers as the portfolio has them now; none where it is gone. */
async function placesOf({ portfolios }: FastifyRequest["tenant"], name: string): Promise<(customerId: string) => string | null> {
	if (!(await portfolios.exists(name))) return () => null;
	return createPlaces((await portfolios.readAsItStands(name)).portfolio);
}

/** What every route that answers by `sendTagged` says beside its body. */
export const NOT_MODIFIED = { 304: z.undefined().meta({ description: "the client has it already" }) };

/** A body as bytes, with its ETag. */
interface Tagged {
	readonly bytes: Buffer;
	readonly tag: string;
}

function tagged(body: string): Tagged {
	const bytes = Buffer.from(body);
	return { bytes, tag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 27)}"` };
}

/** Sends a body with its ETag, or 304 where the client has it already. `caching`: no-store: nobody on the way may keep it. */
export function sendTagged(
	request: FastifyRequest,
	reply: FastifyReply,
	type: string,
	body: string | Tagged,
	caching: "no-cache" | "no-store" = "no-cache",
): FastifyReply {
	const { bytes, tag } = typeof body === "string" ? tagged(body) : body;
	const known = (request.headers["if-none-match"] ?? "").split(",").map((text) => text.trim().replace(/^W\//, ""));
	void reply.header("etag", tag).header("vary", "accept").header("cache-control", `private, ${caching}`);
	if (known.includes(tag) || known.includes("*")) return reply.code(304).send();
	return reply.type(`${type}; charset=utf-8`).send(bytes);
}

const zoned = z.looseObject({ time_zone: z.string().optional(), language: z.string().optional() });

/** Today's date where the reps of a plan are. */
export function todayOf({ head }: PlanRecord, now: number): string {
	const policy = zoned.safeParse(head?.policy);
	return dateAt(now, policy.data?.time_zone ?? "UTC");
}

/** What is told beside the agendas of a day: whether they stand in for those of the day's own plan, and why. */
function fallbackView(fallback: Fallback | null, isTold: (repId: string) => boolean = () => true): object {
	if (fallback === null) return { fallback: false };
	const { code, detail, since, unchecked } = fallback;
	const dropped = fallback.dropped.filter(({ rep_id }) => isTold(rep_id));
	return { fallback: true, fallback_reason: { code, detail, since, unchecked }, dropped };
}

/** What reps and managers ask of a plan: agendas, and who was left out. */
export function registerAgendaRoutes(app: App, { clock }: Services): void {
	const ready = createShelf<Promise<Tagged>>(MOST_READY);

	/** A rep's day as JSON. It is asked for again and again, so the answer is kept for as long as the same documents are in force. */
	function readyBody(tenant: string, portfolio: string, rep: string, day: PublishedDay, sources: readonly PlanRecord[]): Promise<Tagged> {
		const key = JSON.stringify([tenant, portfolio, rep, day.date, sources.map(({ id }) => id), day.documents]);
		const body = ready.get(key, async () => {
			const agendas = (await day.readAgendas()).map(shownToRep);
			return tagged(bodyOf("application/json", portfolio, sources, agendas, fallbackView(null)));
		});
		body.catch(() => ready.drop(key)); // to be tried again
		return body;
	}

	app.route({
		method: "GET",
		url: "/v1/plans/:id/agendas",
		config: { scope: "read" },
		schema: {
			operationId: "getPlanAgendas",
			summary: "Agendas of a plan",
			tags: ["agendas"],
			params: planParams,
			querystring: agendaQuery,
			response: responses({ ...agendaResponse, ...NOT_MODIFIED }, 404, 406, 409),
		},
		handler: async (request, reply) => {
			const type = negotiate(request.headers.accept, FORMATS);
			const { store } = request.tenant;
			const plan = await store.getPlan(request.params.id);
			const { rep, date } = request.query;
			const agendas = await store.agendasOf(plan.id, { rep, date });
			if (type === "text/html") return sendSheets(request, reply, [plan], agendas);
			return sendTagged(request, reply, type, bodyOf(type, plan.order.portfolio, [plan], agendas));
		},
	});

	app.route({
		method: "GET",
		url: "/v1/portfolios/:portfolio/agendas",
		config: { scope: "read" },
		schema: {
			operationId: "getPublishedAgendas",
			summary: "The published agendas of a day",
			description:
				"Whatever plan they came from. A day before the published plan's is answered from the plan that was in force. `fallback`: the day's own plan was late or failed; contacts that may not stand today are left out and named in `dropped`. Agendas of teams that the plan's policy has in `shadow` have no entries and `reason: shadow`; those with `stage: advise` are recommendations.",
			tags: ["agendas"],
			params: portfolioParams,
			querystring: publishedQuery,
			response: responses({ ...agendaResponse, ...NOT_MODIFIED }, 404, 406),
		},
		handler: async (request, reply) => {
			const { store, portfolios } = request.tenant;
			const name = request.params.portfolio;
			const type = negotiate(request.headers.accept, FORMATS);
			const { rep } = request.query;
			const dateOf = (plan: PlanRecord): string => request.query.date ?? todayOf(plan, clock());
			const shown = await store.publishedDay(name, rep, dateOf, async (day) => {
				const { published, plans, fallback } = day;
				const sources = plans.length > 0 ? plans : [published];
				if (type === "application/json" && rep !== undefined && fallback === null)
					return readyBody(request.tenant.name, name, rep, day, sources);
				const stored = await day.readAgendas();
				const isServed = fallback !== null && (stored.length === 0 || stored.some(({ planId }) => fallback.plans.includes(planId)));
				const agendas = (fallback ? amend(stored, fallback) : stored).map(shownToRep);
				const silent = new Set(agendas.filter(({ json }) => isShadow(json)).map(({ repId }) => repId));
				const told = fallbackView(isServed ? fallback : null, (repId) => (rep ?? repId) === repId && !silent.has(repId));
				return type === "text/html" ? { sources, agendas } : bodyOf(type, name, sources, agendas, told);
			});
			if (shown === null) {
				const why = (await portfolios.exists(name)) ? `portfolio ${name} has no published plan` : `no portfolio is called ${name}`;
				throw new CarteiraError("NOT_FOUND", why);
			}
			if (typeof shown === "object" && "agendas" in shown) return sendSheets(request, reply, shown.sources, shown.agendas);
			return sendTagged(request, reply, type, shown);
		},
	});

	app.route({
		method: "GET",
		url: "/v1/plans/:id/unplanned",
		config: { scope: "read" },
		schema: {
			operationId: "getUnplanned",
			summary: "Customers left out, and why",
			tags: ["agendas"],
			params: planParams,
			querystring: z.strictObject({ rep: id.optional() }),
			response: responses({ 200: unplannedView }, 404, 409),
		},
		handler: async (request, reply) => {
			const { store } = request.tenant;
			const plan = await store.getPlan(request.params.id);
			const texts = await store.unplannedOf(plan.id, request.query.rep);
			const body = jsonWithList({ id: plan.id, plan_id: plan.head?.plan_id }, "unplanned", texts);
			return reply.type("application/json; charset=utf-8").send(body);
		},
	});
}
