import { stringify } from "csv-stringify/sync";
import type { Entry } from "../plan-document.ts";
import { type Agenda, type AgendaFilter, type AgendaSource, customerNameOf, selectAgendas } from "./select.ts";

type Cell = string | number | null;

/** Columns of the CSV in order, each with how it is read off an entry. Lists inside a cell are joined with `|`. */
const COLUMNS: Readonly<Record<string, (entry: Entry, agenda: Agenda) => Cell>> = {
	rep_id: (_, { rep }) => rep.rep_id,
	date: (_, { day }) => day.date,
	sequence: (entry) => entry.sequence,
	entry_id: (entry) => entry.entry_id,
	customer_id: (entry) => entry.customer_id,
	customer_name: customerNameOf,
	channel: (entry) => entry.channel,
	kind: (entry) => entry.kind,
	objective: (entry) => entry.objective,
	arrive: (entry) => entry.arrive,
	start: (entry) => entry.start,
	end: (entry) => entry.end,
	travel_seconds: (entry) => entry.travel_seconds,
	travel_metres: (entry) => entry.travel_metres,
	phase: (entry) => entry.phase,
	class: (entry) => entry.class,
	potential: (entry) => entry.potential,
	min_gap_days: (entry) => entry.min_gap_days,
	churn_risk: (entry) => entry.churn_risk,
	order_by: (entry) => entry.order_by ?? null,
	delivers_on: (entry) => entry.delivers_on ?? null,
	value_cents: (entry) => entry.value_cents,
	product_ids: (entry) => entry.products.map((product) => product.product_id).join("|"),
	reason: (entry) => entry.reason,
	stage: (_, { day }) => day.stage ?? "plan",
};

/**
 * The selected agendas as CSV (RFC 4180, comma, UTF-8, a header line), one entry a line. Text that a spreadsheet would run as a
 * formula is written with an apostrophe before it.
 */
export function formatAgendaCsv(plan: AgendaSource, filter: AgendaFilter = {}): string {
	const cellsOf = Object.values(COLUMNS);
	const rows = selectAgendas(plan, filter).flatMap((agenda) =>
		agenda.day.entries.map((entry) => cellsOf.map((cellOf) => cellOf(entry, agenda))),
	);
	return stringify([Object.keys(COLUMNS), ...rows], { escape_formulas: true });
}
