import type { Portfolio, Table, TextColumn } from "../portfolio/portfolio.ts";
import { parseHours } from "../portfolio/calendar/calendar.ts";
import { formatTime, SECONDS_PER_DAY, type Seconds } from "../units.ts";

/** One row of a table with some cells as they might be. */
export interface Supposed {
	readonly table: "reps" | "customers";
	readonly row: number;
	readonly texts?: Readonly<Record<string, string>>;
	readonly numbers?: Readonly<Record<string, number>>;
}

/** A portfolio with some cells as they might be; the one given stays as it is. Its digest too: it is the same inputs, supposed otherwise. */
export function suppose(portfolio: Portfolio, changes: readonly Supposed[]): Portfolio {
	return changes.reduce<Portfolio>(
		(before, change) => ({ ...before, tables: { ...before.tables, [change.table]: withRow(before.tables[change.table], change) } }),
		portfolio,
	);
}

function withRow(table: Table, { row, texts = {}, numbers = {} }: Supposed): Table {
	const newTexts = Object.entries(texts).map(([name, text]): [string, TextColumn] => {
		const column = table.texts[name];
		return [name, { length: column.length, at: (other) => (other === row ? text : column.at(other)) }];
	});
	const newNumbers = Object.entries(numbers).map(([name, value]) => [
		name,
		table.numbers[name].map((cell, other) => (other === row ? value : cell)),
	]);
	return {
		...table,
		texts: { ...table.texts, ...Object.fromEntries(newTexts) },
		numbers: { ...table.numbers, ...Object.fromEntries(newNumbers) },
	};
}

const WEEKDAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
const DEFAULT_SHIFTS = "Mo-Fr 08:00-18:00";

/** Shifts whose every day ends so much later, by midnight at the latest. */
export function longerShifts(shifts: string | null, more: Seconds): string {
	const { weekdays, holiday } = parseHours(shifts ?? DEFAULT_SHIFTS);
	const rules = weekdays.flatMap((intervals, weekday) => (intervals.length > 0 ? [`${WEEKDAYS[weekday]} ${spans(intervals, more)}`] : []));
	if (holiday.length > 0) rules.push(`PH ${spans(holiday, more)}`);
	return rules.join("; ");
}

function spans(intervals: readonly (readonly [Seconds, Seconds])[], more: Seconds): string {
	return intervals
		.map(([from, to], at) => {
			const close = at === intervals.length - 1 ? Math.min(SECONDS_PER_DAY, to + more) : to;
			return `${formatTime(from).slice(0, 5)}-${formatTime(close).slice(0, 5)}`;
		})
		.join(",");
}
