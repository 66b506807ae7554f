import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import { onTestFinished } from "vitest";
import type { TableName } from "../../engine/portfolio/schema.ts";

export type SampleRow = Readonly<Record<string, string>>;
export type SampleTables = { [table in TableName]: SampleRow[] };

/** Every table with a few rows that use every column, as a CSV with decimal points would write them. */
export function sampleTables(): SampleTables {
	return {
		customers: [
			{
				customer_id: "c1",
				rep_id: "r1",
				name: 'Bar "do" João, esquina',
				group_id: "g1",
				segment: "bar",
				status: "open",
				lat: "-23.55",
				lon: "-46.63",
				city_code: "3550308",
				state: "SP",
				channels: "visit;phone",
				visit_hours: "Mo-Fr 08:00-12:00,13:00-18:00; PH off",
				service_minutes: "25",
				route_id: "d1",
				delivery_days: "Mo,We",
				delivery_lead_days: "1",
				credit_status: "sell",
				credit_limit: "1234.56",
				open_balance: "100.00",
				open_orders_value: "0",
				overdue_amount: "12.30",
				overdue_days: "4",
				min_order_value: "50",
				price_table: "t1",
				visit_interval_days: "7",
				min_gap_days: "3",
				max_gap_days: "14",
				potential_value: "900",
				registered_on: "2024-01-31",
				blocked: "false",
			},
			{ customer_id: "c2", rep_id: "r2", name: "Empório" },
			{ customer_id: "c3", rep_id: "", name: "" },
		],
		assignments: [
			{
				customer_id: "c1",
				rep_id: "r1",
				line: "food",
				role: "owner",
				valid_from: "2026-01-01",
				valid_to: "2026-12-31",
				visit_days: "Tu,Th/2:A",
				visit_day_rule: "hard",
				interval_days: "7",
			},
			{ customer_id: "c2", rep_id: "r2", role: "owner" },
		],
		orders: [
			{
				order_id: "o1",
				customer_id: "c1",
				ordered_on: "2026-11-02",
				product_id: "p1",
				quantity: "3",
				net_value: "12.50",
				margin: "2.25",
				rep_id: "r1",
				line: "food",
				origin: "visit",
				status: "invoiced",
				kind: "sale",
				invoiced_on: "2026-11-03",
			},
			{ order_id: "o1", customer_id: "c1", ordered_on: "2026-11-02", product_id: "p2", quantity: "1", net_value: "5" },
			{ order_id: "o2", customer_id: "c2", ordered_on: "2026-11-03", product_id: "p1", quantity: "-1", net_value: "-4.17" },
		],
		reps: [
			{
				rep_id: "r1",
				name: "Ana",
				team_id: "t1",
				manager_id: "r2",
				kind: "rca",
				start_lat: "-23.5",
				start_lon: "-46.6",
				end_lat: "-23.5",
				end_lon: "-46.6",
				shifts: "Mo-Fr 08:00-18:00",
				break: "60min 11:30-14:00",
				max_visits: "12",
				max_calls: "30",
				max_travel_minutes: "240",
				absences: "2026-12-01/2026-12-05;2026-12-24",
				time_zone: "America/Sao_Paulo",
			},
			{ rep_id: "r2", name: "Bia", kind: "supervisor" },
		],
		products: [
			{
				product_id: "p1",
				name: "Rice 5 kg",
				category: "rice",
				line: "food",
				margin_rate: "0.2",
				price: "4.17",
				weight_kg: "5",
				stock_quantity: "100",
				active: "true",
			},
			{ product_id: "p2", name: "Beans" },
		],
		prices: [
			{ price_table: "t1", product_id: "p1", price: "4.10", min_quantity: "1", valid_from: "2026-01-01", valid_to: "2026-12-31" },
			{ price_table: "t1", product_id: "p1", price: "3.90", min_quantity: "10", valid_from: "2026-01-01", valid_to: "" },
		],
		contacts: [
			{
				contact_id: "k1",
				entry_id: "e1",
				customer_id: "c1",
				rep_id: "r1",
				contacted_at: "2026-11-02T10:30:00",
				channel: "visit",
				direction: "outbound",
				outcome: "order",
				objection: "price",
				order_id: "o1",
				minutes: "20",
			},
			{ contact_id: "k2", customer_id: "c2", rep_id: "r2", contacted_at: "2026-11-03T09:00", channel: "phone", outcome: "no_order" },
		],
		appointments: [
			{ customer_id: "c1", rep_id: "r1", on: "2026-11-24", at: "10:00", minutes: "30", channel: "visit" },
			{ customer_id: "c2", rep_id: "r2", on: "2026-11-25", at: "", minutes: "", channel: "" },
		],
		delivery_routes: [
			{
				route_id: "d1",
				days: "Mo,We",
				week_parity: "A",
				cutoff_time: "16:00",
				lead_days: "1",
				capacity_kg: "5000",
				capacity_stops: "30",
				min_load_value: "1000",
			},
		],
		campaigns: [
			{
				campaign_id: "g1",
				name: "Rice month",
				starts_on: "2026-11-01",
				ends_on: "2026-11-30",
				category: "rice",
				product_ids: "p1;p2",
				segment: "bar",
				classes: "A;B",
				value_per_conversion: "5",
				discount_rate: "0.05",
				min_contacts: "1",
				max_contacts: "10",
			},
		],
		targets: [
			{ period: "2026-11", rep_id: "r1", team_id: "", metric: "revenue", line: "food", target: "1000", bonus_value: "50" },
			{ period: "2026-11", rep_id: "", team_id: "t1", metric: "positivation", line: "", target: "10", bonus_value: "" },
		],
		service_events: [
			{
				event_id: "s1",
				customer_id: "c1",
				at: "2026-11-01T08:00:00",
				kind: "complaint",
				severity: "high",
				score: "3",
				owner: "Ana",
				resolved_at: "2026-11-02T08:00:00",
			},
		],
		holidays: [
			{ date: "2026-11-20", region: "", optional: "false" },
			{ date: "2026-12-24", region: "SP", optional: "true" },
		],
	};
}

/** A private folder that is removed when the test ends. */
export function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), "carteira-test-"));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

/** Rows as CSV with the columns of all of them, comma and LF. */
export function csvOf(rows: readonly SampleRow[]): string {
	const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
	return stringify(
		rows.map((row) => columns.map((column) => row[column] ?? "")),
		{ header: true, columns },
	);
}

/** Writes each table as a CSV into the folder. */
export function writeCsvFolder(folder: string, tables: Partial<SampleTables>): void {
	for (const [table, rows] of Object.entries(tables)) writeFileSync(join(folder, `${table}.csv`), csvOf(rows));
}
