import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { negotiate } from "./media.ts";
import { type Links, PAGE_POLICY } from "../pages/frame.ts";
import { chooseLanguage, createSpeech, LANGUAGES, type Speech } from "../pages/speech.ts";

/** Field of a query that asks for a page's language. */
export const languageQuery = z.enum(LANGUAGES).optional().meta({ description: "of the page; default: Accept-Language, else the policy's" });

/** The answer of a route that is a document for programs and a page for people. */
export const documentOrPage = (schema: z.ZodType, description: string): Readonly<Record<number, object>> => ({
	200: { description, content: { "application/json": { schema }, "text/html": { schema: z.string() } } },
});

/** Is a page asked for, rather than the document? 406 where the client takes neither. */
export function wantsPage(request: FastifyRequest): boolean {
	return negotiate(request.headers.accept, ["application/json", "text/html"]) === "text/html";
}

interface PageOrder {
	readonly currency: string;
	/** The policy's. */
	readonly language?: string | undefined;
	readonly asked: string | undefined;
	readonly links: Links;
}

/** Sends a page in the language that its reader prefers. */
export async function sendPage(
	request: FastifyRequest,
	reply: FastifyReply,
	{ currency, language = "pt-BR", asked, links }: PageOrder,
	render: (speech: Speech, links: Links) => Promise<string>,
): Promise<FastifyReply> {
	const speech = createSpeech(chooseLanguage(asked, request.headers["accept-language"], language), currency);
	const page = await render(speech, links);
	void reply.header("content-security-policy", `${PAGE_POLICY}; frame-ancestors 'none'`);
	void reply
		.header("vary", "accept, accept-language")
		.header("cache-control", "private, no-cache")
		.header("content-language", speech.language);
	return reply.type("text/html; charset=utf-8").send(page);
}

const PAGES = [
	{ id: "monitor", told: { pt: "Monitor", en: "Monitor" } },
	{ id: "forecast", told: { pt: "Previsão", en: "Forecast" } },
	{ id: "reviews", told: { pt: "Revisão do mês", en: "Monthly review" } },
] as const;

/** Fields of a query that mean the same on every page of a portfolio. */
const KEPT = ["as_of", "plan", "language"] as const;

/** Links between the pages of a portfolio. `here`: the page they stand on; its query goes on with them. */
export function linksOf(portfolio: string, here: (typeof PAGES)[number]["id"], query: Readonly<Record<string, unknown>>): Links {
	const root = `/v1/portfolios/${portfolio}`;
	const search = (fields: Readonly<Record<string, unknown>>): string => {
		const given = new URLSearchParams();
		for (const [name, value] of Object.entries(fields))
			if (typeof value === "string" || typeof value === "number") given.set(name, String(value));
		return given.size > 0 ? `?${given.toString()}` : "";
	};
	const kept = Object.fromEntries(KEPT.map((name) => [name, query[name] === "none" ? undefined : query[name]])); // only the monitor knows no plan
	const month = typeof query.month === "string" ? query.month : null;
	const pathOf = (id: string): string => (id === "reviews" ? `${root}/reviews/${month ?? monthBefore(query.as_of)}` : `${root}/${id}`);
	const own = Object.fromEntries(Object.entries(query).filter(([name]) => name !== "month"));
	return {
		language: (language) => `${pathOf(here)}${search({ ...own, language })}`,
		pages: PAGES.map(({ id, told }) => ({
			told,
			href: `${pathOf(id)}${search(id === here ? own : id === "reviews" ? { language: query.language } : kept)}`,
			isHere: id === here,
		})),
		customers: (figure, cells) => `${root}/monitor/${figure}/customers${search({ ...own, ...cells })}`,
	};
}

/** The month before a date's, `YYYY-MM`: the last that is over. */
function monthBefore(asOf: unknown): string {
	const date = typeof asOf === "string" ? new Date(`${asOf}T00:00:00Z`) : new Date();
	return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);
}
