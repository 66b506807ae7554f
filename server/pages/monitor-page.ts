import {
	type FigureId,
	type MonitorDocument,
	type MonitorGroup,
	type MonitorRep,
	type MonitorTarget,
	RATIO_IDS,
	RATIOS,
	type RatioId,
} from "../../engine/index.ts";
import { card, cards, type Cell, chart, paragraph, table, type Tile, tiles } from "./blocks.ts";
import { type Links, renderPage, type Section } from "./frame.ts";
import type { Html } from "./html.ts";
import { type AnyRow, figureCard } from "./monitor-figures.ts";
import { repNames } from "./rep-names.ts";
import type { Speech } from "./speech.ts";
import { tellCode } from "./words-codes.ts";
import { MONITOR_WORDS as W } from "./words-monitor.ts";

/** The figures of each section, in the order in which a manager asks. */
const SECTIONS = [
	{ id: "portfolio", figures: ["customers", "flows"] },
	{ id: "money", figures: ["breaks", "revenue_at_risk", "objections", "collections"] },
	{ id: "service", figures: ["coverage", "cadence_debt"] },
	{ id: "sales", figures: ["positivation", "productivity"] },
] as const satisfies readonly { readonly id: keyof typeof W; readonly figures: readonly FigureId[] }[];
const MOST_GROUPS = 50;

/** The monitor for people. */
export async function monitorPage(speech: Speech, document: MonitorDocument, links: Links | null): Promise<string> {
	const { tell, date, count } = speech;
	const { total, month, only, receipt } = document;
	const sections: Section[] = [];
	for (const { id, figures } of SECTIONS) {
		const made: Html[] = [];
		for (const figure of figures) made.push(await figureCard(speech, figure, total, links));
		sections.push({ id, title: tell(W[id]), body: cards(made) });
	}
	if (document.targets.length > 0) sections.push({ id: "targets", title: tell(W.targets), body: await targetsOf(speech, document) });
	if (document.reps.length > 0) sections.push({ id: "reps", title: tell(W.reps), body: await repsOf(speech, document) });
	if (document.groups.length > 0) sections.push({ id: "groups", title: tell(W.groups), body: groupsOf(speech, document) });
	const lead = tell(W.lead, { date: date(document.as_of), left: count(month.working_days_left), days: count(month.working_days) });
	return renderPage(
		speech,
		{
			title: tell(W.title),
			lead: only ? `${tell(W.only, { kind: tellCode(speech, "cell", only.by), key: only.key })}. ${lead}` : lead,
			warnings: [
				...document.notes.map(({ code, on }) => tell(W.notes[code], { date: date(on) })),
				...document.warnings.map((text) => tell(W.warning, { text })),
			],
			opening: tiles(openingTiles(speech, document)),
			sections,
			receipt: [
				[tell(W.plan), receipt.plan_id ?? "–"],
				[tell(W.inputs), receipt.inputs_digest],
				[tell(W.policy), receipt.policy_digest],
				[tell(W.engine), receipt.engine],
				[
					tell(W.through),
					Object.entries(receipt.data_through)
						.map(([name, day]) => `${name} ${date(day)}`)
						.join(", "),
				],
			],
		},
		links,
	);
}

function sumOf(rows: readonly AnyRow[], measure: string): number {
	return rows.reduce((sum, row) => sum + Number(row[measure] ?? 0), 0);
}

function tellRatio({ share, money, decimal }: Speech, id: RatioId, value: number | null): string {
	if (id === "value_cents_an_hour") return money(value);
	return id === "mix" ? decimal(value) : share(value);
}

function openingTiles(speech: Speech, { total, month }: MonitorDocument): Tile[] {
	const { tell, count, briefMoney, hours } = speech;
	const { breaks, revenue_at_risk: atRisk, cadence_debt: debt } = total.figures;
	const told = (rows: readonly AnyRow[]): string => tell(W.numCustomers, { count: count(sumOf(rows, "customers")) });
	const seconds = sumOf(debt, "service_seconds");
	return [
		{ name: tell(W.customers), value: count(total.num_customers), href: "#portfolio" },
		{ name: tell(W.broken), value: briefMoney(sumOf(breaks, "monthly_revenue_cents")), aside: told(breaks), href: "#money" },
		{
			name: tell(W.atRisk),
			value: briefMoney(sumOf(atRisk, "revenue_cents")),
			aside: `${told(atRisk)}, ${tell(W.inTwelve)}`,
			href: "#money",
		},
		{
			name: tell(W.breaches),
			value: count(sumOf(debt, "expected_breaches")),
			aside: tell(W.hoursToAvoid, { hours: hours(seconds) }),
			href: "#service",
		},
		...RATIO_IDS.map((id) => ({
			name: tell(RATIOS[id].title),
			value: tellRatio(speech, id, total.ratios[id]),
			aside: id === "positivation" ? speech.month(month.period) : "",
		})),
	];
}

async function targetsOf(speech: Speech, { targets, month, reps }: MonitorDocument): Promise<Html> {
	const { tell, share, money } = speech;
	const nameOf = repNames(reps);
	const whose = ({ rep_id, team_id, line }: MonitorTarget): string =>
		[(rep_id && (nameOf.get(rep_id) ?? rep_id)) ?? team_id ?? tell(W.everyone), line].filter(Boolean).join(" · ");
	const caption = tell(W.targetsCaption, { month: speech.month(month.period) });
	const rows = targets.map((target): (Cell | string)[] => {
		const amount = (value: number | null): string => tellTarget(speech, target.metric, value);
		return [
			whose(target),
			tellCode(speech, "metric", target.metric),
			amount(target.target),
			{
				text: `${amount(target.reached)} (${share(target.target > 0 ? target.reached / target.target : null)})`,
				...(target.missing === 0 && { tone: "good" }),
			},
			amount(target.missing),
			amount(target.needed_a_day),
			amount(target.expected_with_usual),
			amount(target.expected_with_plan),
			money(target.cost_missing_cents),
		];
	});
	const heads = [W.of, W.target, W.target, W.reached, W.missing, W.aDay, W.expectedUsual, W.expectedPlan, W.costMissing];
	const columns = heads.map((head, i) => ({ head: tell(head), isText: i < 2 }));
	return card(tell(W.targets), [table(speech, { caption, columns, rows })], { isHeadless: true });
}

/** Revenue and margin of targets are in units of the currency. */
function tellTarget({ money, count }: Speech, metric: string, value: number | null): string {
	return metric === "revenue" || metric === "margin" ? money(value === null ? null : 100 * value) : count(value);
}

async function repsOf(speech: Speech, { reps, horizon }: MonitorDocument): Promise<Html> {
	const { tell, share, hours, count, shortDate } = speech;
	const names = repNames(reps);
	const nameOf = ({ rep_id }: MonitorRep): string => names.get(rep_id) ?? rep_id;
	const shown = [...reps].sort((a, b) => (b.load ?? -1) - (a.load ?? -1));
	const bars = shown.slice(0, 20).map((rep) => ({ name: nameOf(rep), value: rep.load ?? 0, label: share(rep.load) }));
	const caption = tell(W.loadCaption, { from: shortDate(horizon.from), to: shortDate(horizon.to) });
	const heads = [W.reps, W.customers, W.due, W.shift, W.load, W.overloaded, W.planned, W.travel];
	const rows = shown.map((rep): (Cell | string)[] => [
		nameOf(rep),
		count(rep.num_customers),
		hours(rep.due_seconds),
		hours(rep.shift_seconds),
		share(rep.load),
		rep.is_overloaded ? { text: tell(W.yes), tone: "bad" } : tell(W.no),
		hours(rep.planned_seconds),
		hours(rep.planned_travel_seconds),
	]);
	const sheet = { caption, columns: heads.map((head) => ({ head: tell(head) })), rows };
	const drawn = await chart(
		speech,
		{ plot: { kind: "bars", rows: bars, mark: { at: 1, label: tell(W.whole) } }, caption, sheet },
		{ isBeside: true },
	);
	return card(tell(W.load), [drawn], { isHeadless: true });
}

function groupsOf(speech: Speech, { by, total, groups }: MonitorDocument): Html {
	const { tell, count, money } = speech;
	const row = (name: string, { num_customers, figures, ratios }: MonitorGroup): string[] => [
		name,
		count(num_customers),
		money(sumOf(figures.customers, "revenue_cents")),
		money(sumOf(figures.breaks, "monthly_revenue_cents")),
		...RATIO_IDS.map((id) => tellRatio(speech, id, ratios[id])),
	];
	const kind = by ?? "rep";
	const heads = [
		tellCode(speech, "cell", kind),
		tell(W.customers),
		tellCode(speech, "measure", "revenue_cents"),
		tell(W.broken),
		...RATIO_IDS.map((id) => tell(RATIOS[id].title)),
	];
	const rows = [
		row(tell(W.total), total),
		...groups.slice(0, MOST_GROUPS).map((group) => row(group.name ?? group.key ?? tell(W.without), group)),
	];
	const rest = groups.length - MOST_GROUPS;
	const sheet = table(speech, { caption: tell(W.groupsCaption), columns: heads.map((head) => ({ head })), rows });
	return card(
		tellCode(speech, "cell", kind),
		[sheet, ...(rest > 0 ? [paragraph(tell(W.others, { count: MOST_GROUPS, rest: count(rest) }))] : [])],
		{ isWhole: true },
	);
}
