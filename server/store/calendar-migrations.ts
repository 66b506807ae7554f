import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { Dialect } from "./dialect.ts";
import { guardRows } from "./row-security.ts";

type Database = Kysely<unknown>;

async function createCalendarEvents(db: Database): Promise<void> {
	await db.schema
		.createTable("calendar_event")
		.ifNotExists()
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("portfolio", "text", (column) => column.notNull())
		.addColumn("rep_id", "text", (column) => column.notNull())
		.addColumn("customer_id", "text", (column) => column.notNull())
		.addColumn("born", "bigint", (column) => column.notNull())
		.addColumn("nth", "integer", (column) => column.notNull())
		.addColumn("date", "text", (column) => column.notNull())
		.addColumn("sequence", "bigint", (column) => column.notNull())
		.addColumn("plan", "text", (column) => column.notNull())
		.addColumn("dropped", "integer", (column) => column.notNull())
		.addPrimaryKeyConstraint("calendar_event_key", ["tenant", "portfolio", "rep_id", "customer_id", "born", "nth"])
		.execute();
	const columns = ["tenant", "portfolio", "rep_id", "date"];
	await db.schema.createIndex("calendar_event_by_date").ifNotExists().on("calendar_event").columns(columns).execute();
}

async function createContactRules(db: Database): Promise<void> {
	await db.schema
		.createTable("contact_rule")
		.ifNotExists()
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("portfolio", "text", (column) => column.notNull())
		.addColumn("id", "text", (column) => column.notNull())
		.addColumn("rep_id", "text", (column) => column.notNull())
		.addColumn("customer_id", "text", (column) => column.notNull())
		.addColumn("from_date", "text", (column) => column.notNull())
		.addColumn("until_date", "text", (column) => column.notNull())
		.addColumn("reason", "text", (column) => column.notNull())
		.addColumn("plan", "text", (column) => column.notNull())
		.addPrimaryKeyConstraint("contact_rule_key", ["tenant", "portfolio", "id"])
		.execute();
}

async function createCalendarTokens(db: Database): Promise<void> {
	await db.schema
		.createTable("calendar_token")
		.ifNotExists()
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("portfolio", "text", (column) => column.notNull())
		.addColumn("rep_id", "text", (column) => column.notNull())
		.addColumn("id", "text", (column) => column.notNull().unique())
		.addColumn("hash", "text", (column) => column.notNull())
		.addColumn("created_at", "text", (column) => column.notNull())
		.addPrimaryKeyConstraint("calendar_token_key", ["tenant", "portfolio", "rep_id"])
		.execute();
}

/** What calendars that subscribed to a rep's agenda have been told and what opens them, and what reps refused. */
export function calendarMigrations(dialect: Dialect): Record<string, Migration> {
	return {
		"0045-calendar-events": {
			async up(db: Database) {
				await createCalendarEvents(db);
				if (dialect === "postgres") await guardRows(db, ["calendar_event"]);
			},
		},
		"0046-contact-rules": {
			async up(db: Database) {
				await createContactRules(db);
				if (dialect === "postgres") await guardRows(db, ["contact_rule"]);
			},
		},
		"0055-calendar-tokens": {
			async up(db: Database) {
				await createCalendarTokens(db);
				if (dialect === "postgres") await guardRows(db, ["calendar_token"]);
			},
		},
	};
}
