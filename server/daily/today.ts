import { validatePolicy } from "../../engine/index.ts";
import type { Schedule } from "../schemas/daily.ts";
import type { Tenant } from "../tenants.ts";
import type { DailyRuns } from "./daily-runs.ts";
import { dateAt } from "./occurrences.ts";

/** Today's date where a company is, by the zone of its portfolio's schedule, else of its policy: what is meant where nobody says a day. */
export async function todayIn(
	{ daily, clock }: { readonly daily: Pick<DailyRuns, "rows">; readonly clock: () => number },
	{ name, portfolios }: Tenant,
	portfolio: string,
): Promise<string> {
	const schedule = await daily.rows.getSchedule(name, portfolio);
	if (schedule !== null) return dateAt(clock(), (schedule.body as Schedule).time_zone);
	const { manifest } = (await portfolios.read(portfolio)).snapshot;
	return dateAt(clock(), validatePolicy(JSON.parse(manifest.policy ?? "{}")).time_zone);
}
