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
	const tables = { ...portfolio.tables };
	for (const [name, mine] of Map.groupBy(changes, ({ table }) => table)) tables[name] = withRows(tables[name], mine);
	return { ...portfolio, tables };
}

/** Columns are laid over once, however many rows change: a later change of a cell counts. */
function withRows(table: Table, changes: readonly Supposed[]): Table {
	const words: Record<string, Map<number, string>> = {};
	const cells: Record<string, Float64Array> = {};
	for (const { row, texts = {}, numbers = {} } of changes) {
		for (const [name, text] of Object.entries(texts)) (words[name] ??= new Map()).set(row, text);
		for (const [name, value] of Object.entries(numbers)) (cells[name] ??= table.numbers[name].slice())[row] = value;
	}
	const over = ([name, mine]: [string, ReadonlyMap<number, string>]): [string, TextColumn] => {
		const column = table.texts[name];
		return [name, { length: column.length, at: (row) => mine.get(row) ?? column.at(row) }];
	};
	return {
		...table,
		texts: { ...table.texts, ...Object.fromEntries(Object.entries(words).map(over)) },
		numbers: { ...table.numbers, ...cells },
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
