import type { BacktestDocument } from "../../models/index.ts";
import { bullets, card, cards, type Cell, chart, paragraph, type Sheet, table } from "./blocks.ts";
import { type Links, renderPage } from "./frame.ts";
import type { Html } from "./html.ts";
import type { Speech } from "./speech.ts";
import { BACKTEST_WORDS as W } from "./words-studies.ts";

const MEASURES = ["breaks", "value_at_risk", "sales"] as const;
type Estimate = BacktestDocument["overall"][number]["breaks"];

/** A back-test for people. */
export async function backtestPage(speech: Speech, document: BacktestDocument, links: Links | null): Promise<string> {
	const { tell, date } = speech;
	const captures: Html[] = [];
	for (const measure of MEASURES) captures.push(await captureCard(speech, document, measure));
	return renderPage(
		speech,
		{
			title: tell(W.title),
			lead: tell(W.lead, { from: date(document.from), to: date(document.to), days: document.window_days }),
			sections: [
				{ id: "capture", title: tell(W.capture), body: cards(captures) },
				{ id: "origins", title: tell(W.origins), body: originsOf(speech, document) },
				{ id: "calibration", title: tell(W.calibration), body: await calibrationOf(speech, document) },
				{
					id: "limits",
					title: tell(W.limits),
					body: card(tell(W.limits), [bullets(document.limits.map(({ code }) => tell(W.limitTexts[code])))], { isHeadless: true }),
				},
			],
			receipt: [[tell(W.model), document.model]],
		},
		links,
	);
}

function told({ share }: Speech, { mean, lower, upper }: Estimate): Cell {
	return { text: share(mean), aside: mean === null ? "" : `${share(lower)} – ${share(upper)}` };
}

async function captureCard(speech: Speech, { overall, level }: BacktestDocument, measure: (typeof MEASURES)[number]): Promise<Html> {
	const { tell, share, count } = speech;
	const caption = tell(W.caption, { measure: tell(W.measures[measure]), level: share(level) });
	const rows = overall.flatMap((row) => {
		const { mean, lower, upper } = row[measure];
		return mean === null ? [] : [{ name: tell(W.rankings[row.ranking]), series: "", mean, lower, upper }];
	});
	const sheet: Sheet = {
		caption,
		columns: [W.ranking, W.share, W.ahead, W.numOrigins].map((head) => ({ head: tell(head) })),
		rows: overall.map((row) => [
			tell(W.rankings[row.ranking]),
			told(speech, row[measure]),
			row.value_ahead ? told(speech, row.value_ahead[measure]) : "–",
			count(row.num_origins),
		]),
	};
	return card(tell(W.measures[measure]), [
		await chart(speech, { plot: { kind: "ranges", rows, format: "share", zero: true }, caption, sheet }),
	]);
}

function originsOf(speech: Speech, { origins }: BacktestDocument): Html {
	const { tell, date, count, share } = speech;
	const rankings = [...new Set(origins.flatMap((origin) => origin.rankings.map(({ ranking }) => ranking)))];
	const sheet: Sheet = {
		caption: tell(W.originCaption),
		columns: [
			...[W.origin, W.customers, W.contacts, W.breaks].map((head) => ({ head: tell(head) })),
			...rankings.map((ranking) => ({ head: tell(W.rankings[ranking]) })),
		],
		rows: origins.map((origin) => [
			date(origin.origin),
			count(origin.num_customers),
			count(origin.num_contacts),
			count(origin.num_breaks),
			...rankings.map((ranking) => share(origin.rankings.find((row) => row.ranking === ranking)?.breaks ?? null)),
		]),
	};
	return card(tell(W.origins), [table(speech, sheet)], { isHeadless: true });
}

async function calibrationOf(speech: Speech, { calibration }: BacktestDocument): Promise<Html> {
	const { tell, share, count, decimal } = speech;
	const caption = tell(W.reliability);
	const rows = calibration.order.map(({ mean_score, mean_label }) => ({ series: "", x: mean_score, y: mean_label }));
	const sheet: Sheet = {
		caption,
		columns: [W.said, W.came, W.customers].map((head) => ({ head: tell(head) })),
		rows: calibration.order.map(({ mean_score, mean_label, count: num }) => [share(mean_score), share(mean_label), count(num)]),
	};
	const drawn = await chart(
		speech,
		{ plot: { kind: "agreement", rows, titles: [tell(W.said), tell(W.came)] }, caption, sheet },
		{ isBeside: true },
	);
	const summary = tell(W.logLoss, { loss: decimal(calibration.log_loss), bias: share(calibration.value_bias) });
	return card(tell(W.calibration), [drawn, paragraph(summary)], { isHeadless: true });
}
