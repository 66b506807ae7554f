import { join } from "node:path";
import { ALIASES, type Alias, CarteiraError } from "../../engine/index.ts";
import { listRegistry, moveAlias, readMetrics, type RegistryList, type Version } from "../../models/registry/registry.ts";
import { HttpError } from "../http/problem.ts";
import { responses } from "../schemas/common.ts";
import { aliasBody, aliasParams, modelsView, moveView } from "../schemas/models.ts";
import type { Services } from "../services.ts";
import type { Tenant } from "../tenants.ts";
import type { App } from "../app-type.ts";

const nameOf = ({ model }: Version): string | null => model?.split("@")[0] ?? null;
const moveOf = ({ move, at, alias, from, to }: RegistryList["moves"][number]): object => ({ move, at, alias, from, to });

function aliasOf(text: string): Alias {
	const alias = ALIASES.find((known) => known === text);
	if (alias === undefined) throw new CarteiraError("NOT_FOUND", `no role is called ${text}; there are ${ALIASES.join(", ")}`);
	return alias;
}

/** One registry serves all tenants, so whose keys are of another tenant than this machine's may look at it and not change it. */
function refuseOtherTenants({ tenants }: Services, tenant: Tenant): void {
	if (tenant.name !== tenants.ofThisMachine.name)
		throw new HttpError("FORBIDDEN", `models serve all tenants: their roles are given by the tenant ${tenants.ofThisMachine.name}`);
}

/** A champion is chosen on a portfolio, which takes minutes: over HTTP the role goes back to who had it, as after a bad promotion. */
function refuseUnjudged(alias: Alias, version: number | null, { moves }: RegistryList): void {
	if (alias !== "champion" || version === null) return;
	if (moves.some((move) => move.alias === "champion" && move.to === version)) return;
	throw new CarteiraError("CONFLICT", `version ${version} was never champion; \`carteira promote\` judges it against the present one`);
}

/** The registry of models in the data folder. */
export function registerModelRoutes(app: App, services: Services): void {
	const registry = join(services.config.dataDir, "models");

	app.route({
		method: "GET",
		url: "/v1/models",
		config: { scope: "read" },
		schema: {
			operationId: "listModels",
			summary: "The registry of models: versions with their roles and figures, and how the roles came about",
			tags: ["service"],
			response: responses({ 200: modelsView }),
		},
		handler: async () => {
			const list = await listRegistry(registry);
			const versions = list.versions.map((version) => ({
				version: version.version,
				name: nameOf(version),
				model: version.model,
				as_of: version.asOf,
				roles: version.roles,
				fault: version.fault === undefined ? null : "it is no model of this engine",
				metrics: readMetrics(registry, version.version),
			}));
			return { versions, moves: list.moves.map(moveOf) };
		},
	});

	app.route({
		method: "POST",
		url: "/v1/models/:name/aliases/:alias",
		config: { scope: "admin" },
		schema: {
			operationId: "moveModelAlias",
			summary: "Give a version a role",
			description:
				"The champion plans from the service's next start. A version that was never champion becomes it by `carteira promote` alone.",
			tags: ["service"],
			params: aliasParams,
			body: aliasBody,
			response: responses({ 200: moveView }, 404, 409, 413, 415, 422),
		},
		handler: async (request) => {
			const alias = aliasOf(request.params.alias);
			const { name } = request.params;
			const { version } = request.body;
			refuseOtherTenants(services, request.tenant);
			const list = await listRegistry(registry);
			const named = list.versions.filter((known) => nameOf(known) === name);
			if (named.length === 0) throw new CarteiraError("NOT_FOUND", `the registry has no model called ${name}`);
			if (version !== null && !named.some((known) => known.version === version))
				throw new CarteiraError("NOT_FOUND", `no version ${version} is called ${name}`);
			refuseUnjudged(alias, version, list);
			return moveOf(moveAlias(registry, alias, version));
		},
	});
}
