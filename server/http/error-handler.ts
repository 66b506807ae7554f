import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { HttpError, problemOf } from "./problem.ts";

/** Seconds after which a client that was turned away for load may come back. */
export const RETRY_AFTER_SECONDS = 5;

/** Sends an error as problem+json. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
	const problem = problemOf(error, request.id);
	if (["INTERNAL", "STORAGE_FAILED"].includes(problem.code)) request.log.error({ err: error, traceId: request.id }, "request failed");
	if ([429, 503, 507].includes(problem.status) && !reply.hasHeader("retry-after")) void reply.header("retry-after", RETRY_AFTER_SECONDS);
	void reply.code(problem.status).type("application/problem+json").serializer(JSON.stringify).send(problem);
}

/** Every error of the service leaves as problem+json. */
export function registerErrorHandler(app: FastifyInstance): void {
	app.setErrorHandler(answerError);
	app.setNotFoundHandler((request, reply) => {
		answerError(new HttpError("UNKNOWN_ROUTE", `the API has no ${request.method} ${request.url.split("?")[0]}`), request, reply);
	});
}
