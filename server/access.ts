import type { FastifyReply, FastifyRequest } from "fastify";
import { isLoopbackHost } from "./config.ts";
import { HttpError } from "./problem.ts";
import type { App } from "./routes/app-type.ts";
import type { Services } from "./services.ts";
import type { Keys, Scope } from "./store/keys.ts";
import type { Tenant } from "./tenants.ts";

declare module "fastify" {
	interface FastifyContextConfig {
		/** What a key must be allowed for this route; `none` for what anyone may know. A route that does not say is for `admin`. */
		readonly scope?: Scope | "none";
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
	/** The key that was sent; null where none is needed. */
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

/** Lets a request in as the tenant of its key, or refuses it before its body is read. */
export function guardAccess(app: App, { keys, tenants }: Services): void {
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
		route.schema = { ...route.schema, security: scope === "none" ? [] : [{ key: [scope] }] };
	});
	app.addHook("onRequest", async (request: FastifyRequest, reply: FastifyReply) => {
		if (request.headers.host === undefined) throw new HttpError("MALFORMED", "the Host header is missing");
		const scope = request.routeOptions.config.scope ?? "admin";
		if (!(await hasKeys())) {
			refuseOtherSites(request);
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
