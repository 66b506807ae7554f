import { parseDay, validatePolicy } from "../engine/index.ts";
import { dateAt } from "./daily/occurrences.ts";
import type { Schedule } from "./schemas/daily.ts";
import type { Services } from "./services.ts";
import type { Tenant } from "./tenants.ts";

/** First and last day that can be asked for: a date beyond them is a slip, and calendars are worked out year by year. */
const FIRST = "1970-01-01";
const LAST = "2100-12-31";

/** What is expected of a day that is asked for. */
export const EXPECTED_DAY = `expected a date YYYY-MM-DD from ${FIRST} to ${LAST}`;

/** A day that can be asked for, as the engine counts days; NaN for any other text. */
export function parsePlanningDay(text: string): number {
	const day = parseDay(text);
	return day >= parseDay(FIRST) && day <= parseDay(LAST) ? day : Number.NaN;
}

/** Today's date where a company is, by the zone of its portfolio's schedule, else of its policy: what is meant where nobody says a day. */
export async function todayIn(
	{ daily, clock }: Pick<Services, "daily" | "clock">,
	{ name, portfolios }: Tenant,
	portfolio: string,
): Promise<string> {
	const schedule = await daily.rows.getSchedule(name, portfolio);
	if (schedule !== null) return dateAt(clock(), (schedule.body as Schedule).time_zone);
	const { manifest } = (await portfolios.read(portfolio)).snapshot;
	return dateAt(clock(), validatePolicy(JSON.parse(manifest.policy ?? "{}")).time_zone);
}
