import type { FastifyReply, FastifyRequest } from "fastify";
import { isLoopbackHost } from "../config.ts";
import { HttpError } from "./problem.ts";
import type { App } from "../app-type.ts";
import type { Services } from "../services.ts";
import type { Keys, Scope } from "../store/keys.ts";
import type { Tenant } from "../tenants.ts";

declare module "fastify" {
	interface FastifyContextConfig {
		/** What a key must be allowed for this route; `none` for what anyone may know. A route that does not say is for `admin`. */
		readonly scope?: Scope | "none";
		/** May the token of a calendar, in the address, stand for a key? */
		readonly takesCalendarToken?: boolean;
	}
	interface FastifyRequest {
		/** Who calls; null before that is known, and on routes of scope `none`. */
		caller: Caller | null;
		/** Whose rows and files the request is about. */
		readonly tenant: Tenant;
	}
}

export interface Caller {
	readonly tenant: Tenant;
	/** The key, or the calendar's token, that was sent; null where none is needed. */
	readonly keyId: string | null;
}

/** Milliseconds for which it is believed that there is no key yet. */
const BELIEVED = 1000;

/** Was a key ever made? Once there was one the answer does not change; while the database is away the last answer holds. */
function createKeyWatch(keys: Keys): () => Promise<boolean> {
	let last: { readonly at: number; readonly hasKeys: boolean } | null = null;
	return async () => {
		if (last !== null && (last.hasKeys || Date.now() - last.at < BELIEVED)) return last.hasKeys;
		const known = last?.hasKeys;
		const hasKeys = await keys.any().catch((error: unknown) => {
			if (known === undefined) throw error;
			return known;
		});
		last = { at: Date.now(), hasKeys };
		return hasKeys;
	};
}

/**
 * Without keys, whoever is on this machine may call; a web page that is open on it may not. A page of another site is known by its
 * Origin, one that had its own name pointed here by the Host that it asks for.
 */
function refuseOtherSites({ headers }: FastifyRequest): void {
	if (!isLoopbackHost(headers.host)) throw new HttpError("FORBIDDEN", `the host ${headers.host} is not this machine`);
	const origin = headers.origin;
	if (origin === undefined) return;
	const host = URL.canParse(origin) ? new URL(origin).host : "";
	if (host !== headers.host) throw new HttpError("FORBIDDEN", `pages of ${origin} may not call this service`);
}

/** The key of an Authorization header (RFC 6750). */
function bearerOf({ headers }: FastifyRequest): string {
	const match = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "");
	if (!match) throw new HttpError("UNAUTHORIZED", "send a key as Authorization: Bearer <key>");
	return match[1];
}

/** The token of a calendar that stands in the address of a request without a key. */
function calendarTokenIn({ headers, query, routeOptions }: FastifyRequest): string | null {
	if (routeOptions.config.takesCalendarToken !== true || headers.authorization !== undefined) return null;
	const token = (query as { readonly token?: unknown }).token;
	return typeof token === "string" ? token : null;
}

/** Lets a request in as the tenant of its key, or refuses it before its body is read. */
export function guardAccess(app: App, { keys, calendarTokens, tenants }: Services): void {
	const hasKeys = createKeyWatch(keys);
	app.decorateRequest("caller", null);
	app.decorateRequest("tenant", {
		getter() {
			if (this.caller === null) throw new Error(`${this.routeOptions.url} is open to all: it has no tenant`);
			return this.caller.tenant;
		},
	});
	app.addHook("onRoute", (route) => {
		const scope = route.config?.scope ?? "admin";
		const others = route.config?.takesCalendarToken === true ? [{ calendarToken: [] }] : [];
		route.schema = { ...route.schema, security: scope === "none" ? [] : [{ key: [scope] }, ...others] };
	});
	/** Whoever holds the token of the calendar that is asked for; no other calendar's opens it. */
	async function holderOf({ params }: FastifyRequest, text: string): Promise<Caller> {
		const { portfolio, rep } = params as { readonly portfolio?: string; readonly rep?: string };
		const token = await calendarTokens.find(text);
		if (token === null || token.portfolio !== portfolio || token.rep !== rep)
			throw new HttpError("UNAUTHORIZED", "the token is unknown, renewed, revoked, or another calendar's");
		return { tenant: await tenants.get(token.tenant), keyId: token.id };
	}
	app.addHook("onRequest", async (request: FastifyRequest, reply: FastifyReply) => {
		if (request.headers.host === undefined) throw new HttpError("MALFORMED", "the Host header is missing");
		const scope = request.routeOptions.config.scope ?? "admin";
		const isOpen = !(await hasKeys());
		if (isOpen) refuseOtherSites(request);
		const token = calendarTokenIn(request);
		if (token !== null) {
			request.caller = await holderOf(request, token);
			return;
		}
		if (isOpen) {
			request.caller = { tenant: tenants.ofThisMachine, keyId: null };
			return;
		}
		if (scope === "none" || request.is404) return;
		void reply.header("www-authenticate", "Bearer");
		const key = await keys.find(bearerOf(request));
		if (key === null) throw new HttpError("UNAUTHORIZED", "the key is unknown, expired or revoked");
		reply.removeHeader("www-authenticate");
		if (!key.scopes.includes(scope) && !key.scopes.includes("admin"))
			throw new HttpError("FORBIDDEN", `this call needs a key with the scope ${scope}; this one has ${key.scopes.join(", ")}`);
		request.caller = { tenant: await tenants.get(key.tenant), keyId: key.id };
	});
}
