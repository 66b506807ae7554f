import { type Desk, type PlanDocument } from "../engine/index.ts";
import type { Services } from "./services.ts";
import type { Tenant } from "./tenants.ts";

/** A plan with the desk at which it is decided about. */
export interface OpenDesk {
	readonly id: string;
	readonly portfolio: string;
	readonly plan: PlanDocument;
	readonly desk: Desk;
}

/** Desks kept open: each holds its portfolio and the plan's scores in memory. */
const MOST_DESKS = 2;
const MOST_PLANS = 4;

/** Opens desks for stored plans and keeps the last ones: the first decision about a plan reads its inputs, later ones do not. */
export function createDesks({ engine }: Pick<Services, "engine">): (tenant: Tenant, id: string) => Promise<OpenDesk> {
	const desks = new Map<string, Promise<Desk>>();
	const plans = new Map<string, Promise<PlanDocument>>();
	return async ({ name, store, portfolios }, given) => {
		const { id, order } = await store.getPlan(given);
		const plan = await keep(plans, `${name} ${id}`, MOST_PLANS, () => store.readPlan(id));
		const { portfolio } = await portfolios.read(order.portfolio);
		const priced = plan.receipt.published;
		const key = JSON.stringify([name, portfolio.digest, plan.as_of, plan.receipt.policy_digest, plan.receipt.model, priced]);
		const desk = await keep(desks, key, MOST_DESKS, async () =>
			engine.desk(portfolio, plan, priced === null ? undefined : await store.readPlan((await store.getPlan(priced)).id)),
		);
		return { id, portfolio: order.portfolio, plan, desk };
	};
}

/** The value of a key, made once; what failed is forgotten, and so is the oldest of too many. */
function keep<Value>(kept: Map<string, Promise<Value>>, key: string, most: number, make: () => Promise<Value>): Promise<Value> {
	const found = kept.get(key);
	if (found) return found;
	const made = make();
	kept.set(key, made);
	made.catch(() => kept.delete(key));
	for (const oldest of kept.keys()) {
		if (kept.size <= most) break;
		kept.delete(oldest);
	}
	return made;
}
