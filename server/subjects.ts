import { CarteiraError, type StoredPlan, type Subject } from "../engine/index.ts";
import type { PlanOrder } from "./store/store.ts";
import type { Tenant } from "./tenants.ts";

/** The id of a plan that is asked for beside a portfolio. INVALID_INPUT for one of another portfolio; throws as the store's `getPlan`. */
export async function planOf({ store }: Tenant, portfolio: string, given: string): Promise<string> {
	const { id, order } = await store.getPlan(given);
	if (order.portfolio === portfolio) return id;
	throw new CarteiraError("INVALID_INPUT", `plan ${given} is of the portfolio ${order.portfolio}; expected one of ${portfolio}`);
}

/** A finished plan as deciders read it. Throws as the store's `planFile`. */
export async function storedPlan({ store }: Tenant, id: string): Promise<StoredPlan> {
	const { order, head } = await store.getPlan(id);
	const [era, file] = [await store.eraOf(order.portfolio), await store.planFile(id)];
	if (head === null) throw new CarteiraError("INTERNAL", `plan ${id} has a file and no head`);
	return { plan_id: head.plan_id, file, era };
}

/** A stored plan as it is decided about: with the portfolio as it stands, and the plan to which changes were priced when it was made. */
export async function subjectOf(
	tenant: Tenant,
	given: string,
): Promise<{ readonly id: string; readonly order: PlanOrder; readonly subject: Subject }> {
	const { id, order, head } = await tenant.store.getPlan(given);
	const plan = await storedPlan(tenant, id);
	const { snapshot } = await tenant.portfolios.readAsItStands(order.portfolio);
	const priced = head?.receipt.published ?? null;
	const published = priced === null ? null : await storedPlan(tenant, priced);
	return { id, order, subject: { portfolio: { folder: snapshot.folder, sha: snapshot.sha }, plan, published } };
}
