import type { App } from "./routes/app-type.ts";
import { pathOf } from "./request-path.ts";
import type { Services } from "./services.ts";

const READS = ["GET", "HEAD", "OPTIONS"];

/** Notes who asked for which change and what came of it, before the answer leaves. */
export function keepAudit(app: App, { audit, log }: Services): void {
	app.addHook("onSend", async (request, reply) => {
		const { caller } = request;
		if (READS.includes(request.method) || request.is404 || caller === null) return;
		const entry = {
			tenant: caller.tenant.name,
			at: new Date().toISOString(),
			keyId: caller.keyId,
			method: request.method,
			path: pathOf(request),
			status: reply.statusCode,
			traceId: request.id,
		};
		// What was done is done: a log that cannot be written does not undo the answer.
		await audit.write(entry).catch((error: unknown) => log.error({ err: error, entry }, "the audit log could not be written"));
	});
}
