import type { ExperimentDesign, ExperimentReport } from "../../models/index.ts";
import { card, type Cell, chart, type Sheet, table } from "./blocks.ts";
import { type Links, renderPage, type Section } from "./frame.ts";
import type { Html } from "./html.ts";
import type { Speech } from "./speech.ts";
import { tellCode } from "./words-codes.ts";
import { EXPERIMENT_WORDS as W } from "./words-studies.ts";

type Metric = ExperimentReport["uplift"][number]["metric"];

/** The design of an experiment, or what it showed, for people. */
export async function experimentPage(speech: Speech, document: ExperimentDesign | ExperimentReport, links: Links | null): Promise<string> {
	const { tell, date, count } = speech;
	const report = isReport(document) ? document : null;
	const words = {
		from: date(document.from),
		to: date(document.to),
		held: count(document.num_held_out),
		all: count(document.num_units),
		unit: tell(W.units[document.unit]),
		asOf: report ? date(report.as_of) : "",
	};
	const parts = isReport(document) ? await reportSections(speech, document) : designSections(speech, document);
	return renderPage(
		speech,
		{
			title: tell(report ? W.report : W.design, { name: document.experiment }),
			lead: tell(report ? W.reportLead : W.designLead, words),
			warnings: report ? warningsOf(speech, report) : [],
			sections: [
				...parts,
				{ id: "guardrails", title: tell(W.guardrails), body: guardrailsOf(speech, document) },
				...(report ? ladderOf(speech, report) : []),
			],
			receipt: isReport(document) ? [[tell(W.draws), count(document.num_draws)]] : [[tell(W.seed), String(document.seed)]],
		},
		links,
	);
}

function isReport(document: ExperimentDesign | ExperimentReport): document is ExperimentReport {
	return "uplift" in document;
}

function warningsOf({ tell, count }: Speech, { is_over, num_contacted_though_held_out: num, notes }: ExperimentReport): string[] {
	return [
		...(is_over ? [] : [tell(W.running)]),
		...(num > 0 ? [tell(W.contaminated, { count: count(num) })] : []),
		...notes.map(({ detail }) => detail),
	];
}

const amountOf =
	({ money, decimal, share }: Speech, metric: Metric) =>
	(value: number | null): string => {
		if (metric === "positivation") return share(value);
		return metric === "orders" ? decimal(value) : money(value);
	};

function designSections(speech: Speech, { power, strata, wanted_power }: ExperimentDesign): Section[] {
	const { tell, share, count } = speech;
	const powers: Sheet = {
		caption: tell(W.powerCaption, { power: share(wanted_power) }),
		columns: [W.metric, W.baseline, W.smallest, W.ofBaseline].map((head) => ({ head: tell(head) })),
		rows: power.map(({ metric, baseline, minimum_detectable, minimum_detectable_share }) => {
			const amount = amountOf(speech, metric);
			return [tellCode(speech, "metric", metric), amount(baseline), amount(minimum_detectable), share(minimum_detectable_share)];
		}),
	};
	const layers: Sheet = {
		caption: tell(W.strataCaption),
		columns: [W.stratum, W.all, W.heldOut].map((head) => ({ head: tell(head) })),
		rows: strata.map(({ name, num_units, num_held_out }) => [name, count(num_units), count(num_held_out)]),
	};
	return [
		{ id: "power", title: tell(W.power), body: card(tell(W.power), [table(speech, powers)], { isHeadless: true }) },
		{ id: "strata", title: tell(W.strata), body: card(tell(W.strata), [table(speech, layers)], { isHeadless: true }) },
	];
}

async function reportSections(speech: Speech, { uplift, level }: ExperimentReport): Promise<Section[]> {
	const { tell, share, decimal } = speech;
	const caption = tell(W.upliftCaption, { level: share(level) });
	const rows = uplift.flatMap(({ metric, held_out, adjusted }) => {
		const of = (value: number): number => value / held_out;
		const name = tellCode(speech, "metric", metric);
		return held_out > 0 ? [{ name, series: "", mean: of(adjusted.effect), lower: of(adjusted.lower), upper: of(adjusted.upper) }] : [];
	});
	const heads = [W.metric, W.planned, W.heldOut, W.effect, W.redrawn, W.pValue, W.verdict];
	const sheet: Sheet = {
		caption,
		columns: heads.map((head) => ({ head: tell(head) })),
		rows: uplift.map(({ metric, planned, held_out, adjusted, randomised, p_value, verdict }): (Cell | string)[] => {
			const amount = amountOf(speech, metric);
			const interval = ({ effect, lower, upper }: typeof adjusted): Cell => ({
				text: amount(effect),
				aside: `${amount(lower)} – ${amount(upper)}`,
			});
			return [
				tellCode(speech, "metric", metric),
				amount(planned),
				amount(held_out),
				interval(adjusted),
				interval(randomised),
				decimal(p_value),
				{ text: tell(W.verdicts[verdict]), ...(verdict !== "no_effect_shown" && { tone: verdict === "gain" ? "good" : "bad" }) },
			];
		}),
	};
	const drawn = await chart(speech, { plot: { kind: "ranges", rows, format: "share", zero: true }, caption, sheet }, { isBeside: true });
	return [{ id: "uplift", title: tell(W.uplift), body: card(tell(W.uplift), [drawn], { isHeadless: true }) }];
}

function met({ tell }: Speech, isMet: boolean): Cell {
	return isMet ? { text: tell(W.yes), tone: "good" } : { text: tell(W.no), tone: "bad" };
}

function guardrailsOf(speech: Speech, { guardrails }: ExperimentDesign | ExperimentReport): Html {
	const { tell, decimal } = speech;
	const sheet: Sheet = {
		caption: tell(W.guardrailsCaption),
		columns: [W.rule, W.figure, W.limit, W.met].map((head) => ({ head: tell(head) })),
		rows: guardrails.map(({ rule, figure, limit, is_met }) => [tell(W.rules[rule]), decimal(figure), decimal(limit), met(speech, is_met)]),
	};
	return card(tell(W.guardrails), [table(speech, sheet)], { isHeadless: true });
}

function ladderOf(speech: Speech, { ladder }: ExperimentReport): Section[] {
	const { tell } = speech;
	const sheet: Sheet = {
		caption: tell(W.ladderCaption),
		columns: [W.team, W.stage, W.next, W.ready, W.evidence].map((head, i) => ({ head: tell(head), isText: i !== 3 })),
		rows: ladder.map(({ team_id, stage, next, is_ready, evidence }) => [
			team_id ?? tell(W.noTeam),
			tell(W.stages[stage]),
			next === null ? "–" : tell(W.stages[next]),
			met(speech, is_ready),
			evidence.map(({ detail, is_met }) => `${is_met ? "✓" : "✗"} ${detail}`).join("; "),
		]),
	};
	return [{ id: "ladder", title: tell(W.ladder), body: card(tell(W.ladder), [table(speech, sheet)], { isHeadless: true }) }];
}
