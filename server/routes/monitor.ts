import { z } from "zod";
import {
	CarteiraError,
	type DistantMonitor,
	FIGURE_IDS,
	FIGURES,
	type Grouping,
	GROUPINGS,
	monitorCustomers,
	monitorDocument,
	parseDay,
} from "../../engine/index.ts";
import { monitorPage } from "../pages/monitor-page.ts";
import { todayIn } from "../daily/today.ts";
import { askedDate, id, planParams, portfolioParams, responses } from "../schemas/common.ts";
import { documentOrPage, languageQuery, linksOf, sendPage, wantsPage } from "../http/send-page.ts";
import type { Services } from "../services.ts";
import { planOf, storedPlan } from "../subjects.ts";
import type { Tenant } from "../tenants.ts";
import type { App } from "../app-type.ts";

const MAX_CUSTOMERS = 1000;
const CUSTOMERS = 100;

const only = Object.fromEntries(
	GROUPINGS.map((by) => [by, id.optional().meta({ description: `only the customers of this ${by}` })]),
) as Readonly<Record<Grouping, z.ZodOptional<z.ZodString>>>;

const askedLook = {
	as_of: askedDate
		.optional()
		.meta({ description: "only what is dated before it counts; default: the published plan's, else today where the company is" }),
	plan: planParams.shape.id
		.or(z.literal("none"))
		.optional()
		.meta({ description: "id of the plan looked at; default: the published one where it reaches as_of; none: without" }),
	...only,
	by: z.enum(GROUPINGS).optional().meta({ description: "figures of each group too; nothing to the customers behind one" }),
	language: languageQuery,
};
const monitorQuery = z.strictObject(askedLook);

const CELLS = [...new Set(FIGURE_IDS.flatMap((figure) => FIGURES[figure].cells))];
const cellNames = Object.fromEntries(CELLS.map((name) => [name, z.string().max(256).optional()]));
const drillQuery = z.strictObject({
	...askedLook,
	...cellNames,
	after: z.coerce
		.number()
		.int()
		.min(0)
		.max(100_000_000)
		.default(0)
		.meta({ description: "customers passed over: the last page's next_after" }),
	limit: z.coerce.number().int().min(1).max(MAX_CUSTOMERS).default(CUSTOMERS),
});
const drillParams = z.strictObject({
	portfolio: portfolioParams.shape.portfolio,
	figure: z
		.string()
		.max(64)
		.meta({ enum: [...FIGURE_IDS] }),
});

type Look = { readonly as_of?: string | undefined; readonly plan?: string | undefined } & Readonly<
	Partial<Record<Grouping, string | undefined>>
>;

/** Management figures and the customers behind them. */
export function registerMonitorRoutes(app: App, services: Services): void {
	const look = async (tenant: Tenant, name: string, query: Look): Promise<DistantMonitor> => {
		const { snapshot } = await tenant.portfolios.read(name);
		const published = await tenant.store.publishedPlan(name);
		const asOf = query.as_of ?? published?.order.as_of ?? (await todayIn(services, tenant, name));
		const asked = query.plan === "none" || query.plan === undefined ? null : await planOf(tenant, name, query.plan);
		const usual = query.plan === undefined && published?.head && published.head.horizon.to >= asOf ? published : null;
		const plan = asked ?? usual?.id ?? null;
		return services.engine.monitorSnapshot(snapshot, { asOf: parseDay(asOf), plan: plan === null ? null : await storedPlan(tenant, plan) });
	};

	app.route({
		method: "GET",
		url: "/v1/portfolios/:portfolio/monitor",
		config: { scope: "read" },
		schema: {
			operationId: "getMonitor",
			summary: "Management figures",
			description: "Phases, flows, coverage, cadence debt, positivation and its breaks, objections, collections, load, targets.",
			tags: ["management"],
			params: portfolioParams,
			querystring: monitorQuery,
			response: responses(documentOrPage(monitorDocument, "the figures, as JSON or a page by Accept"), 404, 406, 409, 422),
		},
		handler: async (request, reply) => {
			const isPage = wantsPage(request);
			const { by, language: asked } = request.query;
			const { portfolio } = request.params;
			const monitor = await look(request.tenant, portfolio, request.query);
			const document = await monitor.document({ ...(by && { by }), ...scopeOf(request.query) });
			if (!isPage) return document;
			const { currency, language } = document;
			const order = { currency, language, asked, links: linksOf(portfolio, "monitor", request.query) };
			return sendPage(request, reply, order, (speech, links) => monitorPage(speech, document, links));
		},
	});

	app.route({
		method: "GET",
		url: "/v1/portfolios/:portfolio/monitor/:figure/customers",
		config: { scope: "read" },
		schema: {
			operationId: "listMonitorCustomers",
			summary: "The customers behind a figure",
			description: "Those that add most to its first measure first. Cells of the figure, such as phase, narrow it down.",
			tags: ["management"],
			params: drillParams,
			querystring: drillQuery,
			response: responses({ 200: monitorCustomers }, 404, 409, 422),
		},
		handler: async (request) => {
			const { figure: named, portfolio } = request.params;
			const figure = FIGURE_IDS.find((id) => id === named);
			if (figure === undefined) throw new CarteiraError("NOT_FOUND", `no figure ${named}; expected one of ${FIGURE_IDS.join(", ")}`);
			const { after, limit } = request.query;
			const asked: Readonly<Record<string, unknown>> = request.query;
			const own: readonly string[] = FIGURES[figure].cells;
			const given = CELLS.filter((name) => asked[name] !== undefined);
			const alien = given.filter((name) => !own.includes(name));
			if (alien.length > 0)
				throw new CarteiraError("INVALID_INPUT", `${figure} has no cell ${alien.join(", ")}; expected among ${own.join(", ")}`);
			const monitor = await look(request.tenant, portfolio, request.query);
			const cell = Object.fromEntries(given.map((name) => [name, String(asked[name])]));
			return monitor.customers(figure, { cell, after, limit, ...scopeOf(request.query) });
		},
	});
}

/** The one group asked for. INVALID_INPUT for several. */
function scopeOf(query: Look): { readonly only?: { readonly by: Grouping; readonly key: string } } {
	const asked = GROUPINGS.flatMap((by) => (query[by] === undefined ? [] : [{ by, key: query[by] }]));
	if (asked.length > 1)
		throw new CarteiraError(
			"INVALID_INPUT",
			`${asked.map(({ by }) => by).join(" and ")} were given; expected one of ${GROUPINGS.join(", ")}`,
		);
	return asked.length === 0 ? {} : { only: asked[0] };
}
