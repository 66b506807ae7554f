import type { FastifyReply, FastifyRequest } from "fastify";
import { HttpError } from "./problem.ts";
import { pathOf } from "../request-path.ts";
import { isDuplicate } from "../store/database.ts";
import type { FirstAnswer, OnceKey, Store } from "../store/store.ts";

/**
 * Does the work of a request. With an `Idempotency-Key` at most once per route, key and body: later requests get the first answer.
 * The work remembers its answer under the key that it is given, in the transaction of its effect where there is one.
 */
export type Once = (
	request: FastifyRequest,
	bodyDigest: string,
	work: (key: OnceKey | null) => Promise<FirstAnswer>,
) => Promise<FirstAnswer>;

/** What a request is remembered by; null where it has no key. */
export function keyOf(request: FastifyRequest, fingerprint: string): OnceKey | null {
	const key = request.headers["idempotency-key"]?.toString();
	if (key === undefined) return null;
	if (key.length === 0 || key.length > 255) throw new HttpError("MALFORMED", "an Idempotency-Key has 1 to 255 characters");
	return { scope: `${request.method} ${pathOf(request)}`, key, fingerprint };
}

/** First answers kept in the store of the tenant; requests under way are known to this process only, which is the only one on the store. */
export function createOnce(): Once {
	const underWay = new Set<string>();
	return async (request, bodyDigest, work) => {
		const key = keyOf(request, bodyDigest);
		if (key === null) return work(null);
		const { name: tenant, store } = request.tenant;
		const name = `${tenant} ${key.scope} ${key.key}`;
		if (underWay.has(name)) throw new HttpError("IN_PROGRESS", `the first request with Idempotency-Key ${key.key} is not answered yet`);
		underWay.add(name);
		try {
			return (await store.findAnswer(key)) ?? (await workOnce(store, key, work));
		} finally {
			underWay.delete(name);
		}
	};
}

/** An answer that was stored after it was looked for, by a commit whose connection broke, is the first one. */
async function workOnce(store: Store, key: OnceKey, work: (key: OnceKey) => Promise<FirstAnswer>): Promise<FirstAnswer> {
	try {
		return await work(key);
	} catch (error) {
		const first = isDuplicate(error) ? await store.findAnswer(key) : null;
		if (first === null) throw error;
		return first;
	}
}

/** Sends an answer, first or repeated. */
export function sendAnswer(reply: FastifyReply, { status, location, body }: FirstAnswer): FastifyReply {
	if (location !== null) void reply.header("location", location);
	return reply.code(status).type("application/json; charset=utf-8").send(body);
}
