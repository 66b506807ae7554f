import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import fastify, { type FastifyBaseLogger, type FastifyRequest } from "fastify";
import { type ZodTypeProvider, serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { isLoopbackHost } from "./config.ts";
import { answerError, registerErrorHandler } from "./error-handler.ts";
import { registerOpenApi } from "./openapi.ts";
import { answerProtocolError, refuseExpectations } from "./protocol-errors.ts";
import { HttpError } from "./problem.ts";
import { registerAgendaRoutes } from "./routes/agendas.ts";
import { registerDecisionRoutes } from "./routes/decisions.ts";
import type { App } from "./routes/app-type.ts";
import { registerPlanRoutes } from "./routes/plans.ts";
import { registerPortfolioRoutes } from "./routes/portfolios.ts";
import { registerServiceRoutes } from "./routes/service.ts";
import { registerTableRoutes } from "./routes/tables.ts";
import type { Services } from "./services.ts";

/** Milliseconds for which a connection may be silent, a whole request may take to arrive, and a handler may take. */
const CONNECTION_TIMEOUT = 120_000;
const REQUEST_TIMEOUT = 900_000;
const HANDLER_TIMEOUT = 900_000;

/** The trace id of a W3C `traceparent`, else a new one. */
function traceIdOf({ headers }: IncomingMessage): string {
	const given = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(headers.traceparent?.toString() ?? "");
	return given?.[1] ?? randomBytes(16).toString("hex");
}

/**
 * Without keys, whoever is on this machine may call; a web page that is open on it may not. A page of another site is known by its
 * Origin, one that had its own name pointed here by the Host that it asks for.
 */
async function refuseOtherSites({ headers }: FastifyRequest): Promise<void> {
	if (headers.host === undefined) throw new HttpError("MALFORMED", "the Host header is missing");
	if (!isLoopbackHost(headers.host)) throw new HttpError("FORBIDDEN", `the host ${headers.host} is not this machine`);
	const origin = headers.origin;
	if (origin === undefined) return;
	const host = URL.canParse(origin) ? new URL(origin).host : "";
	if (host !== headers.host) throw new HttpError("FORBIDDEN", `pages of ${origin} may not call this service`);
}

/** Builds the HTTP application over its services; it never listens by itself. */
export async function buildApp(services: Services): Promise<App> {
	const { config } = services;
	const log: FastifyBaseLogger = services.log;
	const app: App = fastify({
		loggerInstance: log,
		genReqId: traceIdOf,
		bodyLimit: config.limits.max_json_bytes,
		connectionTimeout: CONNECTION_TIMEOUT,
		requestTimeout: REQUEST_TIMEOUT,
		handlerTimeout: HANDLER_TIMEOUT,
		forceCloseConnections: true,
		http: { requireHostHeader: false }, // which is refused below, in this service's own form
		clientErrorHandler: answerProtocolError,
		frameworkErrors: answerError, // of paths that cannot be decoded, which no route sees
		routerOptions: { maxParamLength: 300 },
	}).withTypeProvider<ZodTypeProvider>();
	app.setValidatorCompiler(validatorCompiler);
	app.setSerializerCompiler(serializerCompiler);
	registerErrorHandler(app);
	refuseExpectations(app.server);
	app.addHook("onRequest", refuseOtherSites);
	// The pages of /docs bring a policy of their own; every other answer is data.
	app.addHook("onRoute", (route) => {
		if (route.url.startsWith("/docs")) route.helmet = { contentSecurityPolicy: false, strictTransportSecurity: false };
	});
	await app.register(helmet, {
		contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
		strictTransportSecurity: false,
	});
	await app.register(rateLimit, { max: config.limits.requests_per_minute, timeWindow: "1 minute" });
	await registerOpenApi(app);
	await app.register(async (scope) => {
		const typed = scope.withTypeProvider<ZodTypeProvider>();
		registerServiceRoutes(typed, services);
		registerPortfolioRoutes(typed, services);
		registerPlanRoutes(typed, services);
		registerAgendaRoutes(typed, services);
		registerDecisionRoutes(typed, services);
	});
	await app.register(async (scope) => registerTableRoutes(scope.withTypeProvider<ZodTypeProvider>(), services));
	return app;
}
