import type { TopLevelSpec } from "vega-lite";

/** A chart as Vega-Lite states it. */
export type ChartSpec = TopLevelSpec;

/** Draws a chart as SVG, without a browser. */
export async function drawSvg(spec: ChartSpec): Promise<string> {
	const [{ compile }, vega] = await Promise.all([import("vega-lite"), import("vega")]); // heavy: loaded only to draw
	const logger = vega.logger(vega.None);
	const { spec: compiled } = compile(spec, { logger });
	const view = new vega.View(vega.parse(compiled), { renderer: "none", logger });
	const svg = await view.toSVG();
	view.finalize();
	return svg;
}
