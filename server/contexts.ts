import type { Engine, PlanContext, PlanRequest } from "../engine/index.ts";
import type { Tenant } from "./tenants.ts";

/** Scores and classification of portfolios on demand. */
export interface Contexts {
	/** Those of a portfolio as it now stands, at a day. */
	get(tenant: Tenant, name: string, asOf: PlanRequest["asOf"]): Promise<PlanContext>;
}

/** Keeps the last context made, since questions about one portfolio come together. */
export function createContexts(engine: Engine): Contexts {
	let last: { readonly key: string; readonly context: Promise<PlanContext> } | null = null;
	return {
		async get(tenant, name, asOf) {
			const { version, portfolio } = await tenant.portfolios.read(name);
			const key = `${tenant.name} ${name} ${version} ${asOf}`;
			if (last?.key === key) return last.context;
			const context = engine.score(portfolio, { asOf });
			last = { key, context };
			context.catch(() => {
				if (last?.key === key) last = null;
			});
			return context;
		},
	};
}
