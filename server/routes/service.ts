import { CarteiraError, ENGINE } from "../../engine/index.ts";
import { createReadinessCheck } from "../readiness.ts";
import { responses } from "../schemas/common.ts";
import { healthView, limitsView, readyView } from "../schemas/service.ts";
import type { Services } from "../services.ts";
import type { App } from "../app-type.ts";

/** Calls about the service itself. */
export function registerServiceRoutes(app: App, { config, engine, log, plans }: Services): void {
	const checkReady = createReadinessCheck(engine, config.dataDir, () => plans.isMaking());

	app.route({
		method: "GET",
		url: "/v1/limits",
		config: { scope: "read" },
		schema: {
			operationId: "getLimits",
			summary: "Every limit of the service",
			tags: ["service"],
			response: responses({ 200: limitsView }),
		},
		handler: async () => config.limits,
	});

	app.route({
		method: "GET",
		url: "/healthz",
		config: { rateLimit: false, scope: "none" },
		schema: { operationId: "getHealth", summary: "Alive", tags: ["service"], response: responses({ 200: healthView }) },
		handler: async () => ({ status: "ok" }),
	});

	app.route({
		method: "GET",
		url: "/readyz",
		config: { rateLimit: false, scope: "none" },
		schema: {
			operationId: "getReadiness",
			summary: "Ready: a problem of three customers is planned",
			tags: ["service"],
			response: responses({ 200: readyView }),
		},
		handler: async () => {
			try {
				await checkReady();
			} catch (error) {
				log.error({ err: error }, "not ready");
				throw new CarteiraError("BUSY", "the service cannot plan; its log has the cause");
			}
			return { status: "ready", engine: ENGINE };
		},
	});
}
