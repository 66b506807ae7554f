import { type FigureId, FIGURES, type MonitorGroup, PHASES } from "../../engine/index.ts";
import { card, type Cell, chart, definition, type Sheet } from "./blocks.ts";
import type { Links } from "./frame.ts";
import type { Html } from "./html.ts";
import type { PlotSpec } from "./plot.ts";
import type { Speech } from "./speech.ts";
import { tellCode, tellMeasure } from "./words-codes.ts";
import { MONITOR_WORDS as W } from "./words-monitor.ts";

/** A row of any figure: cells are texts, measures numbers. */
export type AnyRow = Readonly<Record<string, string | number | null>>;

/** How a figure is drawn from its rows: the plot's kind, the cell that names a bar, the one of its colour, the measure of its length. */
interface View {
	readonly kind: "bars" | "columns";
	readonly name: string;
	readonly series?: string;
	readonly measure: string;
	/** More columns than this are not shown: the last ones are. */
	readonly most?: number;
}

const VIEWS: Readonly<Record<Exclude<FigureId, "flows" | "cadence_debt">, View>> = {
	customers: { kind: "bars", name: "phase", series: "class", measure: "customers" },
	coverage: { kind: "bars", name: "service", measure: "customers" },
	positivation: { kind: "columns", name: "month", series: "state", measure: "customers", most: 6 },
	breaks: { kind: "bars", name: "cause", measure: "monthly_revenue_cents" },
	objections: { kind: "bars", name: "objection", measure: "customers", most: 10 },
	collections: { kind: "bars", name: "credit", measure: "overdue_cents" },
	revenue_at_risk: { kind: "bars", name: "phase", measure: "revenue_cents" },
	productivity: { kind: "bars", name: "channel", measure: "contacts" },
};

/** A figure as a card: plot, the table behind it with links to its customers, what is counted. */
export async function figureCard(speech: Speech, id: FigureId, group: MonitorGroup, links: Links | null): Promise<Html> {
	const rows: readonly AnyRow[] = group.figures[id];
	const { title, definition: told } = FIGURES[id];
	const caption = speech.tell(W.captions[id]);
	const drawn = await chart(speech, { plot: plotOf(speech, id, rows), caption, sheet: figureSheet(speech, id, rows, caption, links) });
	return card(speech.tell(title), [drawn, definition(speech, told)]);
}

function plotOf(speech: Speech, id: FigureId, rows: readonly AnyRow[]): PlotSpec {
	if (id === "flows") return flowsPlot(speech, rows);
	return id === "cadence_debt" ? debtPlot(speech, rows) : viewPlot(speech, VIEWS[id], rows);
}

function viewPlot(speech: Speech, { kind, name, series, measure, most = 12 }: View, rows: readonly AnyRow[]): PlotSpec {
	const sums = new Map<string, number>();
	for (const row of rows) sums.set(String(row[name]), (sums.get(String(row[name])) ?? 0) + Number(row[measure]));
	const names = kind === "columns" ? [...sums.keys()].slice(-most) : [...sums.keys()].slice(0, most);
	const unit = measure.endsWith("_cents") ? 100 : 1;
	const bars = rows
		.filter((row) => names.includes(String(row[name])))
		.map((row) => ({
			name: name === "month" ? speech.shortMonth(String(row[name])) : tellCode(speech, name, String(row[name])),
			...(series !== undefined && { series: tellCode(speech, series, String(row[series])) }),
			value: Number(row[measure]) / unit,
			label: tellMeasure(speech, measure, sums.get(String(row[name])) ?? 0, true),
		}));
	return kind === "bars" ? { kind, rows: bars } : { kind, rows: bars, isStacked: true, format: "number" };
}

const DEPTH: Readonly<Record<string, number>> = Object.fromEntries(PHASES.map((phase, depth) => [phase, depth]));

/** Per month, how many went deeper and how many came back. `new` and `active` are as near to buying. */
function flowsPlot(speech: Speech, rows: readonly AnyRow[]): PlotSpec {
	const depth = (phase: string): number => Math.max(DEPTH.active, DEPTH[phase] ?? 0);
	const months = [...new Set(rows.map(({ month }) => String(month)))].slice(-6);
	const sum = (month: string, goes: (from: number, to: number) => boolean): number =>
		rows.reduce((all, row) => {
			const isOne =
				row.month === month && row.from !== row.to && row.from !== "prospect" && goes(depth(String(row.from)), depth(String(row.to)));
			return all + (isOne ? Number(row.customers) : 0);
		}, 0);
	const bars = months.flatMap((month) => [
		{ name: speech.shortMonth(month), series: speech.tell(W.deeper), value: sum(month, (from, to) => to > from) },
		{ name: speech.shortMonth(month), series: speech.tell(W.nearer), value: sum(month, (from, to) => to < from) },
	]);
	return { kind: "columns", rows: bars, isStacked: false, format: "number" };
}

function debtPlot(speech: Speech, rows: readonly AnyRow[]): PlotSpec {
	const bars = rows.flatMap((row) => {
		const name = tellCode(speech, "date", String(row.date));
		const planned = row.breaches_with_plan;
		return [
			{ name, series: speech.tell(W.usual), value: Number(row.expected_breaches) },
			...(planned === null ? [] : [{ name, series: speech.tell(W.withPlan), value: Number(planned) }]),
		];
	});
	return { kind: "columns", rows: bars, isStacked: false, format: "number" };
}

function figureSheet(speech: Speech, id: FigureId, rows: readonly AnyRow[], caption: string, links: Links | null): Sheet {
	const { cells, measures } = FIGURES[id];
	const told = (kind: string, code: string): string => tellCode(speech, kind, code);
	return {
		caption,
		columns: [
			...cells.map((cell) => ({ head: told("cell", cell), isText: true })),
			...["customers", ...measures].map((measure) => ({ head: told("measure", measure) })),
		],
		rows: rows.map((row): Cell[] => {
			const href = links?.customers(id, Object.fromEntries(cells.map((cell) => [cell, String(row[cell])]))) ?? null;
			return [
				...cells.map((cell) => ({ text: told(cell, String(row[cell])) })),
				{ text: speech.count(Number(row.customers)), href },
				...measures.map((measure) => ({ text: tellMeasure(speech, measure, row[measure] === null ? null : Number(row[measure])) })),
			];
		}),
	};
}
