import Table from "cli-table3";
import pc from "picocolors";
import type { DayPlan, Entry, PlanDocument, RepPlan } from "../plan-document.ts";
import { type Agenda, type AgendaFilter, createMoneyFormat, customerNameOf, selectAgendas } from "./select.ts";

/** How the table is drawn; `color` false for files and pipes. */
export interface TableOptions extends AgendaFilter {
	readonly color?: boolean;
	/** Widest line in characters; reasons are cut to it. */
	readonly width?: number;
}

type Money = (cents: number) => string;
type Colors = ReturnType<typeof pc.createColors>;

const isVisit = (entry: Entry): boolean => entry.channel === "visit";
const percent = (share: number | null): string => (share === null ? "–" : `${(100 * share).toFixed(1)} %`);
const hours = (seconds: number): string => `${(seconds / 3600).toFixed(1)} h`;
const clock = (time: string): string => time.slice(0, 5);

function createTable(head: readonly string[], right: readonly number[], color: boolean): Table.Table {
	return new Table({
		head: [...head],
		colAligns: head.map((_, index) => (right.includes(index) ? "right" : "left")),
		style: { head: color ? ["bold"] : [], border: color ? ["gray"] : [], compact: true },
	});
}

/** One line a rep over the days given. */
function formatReps(reps: readonly RepPlan[], filter: AgendaFilter, money: Money, color: boolean): string {
	const table = createTable(["rep", "days", "visits", "remote", "travel", "value of entries", "gap"], [1, 2, 3, 4, 5, 6], color);
	for (const rep of reps) {
		const days = rep.days.filter((day) => filter.date === undefined || day.date === filter.date);
		const entries = days.flatMap((day) => day.entries);
		const visits = entries.filter(isVisit).length;
		table.push([
			rep.rep_id,
			days.length,
			visits,
			entries.length - visits,
			hours(days.reduce((sum, day) => sum + day.travel_seconds, 0)),
			money(entries.reduce((sum, entry) => sum + entry.value_cents, 0)),
			percent(rep.gap),
		]);
	}
	return table.toString();
}

const KIND_COLORS: Readonly<Record<string, keyof Colors & ("cyan" | "magenta" | "yellow" | "red" | "blue")>> = {
	appointment: "cyan",
	escalation: "magenta",
	collect: "yellow",
	resolve: "yellow",
	retain: "red",
	prospect: "blue",
};

function paintKind(kind: string, colors: Colors): string {
	const color = KIND_COLORS[kind];
	return color === undefined ? kind : colors[color](kind);
}

/** Cuts a text to a width, with an ellipsis where something is lost. */
function cut(text: string, width: number): string {
	return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** Control characters in names and reasons must not drive the terminal. */
function plain(text: string): string {
	return text.replaceAll(/\p{Cc}/gu, " ");
}

function formatDay(rep: Agenda["rep"], day: DayPlan, money: Money, colors: Colors, width: number): string {
	const title = `${colors.bold(`${rep.rep_id} · ${day.date}`)}  ${clock(day.start)}–${clock(day.end)}, ${(day.travel_metres / 1000).toFixed(0)} km`;
	const table = createTable(["#", "time", "channel", "customer", "kind", "phase", "value", "why"], [0, 6], colors.isColorSupported);
	for (const entry of day.entries) {
		table.push([
			entry.sequence,
			`${clock(entry.start)}–${clock(entry.end)}`,
			entry.channel,
			cut(plain(customerNameOf(entry)), 26),
			paintKind(entry.kind, colors),
			`${entry.phase} ${entry.class}`,
			money(entry.value_cents),
			cut(plain(entry.reason), Math.max(24, width - 100)),
		]);
	}
	return `${title}\n${day.entries.length === 0 ? "nothing planned" : table.toString()}`;
}

/**
 * The plan as people read it in a terminal: a line a rep, then the agendas of the days asked for. Without a date the first day of
 * each rep is shown, and only where the reps are three or fewer; without colours unless asked.
 */
export function formatAgendaTable(plan: PlanDocument, options: TableOptions = {}): string {
	const colors = pc.createColors(options.color ?? false);
	const money = createMoneyFormat(plan, 0);
	const reps = plan.reps.filter((rep) => options.rep === undefined || rep.rep_id === options.rep);
	const isNarrowed = options.rep !== undefined || options.date !== undefined;
	const agendas = selectAgendas(plan, options).filter(({ rep, day }) => options.date !== undefined || day === rep.days[0]);
	const shown = isNarrowed || reps.length <= 3 ? agendas : [];
	return [
		`${colors.bold(`${plan.horizon.from} … ${plan.horizon.to}`)}  ${plan.currency}  plan ${plan.plan_id}`,
		formatReps(reps, options, money, colors.isColorSupported),
		...shown.map(({ rep, day }) => formatDay(rep, day, money, colors, options.width ?? 160)),
		"",
	].join("\n\n");
}
