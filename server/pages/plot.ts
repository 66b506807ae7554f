import { type ChartSpec, drawSvg } from "../../models/report/draw.ts";
import { type Html, html, rawHtml } from "./html.ts";
import type { Speech } from "./speech.ts";

/** Lengths in pixels: the same plot for a phone and for a wide card; text stays legible in both. */
const SIZES = [
	{ name: "narrow", width: 320, font: 12, step: 26 },
	{ name: "roomy", width: 460, font: 13, step: 28 },
] as const;
type Size = (typeof SIZES)[number];

interface BarRow {
	readonly name: string;
	/** Of a stack; of the colour. */
	readonly series?: string;
	readonly value: number;
	/** The value in words, written at the bar's end; of a stack at the end of the whole. */
	readonly label?: string;
}

interface RangeRow {
	readonly name: string;
	readonly series: string;
	readonly mean: number;
	readonly lower: number | null;
	readonly upper: number | null;
}

interface PointRow {
	readonly series: string;
	readonly x: number;
	readonly y: number;
}

/** What is plotted. Names, series and labels are words already; their order is the order in which they are first told. */
export type PlotSpec =
	/** Lying bars, one a name, stacked by series. */
	| { readonly kind: "bars"; readonly rows: readonly BarRow[]; readonly mark?: { readonly at: number; readonly label: string } }
	/** Standing bars, one a name and series, side by side or stacked. */
	| { readonly kind: "columns"; readonly rows: readonly BarRow[]; readonly isStacked: boolean; readonly format: PlotFormat }
	/** A point and an interval for every name and series. */
	| { readonly kind: "ranges"; readonly rows: readonly RangeRow[]; readonly format: PlotFormat; readonly zero: boolean }
	/** Lines through points, beside the diagonal. */
	| { readonly kind: "agreement"; readonly rows: readonly PointRow[]; readonly titles: readonly [x: string, y: string] };
export type PlotFormat = "number" | "share";

type Layer = Extract<ChartSpec, { layer: unknown }>["layer"][number];

const COLORS = ["var(--s1)", "var(--s2)", "var(--s3)", "var(--s4)", "var(--s5)", "var(--s6)", "var(--s7)"];
const NO_CURRENCY: [before: string, after: string] = ["", ""];
const LOCALES = {
	"pt-BR": { decimal: ",", thousands: ".", grouping: [3], currency: NO_CURRENCY },
	en: { decimal: ".", thousands: ",", grouping: [3], currency: NO_CURRENCY },
};

/** Draws a plot in both sizes; the page's style shows the one that fits. Colours are the page's, in light and dark. */
export async function drawPlot(speech: Speech, plot: PlotSpec): Promise<Html> {
	const safe = withLookedUpWords(plot);
	const drawn: Html[] = [];
	for (const size of SIZES) {
		const config = { ...configOf(size), locale: { number: LOCALES[speech.language] } };
		const svg = await drawSvg({ ...frameOf(size, safe), layer: layersOf(safe, size, speech), config });
		drawn.push(html`<div class="${size.name}">${rawHtml(withoutRoles(svg))}</div>`);
	}
	return html`<div class="plot">${drawn}</div>`;
}

/**
 * The plot is told by its caption and its table; marks without names would only be noise to a screen reader. Only tags are touched: the words
 * between them may look like anything.
 */
function withoutRoles(svg: string): string {
	return svg
		.replaceAll(/<[^>]*>/g, (tag) => tag.replaceAll(/ (role|aria-roledescription|aria-hidden|xmlns:xlink|class)="[^"]*"/g, ""))
		.replace("<svg ", '<svg aria-hidden="true" focusable="false" ');
}

function frameOf({ width, step }: Size, plot: PlotSpec) {
	const base = { width, autosize: { type: "fit-x" as const, contains: "padding" as const }, padding: 2 };
	if (plot.kind === "bars") return { ...base, height: { step } };
	if (plot.kind === "ranges") return { ...base, height: { step: 17, for: "offset" as const } };
	return { ...base, height: plot.kind === "agreement" ? 0.75 * width : 200 };
}

function configOf({ font }: Size) {
	const words = {
		labelColor: "currentColor",
		titleColor: "currentColor",
		labelFontSize: font,
		titleFontSize: font,
		titleFontWeight: "normal" as const,
	};
	return {
		aria: false,
		background: "transparent",
		font: "system-ui, sans-serif",
		view: { stroke: null },
		axis: { ...words, domainColor: "var(--line)", tickColor: "var(--line)", gridColor: "var(--line)", labelPadding: 6 },
		legend: { ...words, orient: "top" as const, labelLimit: 0, symbolType: "square", direction: "horizontal" as const, columnPadding: 14 },
		text: { fontSize: font, fill: "currentColor" },
	};
}

/** The words of a field, each once, as they come. */
function orderOf<Row>(rows: readonly Row[], field: keyof Row): string[] {
	return [...new Set(rows.map((row) => String(row[field] ?? "")))];
}

/** Vega looks words up in plain objects, where "constructor" is always found: such a word gets a sign without width. */
function lookedUp(word: string): string {
	return word in Object.prototype ? `${word}\u200B` : word;
}

function withLookedUpWords(plot: PlotSpec): PlotSpec {
	const rows = plot.rows.map((row) => ({
		...row,
		...("name" in row && { name: lookedUp(row.name) }),
		...(row.series !== undefined && { series: lookedUp(row.series) }),
	}));
	return { ...plot, rows } as PlotSpec;
}

function colorBy(rows: readonly { readonly series?: string }[], size: Size) {
	const domain = orderOf(rows, "series");
	const letters = Math.max(...domain.map((word) => word.length)) + 5; // with the symbol and the space between
	const columns = Math.max(1, Math.min(domain.length, Math.floor((0.8 * size.width) / (LETTER * size.font * letters))));
	return {
		field: "series",
		type: "nominal" as const,
		title: null,
		sort: domain,
		scale: { domain, range: COLORS },
		legend: domain.length > 1 ? { columns } : null,
	};
}

function layersOf(plot: PlotSpec, size: Size, speech: Speech): Layer[] {
	if (plot.kind === "bars") return barLayers(plot, size);
	if (plot.kind === "columns") return columnLayers(plot, size, speech);
	return plot.kind === "ranges" ? rangeLayers(plot, size, speech) : agreementLayers(plot, size);
}

/** The axis of names beside lying marks. */
function namesOf(rows: readonly { readonly name: string }[], { width }: Size) {
	const sort = orderOf(rows, "name");
	return {
		field: "name",
		type: "nominal" as const,
		title: null,
		sort,
		axis: { ticks: false, domain: false, labelLimit: NAMES_SHARE * width },
	};
}

/** Most of a plot's width that names take. */
const NAMES_SHARE = 0.46;
/** Width of a letter over the font's size, generously: without a canvas nothing measures words. */
const LETTER = 0.7;

function barLayers({ rows, mark }: Extract<PlotSpec, { kind: "bars" }>, size: Size): Layer[] {
	const sums = new Map<string, number>();
	for (const { name, value } of rows) sums.set(name, (sums.get(name) ?? 0) + value);
	const longest = Math.max(1e-9, mark?.at ?? 0, ...sums.values());
	const labels = orderOf(rows, "name").map((name) => ({
		name,
		sum: sums.get(name) ?? 0,
		label: rows.find((row) => row.name === name && row.label)?.label ?? "",
	}));
	const y = namesOf(rows, size);
	// The longest bar leaves room for the longest label beside it: bars have at least what names leave of the width.
	const room = LETTER * size.font * Math.max(...labels.map(({ label }) => label.length)) + 8;
	const width = size.width - Math.min(NAMES_SHARE * size.width, LETTER * size.font * Math.max(...rows.map(({ name }) => name.length))) - 16;
	const scale = { domain: [Math.min(0, ...sums.values()), (longest * width) / Math.max(40, width - room)], nice: false };
	const layers: Layer[] = [
		{
			data: { values: rows.map((row) => ({ ...row, series: row.series ?? "" })) },
			mark: { type: "bar", height: { band: 0.68 } },
			encoding: {
				y,
				x: { field: "value", type: "quantitative", stack: "zero", title: null, axis: null, scale },
				color: colorBy(rows, size),
			},
		},
		{
			data: { values: labels },
			mark: { type: "text", align: "left", dx: 5, baseline: "middle" },
			encoding: { y, x: { field: "sum", type: "quantitative", scale }, text: { field: "label" } },
		},
	];
	if (mark) layers.push(...markLayers(mark, scale));
	return layers;
}

function markLayers({ at, label }: { readonly at: number; readonly label: string }, scale: { domain: number[] }): Layer[] {
	const x = { datum: at, type: "quantitative" as const, scale };
	return [
		{ data: { values: [{}] }, mark: { type: "rule", color: "currentColor", strokeDash: [4, 3] }, encoding: { x } },
		{
			data: { values: [{}] },
			mark: { type: "text", align: "left", dx: 4, dy: -6, baseline: "bottom" },
			encoding: { x, y: { value: 0 }, text: { value: label } },
		},
	];
}

const FORMATS = { number: "~s", share: ".0%" } as const;
/** What people write for thousands, millions and thousands of millions, in place of k, M and G. */
const SUFFIXES = {
	"pt-BR": "replace(replace(replace(datum.label, 'k', ' mil'), 'M', ' mi'), 'G', ' bi')",
	en: "replace(replace(datum.label, 'k', 'K'), 'G', 'B')",
} as const;

/** How an axis writes its numbers. */
function axisOf(format: PlotFormat, { language }: Speech) {
	return { format: FORMATS[format], domain: false, ticks: false, ...(format === "number" && { labelExpr: SUFFIXES[language] }) };
}

/** An axis cannot span nothing: where all that it shows is one value, it goes from 0, or that value, to 1 or that value. */
function spanOf(values: readonly number[]): { readonly domain?: [number, number] } {
	const [low, high] = [Math.min(...values), Math.max(...values)];
	return low < high ? {} : { domain: [Math.min(0, low), Math.max(1, high)] };
}

function columnLayers({ rows, isStacked, format }: Extract<PlotSpec, { kind: "columns" }>, size: Size, speech: Speech): Layer[] {
	const names = orderOf(rows, "name");
	const isGrouped = !isStacked && orderOf(rows, "series").length > 1;
	return [
		{
			data: { values: rows.map((row) => ({ ...row, series: row.series ?? "" })) },
			mark: { type: "bar" },
			encoding: {
				x: {
					field: "name",
					type: "nominal",
					sort: names,
					title: null,
					axis: { labelAngle: 0, labelOverlap: "greedy", ticks: false },
					scale: { paddingInner: 0.25 },
				},
				y: {
					field: "value",
					type: "quantitative",
					title: null,
					axis: { ...axisOf(format, speech), tickCount: 4 },
					stack: isStacked ? "zero" : null,
					...(rows.every(({ value }) => value === 0) && { scale: { domain: [0, 1] } }),
				},
				color: colorBy(rows, size),
				...(isGrouped && { xOffset: { field: "series", sort: orderOf(rows, "series") } }),
			},
		},
	];
}

function rangeLayers({ rows, format, zero }: Extract<PlotSpec, { kind: "ranges" }>, size: Size, speech: Speech): Layer[] {
	const data = { values: rows.map((row) => ({ ...row, lower: row.lower ?? row.mean, upper: row.upper ?? row.mean })) };
	const y = namesOf(rows, size);
	const yOffset = { field: "series", sort: orderOf(rows, "series") };
	const axis = { ...axisOf(format, speech), tickCount: size.name === "narrow" ? 3 : 5 };
	const color = colorBy(rows, size);
	const scale = { zero, ...spanOf(data.values.flatMap(({ mean, lower, upper }) => [mean, lower, upper])) };
	return [
		...(zero ? [{ data: { values: [{}] }, mark: { type: "rule" as const, color: "var(--line)" }, encoding: { x: { datum: 0 } } }] : []),
		{
			data,
			mark: { type: "rule", strokeWidth: 3, opacity: 0.55 },
			encoding: { y, yOffset, color, x: { field: "lower", type: "quantitative", title: null, axis, scale }, x2: { field: "upper" } },
		},
		{
			data,
			mark: { type: "point", filled: true, size: 60, opacity: 1 },
			encoding: { y, yOffset, color, x: { field: "mean", type: "quantitative", scale } },
		},
	];
}

function agreementLayers({ rows, titles }: Extract<PlotSpec, { kind: "agreement" }>, size: Size): Layer[] {
	const ends = [
		{ x: 0, y: 0 },
		{ x: 1, y: 1 },
	];
	const axis = (title: string) => ({
		type: "quantitative" as const,
		title,
		scale: { domain: [0, 1] },
		axis: { format: FORMATS.share, tickCount: 5 },
	});
	return [
		{
			data: { values: ends },
			mark: { type: "line", color: "var(--line)" },
			encoding: { x: { field: "x", ...axis(titles[0]) }, y: { field: "y", ...axis(titles[1]) } },
		},
		{
			data: { values: rows.map((row) => ({ ...row })) },
			mark: { type: "line", point: { filled: true, size: 50 } },
			encoding: { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "quantitative" }, color: colorBy(rows, size) },
		},
	];
}
