import { CarteiraError, type DayPlan, planningRules, recheckDay } from "../../engine/index.ts";
import { policyOf } from "../jobs/order-policy.ts";
import type { RunRecord } from "../store/run-rows.ts";
import type { Fallback, PlanOrder, Store, StoredAgenda } from "../store/store.ts";
import type { Tenant } from "../tenants.ts";

/** What is served in place of a run's plan: the day as earlier plans have it, less what may not stand on today's data. */
export async function makeFallback(
	{ store, portfolios }: Tenant,
	{ portfolio: name, date, plan }: Pick<RunRecord, "portfolio" | "date" | "plan">,
	why: Pick<Fallback, "code" | "detail">,
	now: number,
): Promise<Fallback> {
	const agendas = await store.publishedAgendas(name, { date });
	const plans = [...new Set(agendas.map(({ planId }) => planId))];
	const served = { ...why, since: new Date(now).toISOString(), plans };
	const days = agendas.map(({ repId, json }) => {
		const day: DayPlan = JSON.parse(json);
		return { rep_id: repId, day };
	});
	try {
		const { portfolio } = await portfolios.read(name);
		const policy = await policyOf(store, portfolio, await orderOf(store, name, date, plan));
		return { ...served, ...recheckDay(portfolio, days, planningRules(portfolio, { policy })), unchecked: null };
	} catch (error) {
		// An agenda that could not be checked is better than none, and says so.
		return { ...served, dropped: [], amended: [], unchecked: error instanceof Error ? error.message : String(error) };
	}
}

/** What the run was to plan: its policy holds for what is served instead, too. */
async function orderOf(
	store: Store,
	portfolio: string,
	as_of: string,
	plan: string,
): Promise<Pick<PlanOrder, "portfolio" | "as_of" | "policy">> {
	const none = { portfolio, as_of };
	try {
		return { ...none, policy: (await store.getPlan(plan)).order.policy };
	} catch (error) {
		if (error instanceof CarteiraError && error.code === "NOT_FOUND") return none; // it was discarded
		throw error;
	}
}

/** Stored agendas as a fallback serves them; those of plans published since are left as they are. */
export function amend(agendas: readonly StoredAgenda[], { plans, amended }: Fallback): StoredAgenda[] {
	const changed = new Map(amended.map((day) => [day.rep_id, day]));
	return agendas.map((agenda) => {
		const patch = plans.includes(agenda.planId) ? changed.get(agenda.repId) : undefined;
		if (!patch) return agenda;
		const day: DayPlan = JSON.parse(agenda.json);
		const { rep_id: _rep, entries: left, ...fields } = patch;
		const entries = left.flatMap((leg, index) => {
			const entry = day.entries.find(({ entry_id }) => entry_id === leg.entry_id);
			return entry ? [{ ...entry, ...leg, sequence: index + 1 }] : [];
		});
		return { ...agenda, json: JSON.stringify({ ...day, ...fields, entries }) };
	});
}
