import type { FORECAST_GROUPINGS, FORECAST_METRICS, ForecastDocument } from "../../engine/index.ts";
import { card, cards, type Cell, chart, type Chart, paragraph, type Sheet, table, type Tile, tiles } from "./blocks.ts";
import { type Links, renderPage, type Section } from "./frame.ts";
import { type Html, html } from "./html.ts";
import type { Speech } from "./speech.ts";
import { FORECAST_WORDS as W } from "./words-forecast.ts";

type Metric = (typeof FORECAST_METRICS)[number];
type Grouping = (typeof FORECAST_GROUPINGS)[number];
type Group = ForecastDocument["groups"][number];
type Figure = Group["figures"][number];

/** The forecast for people. */
export async function forecastPage(speech: Speech, document: ForecastDocument, links: Links | null): Promise<string> {
	const { tell, date, share } = speech;
	const total = document.groups.find(({ by }) => by === "total");
	const sections: Section[] = [
		{ id: "total", title: tell(W.total), body: cards(await metricCards(speech, document, total)) },
		...breakdowns(speech, document),
		{ id: "trust", title: tell(W.trust), body: cards(trustCards(speech, document)) },
	];
	return renderPage(
		speech,
		{
			title: tell(W.title),
			lead: tell(W.lead, { date: date(document.as_of), level: share(document.level), plan: planWords(speech, document) }),
			warnings: document.notes.map(({ code }) => tell(W.notes[code])),
			opening: total && tiles(openingTiles(speech, total)),
			sections,
			receipt: [
				[tell(W.model), document.model],
				[tell(W.season), tell(W.seasons[document.season.basis], { days: document.season.history_days })],
				...(document.plan ? [[tell(W.plan), document.plan.plan_id ?? "–"] as const] : []),
			],
		},
		links,
	);
}

function planWords({ tell, date, count }: Speech, { plan }: ForecastDocument): string {
	if (plan === null) return tell(W.noPlan);
	return tell(W.withPlan, {
		from: date(plan.from),
		to: date(plan.to),
		contacts: count(plan.num_contacts),
		usual: count(plan.usual_contacts),
	});
}

const amountOf =
	({ money, count }: Speech, metric: Metric) =>
	(value: number | null): string =>
		metric === "positivation" ? count(value) : money(value);

/** `mean (lower – upper)`. */
function rangeWords(amount: (value: number | null) => string, { mean, lower, upper }: Figure["without_plan"]): string {
	return `${amount(mean)} (${amount(lower)} – ${amount(upper)})`;
}

function openingTiles(speech: Speech, { figures }: Group): Tile[] {
	return figures
		.filter(({ metric }) => metric === "revenue")
		.map(({ horizon_days, without_plan, with_plan }) => {
			const { briefMoney } = speech;
			const { mean, lower, upper } = with_plan ?? without_plan;
			return {
				name: speech.tell(W.revenueIn, { days: horizon_days }),
				value: briefMoney(mean),
				aside: `${briefMoney(lower)} – ${briefMoney(upper)}`,
			};
		});
}

async function metricCards(speech: Speech, document: ForecastDocument, total: Group | undefined): Promise<Html[]> {
	const made: Html[] = [];
	for (const metric of ["revenue", "margin", "positivation"] as const) {
		const figures = (total?.figures ?? []).filter((figure) => figure.metric === metric);
		if (figures.length === 0) continue;
		made.push(card(speech.tell(W.metrics[metric]), [await chart(speech, metricChart(speech, document, metric, figures))]));
	}
	return made;
}

function metricChart(speech: Speech, { level }: ForecastDocument, metric: Metric, figures: readonly Figure[]): Chart {
	const { tell, share } = speech;
	const amount = amountOf(speech, metric);
	const unit = metric === "positivation" ? 1 : 100;
	const caption = tell(W.rangeCaption, { metric: tell(W.metrics[metric]), level: share(level) });
	const rows = figures.flatMap(({ horizon_days, without_plan, with_plan, last_window, last_year }) => {
		const name = tell(W.days, { days: horizon_days });
		const ranged = (series: string, { mean, lower, upper }: Figure["without_plan"]) => [
			{ name, series, mean: mean / unit, lower: lower / unit, upper: upper / unit },
		];
		const point = (series: string, value: number | null) =>
			value === null ? [] : [{ name, series, mean: value / unit, lower: null, upper: null }];
		return [
			...(with_plan ? ranged(tell(W.with), with_plan) : []),
			...ranged(tell(W.without), without_plan),
			...point(tell(W.lastWindow), last_window),
			...point(tell(W.lastYear), last_year),
		];
	});
	return { plot: { kind: "ranges", rows, format: "number", zero: false }, caption, sheet: figureSheet(speech, caption, figures, amount) };
}

function figureSheet(speech: Speech, caption: string, figures: readonly Figure[], amount: (value: number | null) => string): Sheet {
	const { tell } = speech;
	return {
		caption,
		columns: [W.horizon, W.without, W.with, W.lastWindow, W.lastYear].map((told) => ({ head: tell(told) })),
		rows: figures.map(({ horizon_days, without_plan, with_plan, last_window, last_year }) => [
			tell(W.days, { days: horizon_days }),
			rangeWords(amount, without_plan),
			with_plan ? rangeWords(amount, with_plan) : "–",
			amount(last_window),
			amount(last_year),
		]),
	};
}

/** One table a grouping: every group's revenue over all horizons. */
function breakdowns(speech: Speech, { groups }: ForecastDocument): Section[] {
	const { tell, count, briefMoney } = speech;
	return (["rep", "line", "segment"] as const satisfies readonly Grouping[]).flatMap((by) => {
		const own = groups.filter((group) => group.by === by);
		if (own.length === 0) return [];
		const horizons = [...new Set(own.flatMap(({ figures }) => figures.map(({ horizon_days }) => horizon_days)))];
		const title = tell(W.by[by]);
		const sheet: Sheet = {
			caption: tell(W.byCaption, { by: title }),
			columns: [
				{ head: title },
				{ head: tell(W.customers) },
				...horizons.map((days) => ({ head: tell(W.revenueIn, { days }) })),
				{ head: tell(W.positivationIn, { days: horizons[0] }) },
			],
			rows: own.map(({ id, num_customers, figures }) => {
				const find = (metric: Metric, days: number): Figure | undefined =>
					figures.find((figure) => figure.metric === metric && figure.horizon_days === days);
				const cell = (figure: Figure | undefined, amount: (value: number | null) => string): Cell | string => {
					if (!figure) return "–";
					const { mean, lower, upper } = figure.with_plan ?? figure.without_plan;
					return { text: amount(mean), aside: `${amount(lower)} – ${amount(upper)}` };
				};
				return [
					id ?? tell(W.none),
					count(num_customers),
					...horizons.map((days) => cell(find("revenue", days), briefMoney)),
					cell(find("positivation", horizons[0]), count),
				];
			}),
		};
		return [{ id: `by-${by}`, title, body: html`<div class="card">${table(speech, sheet)}</div>` }];
	});
}

function trustCards(speech: Speech, document: ForecastDocument): Html[] {
	const { tell, share, count } = speech;
	const { origins, coverage, accuracy } = document.calibration;
	if (origins.length === 0) return [card(tell(W.coverage), [paragraph(tell(W.noOrigins))])];
	const coverageSheet: Sheet = {
		caption: tell(W.coverageCaption, { level: share(document.level), origins: origins.length }),
		columns: [
			{ head: tell(W.metric) },
			{ head: tell(W.horizon) },
			{ head: tell(W.grouping), isText: true },
			{ head: tell(W.inside) },
			{ head: tell(W.intervals) },
		],
		rows: coverage.map(({ metric, horizon_days, by, num_inside, num_intervals }) => [
			tell(W.metrics[metric]),
			tell(W.days, { days: horizon_days }),
			tell(W.by[by]),
			num_intervals > 0 ? share(num_inside / num_intervals) : "–",
			count(num_intervals),
		]),
	};
	const accuracySheet: Sheet = {
		caption: tell(W.accuracyCaption, { origins: origins.length }),
		columns: [W.metric, W.horizon, W.forecast, W.lastWindow, W.forecastThere, W.lastYear].map((told) => ({ head: tell(told) })),
		rows: accuracy.map(({ metric, horizon_days, forecast, last_window, forecast_with_last_year, last_year }) => [
			tell(W.metrics[metric]),
			tell(W.days, { days: horizon_days }),
			share(forecast),
			share(last_window),
			share(forecast_with_last_year),
			share(last_year),
		]),
	};
	return [card(tell(W.coverage), [table(speech, coverageSheet)]), card(tell(W.accuracy), [table(speech, accuracySheet)])];
}
