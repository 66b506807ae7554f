import type { ChurnReport, SliceFigures } from "../evaluation/evaluate-churn.ts";
import { type ChartSpec, drawSvg } from "./draw.ts";
import { plots } from "./page.ts";

/** A plot: marks of SVG, and what it shows in words. */
export interface Plot {
	readonly svg: string;
	readonly caption: string;
}

type UnitSpec = Omit<Extract<ChartSpec, { layer: unknown }>, "$schema">;

const SIZE = { width: 260, height: 240 };
const COLOR = { model: "#0f766e", other: "#9ca3af", line: "#d1d5db", observed: "#b45309" };

async function draw(spec: UnitSpec, caption: string): Promise<Plot> {
	const config = { background: "transparent", view: { stroke: null }, axis: { grid: false, labelFontSize: 11, titleFontSize: 11 } };
	return { svg: await drawSvg({ ...spec, config }), caption };
}

/** What was said against what came, by tenths of the customers: on the diagonal they agree. */
export function reliabilityPlot({ reliability, horizonDays }: ChurnReport): Promise<Plot> {
	const rows = Object.entries(reliability).flatMap(([name, bins]) => bins.map((bin) => ({ ...bin, name })));
	const axis = (title: string) => ({ type: "quantitative" as const, title, scale: { domain: [0, 1] }, axis: { format: "%" } });
	return draw(
		{
			...SIZE,
			layer: [
				diagonal(),
				{
					data: { values: rows.filter(({ name }) => name !== "base rate") },
					mark: { type: "line", point: true },
					encoding: {
						x: { field: "meanScore", ...axis("said") },
						y: { field: "meanLabel", ...axis("did not order") },
						color: colorOf(),
					},
				},
			],
		},
		`Reliability: probability of no order within ${horizonDays} days against what came, ten parts of equal count. On the line they agree.`,
	);
}

/** Share of the churners among the first customers by risk. */
export function gainPlot({ gains }: ChurnReport): Promise<Plot> {
	const rows = Object.entries(gains).flatMap(([name, found]) => found.map((share, tenth) => ({ name, looked: tenth / 10, share })));
	const axis = (title: string) => ({ type: "quantitative" as const, title, axis: { format: "%" } });
	return draw(
		{
			...SIZE,
			layer: [
				diagonal(),
				{
					data: { values: rows },
					mark: { type: "line" },
					encoding: {
						x: { field: "looked", ...axis("customers, riskiest first") },
						y: { field: "share", ...axis("churners among them") },
						color: colorOf(),
					},
				},
			],
		},
		"Gain: share of the churners found among the riskiest customers. The line is chance.",
	);
}

/** How much more often each tenth by risk churned than the average customer. */
export function liftPlot({ gains }: ChurnReport): Promise<Plot> {
	const found = Object.values(gains)[0];
	const rows = found.slice(1).map((share, tenth) => ({ tenth: tenth + 1, lift: 10 * (share - found[tenth]) }));
	return draw(
		{
			...SIZE,
			layer: [
				{
					data: { values: rows },
					mark: { type: "bar", color: COLOR.model },
					encoding: {
						x: { field: "tenth", type: "ordinal", title: "tenth by risk", axis: { labelAngle: 0 } },
						y: { field: "lift", type: "quantitative", title: "times the average" },
					},
				},
				{ data: { values: [{}] }, mark: { type: "rule", color: COLOR.other }, encoding: { y: { datum: 1 } } },
			],
		},
		"Lift: how much more often each tenth by risk did not order than the average customer.",
	);
}

/** What was said and what came in every part of the customers. */
export function slicePlot(slices: readonly SliceFigures[]): Promise<Plot> {
	const rows = slices.flatMap(({ by, name, baseRate, meanScore }) => [
		{ part: `${by}: ${name}`, what: "came", share: baseRate },
		{ part: `${by}: ${name}`, what: "said", share: meanScore },
	]);
	return draw(
		{
			width: SIZE.width,
			height: { step: 16 },
			layer: [
				{
					data: { values: rows },
					mark: { type: "point", filled: true, size: 50 },
					encoding: {
						x: { field: "share", type: "quantitative", title: "no order", axis: { format: "%" } },
						y: { field: "part", type: "nominal", title: null, sort: null, axis: { grid: true, labelLimit: 0 } },
						color: {
							field: "what",
							type: "nominal",
							title: null,
							scale: { domain: ["said", "came"], range: [COLOR.model, COLOR.observed] },
							legend: { orient: "bottom" },
						},
					},
				},
			],
		},
		"Share without an order in every part of the customers: what the model said, and what came.",
	);
}

/** Loss after each epoch, on what followed. */
export function curvePlot(curve: readonly number[]): Promise<Plot> {
	const rows = curve.map((loss, epoch) => ({ epoch: epoch + 1, loss }));
	return draw(
		{
			...SIZE,
			layer: [
				{
					data: { values: rows },
					mark: { type: "line", point: true, color: COLOR.model },
					encoding: {
						x: { field: "epoch", type: "quantitative", axis: { tickMinStep: 1, format: "d" } },
						y: { field: "loss", type: "quantitative", scale: { zero: false } },
					},
				},
			],
		},
		"Training: loss on the days that followed the rehearsal, after each epoch. Training stops where it gets no better.",
	);
}

function diagonal() {
	const ends = [
		{ x: 0, y: 0 },
		{ x: 1, y: 1 },
	];
	return {
		data: { values: ends },
		mark: { type: "line" as const, color: COLOR.line },
		encoding: { x: { field: "x", type: "quantitative" as const }, y: { field: "y", type: "quantitative" as const } },
	};
}

function colorOf() {
	return {
		field: "name",
		type: "nominal" as const,
		title: null,
		sort: null,
		legend: { orient: "bottom" as const, columns: 2, labelLimit: 0 },
	};
}

/** The plots of one origin; with the losses of a training, those too. */
export async function churnPlots(report: ChurnReport, curve: readonly number[] = []): Promise<string> {
	if (report.all.numCustomers === 0) return "";
	const drawn = [await reliabilityPlot(report)];
	// Of churners that there are none of, no share can be found.
	if (report.all.baseRate > 0) drawn.push(await gainPlot(report), await liftPlot(report));
	if (report.slices.length > 0) drawn.push(await slicePlot(report.slices));
	if (curve.length > 1) drawn.push(await curvePlot(curve));
	return plots(drawn);
}
