import type { FastifyRequest } from "fastify";
import type { App } from "../app-type.ts";
import { pathOf } from "../request-path.ts";
import type { Services } from "../services.ts";
import type { AuditEntry } from "../store/audit.ts";

declare module "fastify" {
	interface FastifyRequest {
		/** Status with which the request was noted already, in the transaction of what it did; null where it was not. */
		auditedAs: number | null;
	}
}

const READS = ["GET", "HEAD", "OPTIONS"];

/** What the audit log says of a request. */
export function auditEntryOf(request: FastifyRequest, status: number): AuditEntry {
	return {
		tenant: request.tenant.name,
		at: new Date().toISOString(),
		keyId: request.caller?.keyId ?? null,
		method: request.method,
		path: pathOf(request),
		status,
		traceId: request.id,
	};
}

/** Notes who asked for which change and what came of it, before the answer leaves. */
export function keepAudit(app: App, { audit, log }: Services): void {
	app.decorateRequest("auditedAs", null);
	app.addHook("onSend", async (request, reply) => {
		if (READS.includes(request.method) || request.is404 || request.caller === null) return;
		if (request.auditedAs === reply.statusCode) return;
		const entry = auditEntryOf(request, reply.statusCode);
		// What was done is done: a log that cannot be written does not undo the answer.
		await audit.write(entry).catch((error: unknown) => log.error({ err: error, entry }, "the audit log could not be written"));
	});
}
