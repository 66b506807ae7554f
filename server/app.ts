import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import fastify, { type FastifyBaseLogger, type FastifyRequest, LogController } from "fastify";
import { type ZodTypeProvider, serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { guardAccess } from "./http/access.ts";
import { keepAudit } from "./http/audit-log.ts";
import { answerError, registerErrorHandler } from "./http/error-handler.ts";
import { createHttpServer } from "./http/http-server.ts";
import { readJsonBodies } from "./http/json-bodies.ts";
import { registerOpenApi } from "./http/openapi.ts";
import { answerProtocolError } from "./http/protocol-errors.ts";
import { registerAgendaRoutes } from "./routes/agendas.ts";
import { registerCalendarRoutes } from "./routes/calendars.ts";
import { registerChangeRoutes } from "./routes/changes.ts";
import { registerContactRuleRoutes } from "./routes/contact-rules.ts";
import { registerDailyRoutes } from "./routes/daily.ts";
import { registerDecisionRoutes } from "./routes/decisions.ts";
import type { App } from "./app-type.ts";
import { registerErasureRoute } from "./routes/erasures.ts";
import { registerExplanationRoute } from "./routes/explanations.ts";
import { registerForecastRoutes } from "./routes/forecasts.ts";
import { registerModelRoutes } from "./routes/models.ts";
import { registerMonitorRoutes } from "./routes/monitor.ts";
import { registerPlanEventRoutes } from "./routes/plan-events.ts";
import { registerPlanRoutes } from "./routes/plans.ts";
import { registerPortfolioRoutes } from "./routes/portfolios.ts";
import { registerRecordRoutes } from "./routes/records.ts";
import { registerReviewRoutes } from "./routes/reviews.ts";
import { registerServiceRoutes } from "./routes/service.ts";
import { registerSyncRoutes } from "./routes/syncs.ts";
import { registerTableRoutes } from "./routes/tables.ts";
import { registerWebhookRoutes } from "./routes/webhooks.ts";
import type { Services } from "./services.ts";
import { shedLoad } from "./http/shed-load.ts";
import { traceRequest, traceRequests } from "./tracing.ts";

/** Milliseconds that a handler may take unless its route says. */
const HANDLER_TIMEOUT = 120_000;
/** Milliseconds that clients have to finish when the service ends; idle connections end at once. */
const DRAIN = 5000;

/** Builds the HTTP application over its services; it never listens by itself. */
export async function buildApp(services: Services): Promise<App> {
	const { config } = services;
	const log: FastifyBaseLogger = services.log;
	const shed = shedLoad(config.limits, () => services.metrics.countRefused());
	const app: App = fastify({
		loggerInstance: log,
		genReqId: traceRequest,
		logController: new LogController({ requestIdLogLabel: "trace_id" }),
		bodyLimit: config.limits.max_json_bytes,
		handlerTimeout: HANDLER_TIMEOUT,
		forceCloseConnections: "idle",
		serverFactory: (answer) => createHttpServer(shed(answer)),
		clientErrorHandler: answerProtocolError,
		frameworkErrors: answerError, // of paths that cannot be decoded, which no route sees
		routerOptions: { maxParamLength: 300 },
	}).withTypeProvider<ZodTypeProvider>();
	app.setValidatorCompiler(validatorCompiler);
	app.setSerializerCompiler(serializerCompiler);
	registerErrorHandler(app);
	readJsonBodies(app);
	app.addHook("preClose", async () => void setTimeout(() => app.server.closeAllConnections(), DRAIN).unref());
	traceRequests(app);
	guardAccess(app, services);
	keepAudit(app, services);
	services.metrics.watch(app);
	// The pages of /docs bring a policy of their own; every other answer is data.
	app.addHook("onRoute", (route) => {
		if (!route.url.startsWith("/docs")) return;
		route.helmet = { contentSecurityPolicy: false, strictTransportSecurity: false };
		route.config = { ...route.config, scope: "none" };
	});
	await app.register(helmet, {
		contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
		strictTransportSecurity: false,
	});
	await app.register(rateLimit, {
		max: config.limits.requests_per_minute,
		timeWindow: "1 minute",
		keyGenerator: (request: FastifyRequest) => request.caller?.keyId ?? request.ip,
	});
	await registerOpenApi(app);
	await app.register(async (scope) => {
		const typed = scope.withTypeProvider<ZodTypeProvider>();
		registerServiceRoutes(typed, services);
		registerPortfolioRoutes(typed, services);
		registerPlanRoutes(typed, services);
		registerPlanEventRoutes(typed, services);
		registerAgendaRoutes(typed, services);
		registerCalendarRoutes(typed, services);
		registerExplanationRoute(typed, services);
		registerModelRoutes(typed, services);
		registerRecordRoutes(typed, services);
		registerSyncRoutes(typed, services);
		registerDecisionRoutes(typed, services);
		registerContactRuleRoutes(typed, services);
		registerErasureRoute(typed, services);
		registerChangeRoutes(typed, services);
		registerForecastRoutes(typed, services);
		registerMonitorRoutes(typed, services);
		registerReviewRoutes(typed);
		registerDailyRoutes(typed, services);
		registerWebhookRoutes(typed, services);
	});
	await app.register(async (scope) => registerTableRoutes(scope.withTypeProvider<ZodTypeProvider>(), services));
	return app;
}
