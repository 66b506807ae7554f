import type { DayPlan, PlanDocument, Told } from "../../engine/index.ts";
import { bullets, paragraph, table } from "./blocks.ts";
import { type Links, renderPage, type Section } from "./frame.ts";
import { type Html, html } from "./html.ts";
import type { Speech } from "./speech.ts";
import { tellCode } from "./words-codes.ts";
import { DAY_SHEET_WORDS as W } from "./words-day-sheet.ts";

type Entry = DayPlan["entries"][number];

/** Agendas of reps to print. */
export interface DaySheets {
	readonly plan_ids: readonly string[];
	readonly horizon: PlanDocument["horizon"];
	readonly agendas: readonly { readonly rep_id: string; readonly day: DayPlan }[];
	/** City and state of a customer, where they are known. */
	readonly placeOf: (customerId: string) => string | null;
}

const OUTCOMES = ["order", "no_order", "not_reached", "cancelled"] as const;
// Maps, for objectives are the company's own words, `constructor` too.
const REASONS = new Map<string, Told>(Object.entries(W.reasons));
const OBJECTIVES = new Map<string, Told>(Object.entries(W.objectives));
const clock = (time: string): string => time.slice(0, 5);
const minutesOf = (seconds: number): number => Math.round(seconds / 60);

/** A code in words, or as it is where it has none. */
function wordsOf({ tell }: Speech, words: ReadonlyMap<string, Told>, code: string): string {
	const told = words.get(code);
	return told ? tell(told) : code;
}

/** Each rep's day as a sheet of paper: who, when, why, what to offer, and boxes for what came of it. */
export async function daySheetPage(speech: Speech, sheets: DaySheets, links: Links | null): Promise<string> {
	const { tell, date } = speech;
	const { agendas, horizon, plan_ids } = sheets;
	const dates = agendas.map(({ day }) => day.date).sort((a, b) => (a < b ? -1 : 1));
	const reps = [...new Set(agendas.map(({ rep_id }) => rep_id))];
	return renderPage(
		speech,
		{
			title: tell(W.title),
			lead: tell(W.lead, {
				reps: reps.join(", ") || "–",
				from: date(dates[0] ?? horizon.from),
				to: date(dates.at(-1) ?? horizon.to),
			}),
			opening: agendas.length === 0 ? paragraph(tell(W.nothing)) : html``,
			sections: agendas.map((agenda, at) => sheetOf(speech, sheets, agenda, at)),
			receipt: [[tell(W.plan), plan_ids.join(", ")]],
		},
		links,
	);
}

function sheetOf(speech: Speech, { placeOf }: DaySheets, { rep_id, day }: DaySheets["agendas"][number], at: number): Section {
	const { tell, decimal } = speech;
	const entries = day.stage === "shadow" ? [] : day.entries; // which reps are not shown
	const breaks = day.breaks.map(({ start, end }) => `${clock(start)}–${clock(end)}`).join(", ") || tell(W.none);
	const totals = tell(W.totals, {
		contacts: entries.length,
		start: clock(day.start),
		end: clock(day.end),
		km: decimal(day.travel_metres / 1000),
		travel: speech.hours(day.travel_seconds),
		breaks,
	});
	return {
		id: `day-${at + 1}`,
		title: tell(W.day, { rep: rep_id, date: speech.date(day.date) }),
		body:
			entries.length === 0
				? paragraph(tell(W.free))
				: html`${paragraph(totals)}${entries.map((entry) => contactCard(speech, entry, placeOf(entry.customer_id)))}`,
	};
}

function contactCard(speech: Speech, entry: Entry, place: string | null): Html {
	const { tell } = speech;
	const name = entry.brief.customer_name;
	const facts = [
		tellCode(speech, "channel", entry.channel),
		wordsOf(speech, OBJECTIVES, entry.objective),
		place,
		tellCode(speech, "phase", entry.phase),
		entry.travel_seconds > 0 && tell(W.travel, { minutes: minutesOf(entry.travel_seconds) }),
	].filter(Boolean);
	const title = `${clock(entry.start)}–${clock(entry.end)} · ${name ?? entry.customer_id}`;
	return html`<article class="card visit"><h3>${title}</h3><p class="soft">${name !== null && `${entry.customer_id} · `}${facts.join(" · ")}</p><p>${entry.reason}</p>${productsOf(speech, entry)}${bullets(briefOf(speech, entry))}${boxes(speech)}</article>\n`;
}

function productsOf(speech: Speech, { products, brief, customer_id }: Entry): Html {
	const { tell, money } = speech;
	if (products.length === 0) return html``;
	return table(speech, {
		caption: tell(W.products, { customer: brief.customer_name ?? customer_id }),
		columns: [{ head: tell(W.product) }, { head: tell(W.why), isText: true }, { head: tell(W.expected) }],
		rows: products.map(({ product_id, name, reason, expected_cents }) => [
			name === null ? product_id : { text: name, aside: product_id },
			wordsOf(speech, REASONS, reason),
			money(expected_cents),
		]),
	});
}

function briefOf({ tell, date, money, decimal }: Speech, { brief }: Entry): string[] {
	const days = brief.days_since_last_order;
	const facts = [
		brief.last_order_on !== null && tell(W.lastOrder, { date: date(brief.last_order_on), days: days ?? 0 }),
		brief.expected_interval_days !== null && tell(W.interval, { days: decimal(brief.expected_interval_days) }),
		brief.ticket_cents !== null && tell(W.ticket, { ticket: money(brief.ticket_cents) }),
		brief.overdue_cents > 0 && tell(W.overdue, { overdue: money(brief.overdue_cents), days: brief.overdue_days }),
		brief.headroom_cents !== null && tell(W.headroom, { headroom: money(brief.headroom_cents) }),
		brief.lapsed_products.length > 0 && tell(W.lapsed, { products: brief.lapsed_products.join(", ") }),
		brief.stock_alerts.length > 0 && tell(W.stock, { products: brief.stock_alerts.join(", ") }),
		brief.order_by !== null && tell(W.orderBy, { time: clock(brief.order_by) }),
		brief.delivers_on !== null && tell(W.delivers, { date: date(brief.delivers_on) }),
		brief.open_complaint !== null && tell(W.complaint, { complaint: brief.open_complaint }),
		brief.last_objection !== null && tell(W.objection, { objection: brief.last_objection }),
		brief.goal_missing,
		brief.recovery?.advice, // absent in plans of before
	];
	return facts.filter((fact) => typeof fact === "string");
}

/** Empty boxes and lines to write on. */
function boxes({ tell }: Speech): Html {
	const lines = [W.value, W.objectionTold, W.notes].map((told) => html`<li class="line">${tell(told)}:</li>`);
	return html`<p class="outcome">${tell(W.outcome)}</p><ul class="boxes">${OUTCOMES.map((outcome) => html`<li>☐ ${tell(W[outcome])}</li>`)}${lines}</ul>`;
}
