/**
 * The one place for the names, types, units and nulls of the input tables. Readers, writers, the generator, the HTTP schemas and
 * the documentation are all derived from it.
 */

/** How a column's values are written in files, and how they are held in memory:
 *
 * | type | in a file | in memory |
 * |---|---|---|
 * | `id` | opaque text, never null, the table's own key or a part of it | text |
 * | `ref` | text that names a row of another table | index of that row, -1 for null |
 * | `text` | text | text, null |
 * | `number` | decimal | float, NaN for null |
 * | `integer` | whole number | float holding a whole number, NaN for null |
 * | `version` | whole number from 0 to 2^53 - 1 | float holding it, NaN for null |
 * | `money` | decimal in currency units | whole cents in a float, NaN for null |
 * | `day` | date | days since 1970-01-01, NULL_DAY for null |
 * | `datetime` | local date and time, no offset | seconds since 1970-01-01T00:00:00 local, NaN for null |
 * | `time` | `HH:MM` or `HH:MM:SS` | seconds from midnight, NaN for null |
 * | `enum` | one of `values` | position in `values`, NULL_CODE for null |
 * | `boolean` | `true`/`false`, `1`/`0` | 1, 0, NULL_CODE for null |
 * | the `…syntax` ones | text in a little language of its own, parsed once by `calendar.ts` to validate | text, null |
 */
export type ColumnType =
	| "id"
	| "ref"
	| "text"
	| "number"
	| "integer"
	| "version"
	| "money"
	| "day"
	| "datetime"
	| "time"
	| "enum"
	| "boolean"
	| "hours"
	| "breaks"
	| "weekdays"
	| "visit_days"
	| "absences"
	| "channels"
	| "list";

export interface ColumnSpec {
	readonly type: ColumnType;
	/** May the value be null and the column be absent? */
	readonly optional: boolean;
	/** Column whose values stand in where the file lacks this one; its own values may not be null. */
	readonly standIn?: string;
	/** Of a `ref`: the table it names. */
	readonly table?: TableName;
	/** Of an `enum`: its words, in order of their codes. */
	readonly values?: readonly string[];
	/** Of a number: the smallest and largest value that makes sense. */
	readonly min?: number;
	readonly max?: number;
}

export interface TableSpec {
	/** Columns that together name a row. */
	readonly key: readonly string[];
	/** May several rows share the key? True for the lines of an order. */
	readonly manyPerKey?: boolean;
	readonly columns: Readonly<Record<string, ColumnSpec>>;
}

export const CHANNELS = ["visit", "phone", "message", "email"] as const;
export type Channel = (typeof CHANNELS)[number];
export const CUSTOMER_STATUS = ["open", "closed", "do_not_contact"] as const;
/** The rungs of the credit ladder, in order of severity. */
export const CREDIT_STATUS = ["sell", "sell_with_notice", "collect_and_sell_cash", "collect_only", "collections_team"] as const;
export const ASSIGNMENT_ROLES = ["owner", "telesales", "specialist", "cover"] as const;
export const VISIT_DAY_RULES = ["hard", "preferred", "free"] as const;
export const ORDER_ORIGINS = ["visit", "telesales", "ecommerce", "counter", "edi"] as const;
export const ORDER_STATUS = ["placed", "invoiced", "cut", "cancelled", "delivered"] as const;
export const ORDER_KINDS = ["sale", "bonus", "exchange", "return"] as const;
export const REP_KINDS = ["field_employee", "rca", "inside", "supervisor", "director"] as const;
export const DIRECTIONS = ["outbound", "inbound"] as const;
export const OUTCOMES = ["order", "no_order", "not_reached", "cancelled"] as const;
export const WEEK_PARITIES = ["A", "B"] as const;
export const TARGET_METRICS = ["revenue", "margin", "positivation", "mix", "new", "recovered"] as const;
export const SERVICE_EVENT_KINDS = ["complaint", "survey", "delivery_failure", "return", "request"] as const;

type Range = { readonly min?: number; readonly max?: number };
const id: ColumnSpec = { type: "id", optional: false };
const column = (type: ColumnType, range: Range = {}): ColumnSpec => ({ type, optional: false, ...range });
const maybe = (type: ColumnType, range: Range = {}): ColumnSpec => ({ type, optional: true, ...range });
const ref = (table: TableName): ColumnSpec => ({ type: "ref", optional: false, table });
const maybeRef = (table: TableName): ColumnSpec => ({ type: "ref", optional: true, table });
const oneOf = (values: readonly string[]): ColumnSpec => ({ type: "enum", optional: false, values });
const maybeOneOf = (values: readonly string[]): ColumnSpec => ({ type: "enum", optional: true, values });

const positive: Range = { min: 0 };

export const TABLE_NAMES = [
	"customers",
	"assignments",
	"orders",
	"reps",
	"products",
	"prices",
	"contacts",
	"appointments",
	"delivery_routes",
	"campaigns",
	"targets",
	"service_events",
	"holidays",
] as const;
export type TableName = (typeof TABLE_NAMES)[number];

/**
 * Column of every table: grows with each change of a row in the system that it comes from. What is older than what is held is not taken;
 * null says nothing.
 */
export const VERSION = "source_version";

/** Columns that only some systems have, and files of ours have only where they are asked for. */
export const isExtra = (column: string): boolean => column === VERSION;

export const TABLES: Readonly<Record<TableName, TableSpec>> = withVersions({
	customers: {
		key: ["customer_id"],
		columns: {
			customer_id: id,
			rep_id: maybeRef("reps"),
			name: maybe("text"),
			group_id: maybe("text"),
			segment: maybe("text"),
			status: maybeOneOf(CUSTOMER_STATUS),
			lat: maybe("number", { min: -90, max: 90 }),
			lon: maybe("number", { min: -180, max: 180 }),
			city_code: maybe("text"),
			state: maybe("text"),
			channels: maybe("channels"),
			visit_hours: maybe("hours"),
			service_minutes: maybe("number", { min: 1, max: 1440 }),
			route_id: maybeRef("delivery_routes"),
			delivery_days: maybe("weekdays"),
			delivery_lead_days: maybe("integer", { min: 0, max: 60 }),
			credit_status: maybeOneOf(CREDIT_STATUS),
			credit_limit: maybe("money", positive),
			open_balance: maybe("money"),
			open_orders_value: maybe("money"),
			overdue_amount: maybe("money", positive),
			overdue_days: maybe("integer", { min: 0, max: 36500 }),
			min_order_value: maybe("money", positive),
			price_table: maybe("text"),
			visit_interval_days: maybe("integer", { min: 1, max: 3650 }),
			min_gap_days: maybe("integer", { min: 0, max: 3650 }),
			max_gap_days: maybe("integer", { min: 1, max: 3650 }),
			potential_value: maybe("money", positive),
			registered_on: maybe("day"),
			blocked: maybe("boolean"),
		},
	},
	assignments: {
		key: ["customer_id", "rep_id", "line"],
		columns: {
			customer_id: ref("customers"),
			rep_id: ref("reps"),
			line: maybe("text"),
			role: oneOf(ASSIGNMENT_ROLES),
			valid_from: maybe("day"),
			valid_to: maybe("day"),
			visit_days: maybe("visit_days"),
			visit_day_rule: maybeOneOf(VISIT_DAY_RULES),
			interval_days: maybe("integer", { min: 1, max: 3650 }),
		},
	},
	orders: {
		key: ["order_id"],
		manyPerKey: true,
		columns: {
			order_id: id,
			customer_id: ref("customers"),
			ordered_on: column("day"),
			product_id: ref("products"),
			quantity: column("number"),
			net_value: { ...column("money"), standIn: "quantity" },
			margin: maybe("money"),
			rep_id: maybeRef("reps"),
			line: maybe("text"),
			origin: maybeOneOf(ORDER_ORIGINS),
			status: maybeOneOf(ORDER_STATUS),
			kind: maybeOneOf(ORDER_KINDS),
			invoiced_on: maybe("day"),
		},
	},
	reps: {
		key: ["rep_id"],
		columns: {
			rep_id: id,
			name: maybe("text"),
			team_id: maybe("text"),
			manager_id: maybeRef("reps"),
			kind: oneOf(REP_KINDS),
			start_lat: maybe("number", { min: -90, max: 90 }),
			start_lon: maybe("number", { min: -180, max: 180 }),
			end_lat: maybe("number", { min: -90, max: 90 }),
			end_lon: maybe("number", { min: -180, max: 180 }),
			shifts: maybe("hours"),
			break: maybe("breaks"),
			max_visits: maybe("integer", { min: 0, max: 1000 }),
			max_calls: maybe("integer", { min: 0, max: 1000 }),
			max_travel_minutes: maybe("integer", { min: 0, max: 1440 }),
			absences: maybe("absences"),
			time_zone: maybe("text"),
		},
	},
	products: {
		key: ["product_id"],
		columns: {
			product_id: id,
			name: maybe("text"),
			category: maybe("text"),
			line: maybe("text"),
			margin_rate: maybe("number", { min: -1, max: 1 }),
			price: maybe("money", positive),
			weight_kg: maybe("number", positive),
			stock_quantity: maybe("number"),
			active: maybe("boolean"),
		},
	},
	prices: {
		key: ["price_table", "product_id", "min_quantity", "valid_from"],
		columns: {
			price_table: id,
			product_id: ref("products"),
			price: column("money", positive),
			min_quantity: maybe("number", positive),
			valid_from: column("day"),
			valid_to: maybe("day"),
		},
	},
	contacts: {
		key: ["contact_id"],
		columns: {
			contact_id: id,
			entry_id: maybe("text"),
			customer_id: ref("customers"),
			rep_id: ref("reps"),
			contacted_at: column("datetime"),
			channel: oneOf(CHANNELS),
			direction: maybeOneOf(DIRECTIONS),
			outcome: oneOf(OUTCOMES),
			objection: maybe("text"),
			order_id: maybe("text"),
			minutes: maybe("number", { min: 0, max: 1440 }),
		},
	},
	appointments: {
		key: ["customer_id", "rep_id", "on"],
		columns: {
			customer_id: ref("customers"),
			rep_id: ref("reps"),
			on: column("day"),
			at: maybe("time"),
			minutes: maybe("number", { min: 1, max: 1440 }),
			channel: maybeOneOf(CHANNELS),
		},
	},
	delivery_routes: {
		key: ["route_id"],
		columns: {
			route_id: id,
			days: column("weekdays"),
			week_parity: maybeOneOf(WEEK_PARITIES),
			cutoff_time: maybe("time"),
			lead_days: maybe("integer", { min: 0, max: 60 }),
			capacity_kg: maybe("number", positive),
			capacity_stops: maybe("integer", positive),
			min_load_value: maybe("money", positive),
		},
	},
	campaigns: {
		key: ["campaign_id"],
		columns: {
			campaign_id: id,
			name: maybe("text"),
			starts_on: column("day"),
			ends_on: column("day"),
			category: maybe("text"),
			product_ids: maybe("list"),
			segment: maybe("text"),
			classes: maybe("list"),
			value_per_conversion: maybe("money", positive),
			discount_rate: maybe("number", { min: 0, max: 1 }),
			min_contacts: maybe("integer", positive),
			max_contacts: maybe("integer", positive),
		},
	},
	targets: {
		key: ["period", "rep_id", "team_id", "metric", "line"],
		columns: {
			period: id,
			rep_id: maybeRef("reps"),
			team_id: maybe("text"),
			metric: oneOf(TARGET_METRICS),
			line: maybe("text"),
			target: column("number", positive),
			bonus_value: maybe("money", positive),
		},
	},
	service_events: {
		key: ["event_id"],
		columns: {
			event_id: id,
			customer_id: ref("customers"),
			at: column("datetime"),
			kind: oneOf(SERVICE_EVENT_KINDS),
			severity: maybe("text"),
			score: maybe("number"),
			owner: maybe("text"),
			resolved_at: maybe("datetime"),
		},
	},
	holidays: {
		key: ["date", "region"],
		columns: {
			date: column("day"),
			region: maybe("text"),
			optional: maybe("boolean"),
		},
	},
});

function withVersions(tables: Readonly<Record<TableName, TableSpec>>): Readonly<Record<TableName, TableSpec>> {
	const extended = Object.entries(tables).map(([name, table]) => [
		name,
		{ ...table, columns: { ...table.columns, [VERSION]: maybe("version") } },
	]);
	return Object.fromEntries(extended) as Record<TableName, TableSpec>;
}

/** Tables that `plan` needs; `train`, `score`, `products` and `evaluate` need only `orders`. */
export const REQUIRED_TO_PLAN: readonly TableName[] = ["customers", "orders", "reps"];
