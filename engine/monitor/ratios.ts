import { type Day, formatDay } from "../units.ts";
import type { MonitorGroup } from "./monitor-document.ts";

const SECONDS_AN_HOUR = 3600;

/** Shares and rates of a group's rows. */
export function ratiosOf({ coverage, positivation, productivity }: MonitorGroup["figures"], asOf: Day): MonitorGroup["ratios"] {
	const month = formatDay(asOf).slice(0, 7);
	const running = positivation.filter((row) => row.month === month);
	const positivated = running.filter(({ state }) => state === "positivated");
	const served = coverage.filter(({ service }) => service !== "not_served");
	const covered = served.filter(({ service }) => service === "on_time" || service === "due");
	const count = ({ customers }: { readonly customers: number }): number => customers;
	return {
		coverage: share(total(covered, count), total(served, count)),
		positivation: share(total(positivated, count), total(running, count)),
		mix: share(
			total(positivated, ({ products }) => products),
			total(positivated, count),
		),
		reach: share(
			total(productivity, ({ reached }) => reached),
			total(productivity, ({ contacts }) => contacts),
		),
		conversion: share(
			total(productivity, ({ orders }) => orders),
			total(productivity, ({ reached }) => reached),
		),
		value_cents_an_hour: share(
			total(productivity, ({ value_cents: value }) => value),
			total(productivity, ({ seconds }) => seconds) / SECONDS_AN_HOUR,
		),
	};
}

function total<T>(rows: readonly T[], of: (row: T) => number): number {
	return rows.reduce((sum, row) => sum + of(row), 0);
}

/** Four decimals; null of nothing. */
function share(part: number, whole: number): number | null {
	return whole > 0 ? Math.round((10_000 * part) / whole) / 10_000 : null;
}
