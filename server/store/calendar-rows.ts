import { createHash } from "node:crypto";
import type { Selectable } from "kysely";
import type { Rows } from "./database.ts";
import type { Schema } from "./schema.ts";

type Row = Selectable<Schema["calendar_event"]>;

/** A contact that a rep's calendar was told of, whatever became of it. */
export interface PromisedContact {
	/** The same for the contact wherever later publications move it. */
	readonly uid: string;
	readonly customerId: string;
	readonly date: string;
	/** Grows with every publication that has, or drops, the contact. */
	readonly sequence: number;
	/** The plan that had it last. */
	readonly planId: string;
	readonly isDropped: boolean;
}

/** The publication of a plan. */
export interface PublishedPlan {
	readonly tenant: string;
	readonly portfolio: string;
	readonly id: string;
	readonly from: string;
	readonly to: string;
	/** Its place among the tenant's publications. */
	readonly order: number;
}

/** Rows of one statement: ten values a row, of the 32,766 that SQLite takes. */
const ROWS_AT_ONCE = 1000;
/** Days for which a contact is kept after its date, and for which calendars hear of it. */
const KEPT_DAYS = 400;
export const TOLD_DAYS = 31;

/** Notes what a publication means for calendars: over the plan's days, each of its reps has the plan's contacts and no others. */
export async function noteInCalendars(rows: Rows, plan: PublishedPlan): Promise<void> {
	const { tenant, portfolio, id, from, to } = plan;
	const reps = rows.selectFrom("plan_rep").select("rep_id").where("plan", "=", id);
	const entries = await rows
		.selectFrom("piece")
		.select(["rep_id", "customer_id", "date"])
		.where("plan", "=", id)
		.where("kind", "=", "entry")
		.orderBy("date")
		.orderBy("start")
		.execute();
	const standing = await rows
		.deleteFrom("calendar_event")
		.where("tenant", "=", tenant)
		.where("portfolio", "=", portfolio)
		.where("rep_id", "in", reps)
		.where("date", ">=", from)
		.where("date", "<=", to)
		.where("dropped", "=", 0)
		.returningAll()
		.execute();
	const wanted = entries.map(({ rep_id, customer_id, date }) => ({
		rep_id: String(rep_id),
		customer_id: String(customer_id),
		date: String(date),
	}));
	const told = matchContacts(plan, standing, wanted);
	for (let at = 0; at < told.length; at += ROWS_AT_ONCE)
		await rows
			.insertInto("calendar_event")
			.values(told.slice(at, at + ROWS_AT_ONCE))
			.execute();
	await rows
		.deleteFrom("calendar_event")
		.where("tenant", "=", tenant)
		.where("portfolio", "=", portfolio)
		.where("date", "<", daysBefore(from, KEPT_DAYS))
		.execute();
}

type Wanted = Pick<Row, "rep_id" | "customer_id" | "date">;

/** The rows after a publication. A contact on its date stays itself; else the customer's first that is left has moved; none: it is new. */
function matchContacts({ tenant, portfolio, id, order }: PublishedPlan, standing: readonly Row[], wanted: readonly Wanted[]): Row[] {
	const keyOf = ({ rep_id, customer_id }: Wanted): string => JSON.stringify([rep_id, customer_id]);
	const byDate = (a: Row, b: Row): number => (a.date < b.date ? -1 : a.date > b.date ? 1 : a.born - b.born || a.nth - b.nth);
	const left = Map.groupBy([...standing].sort(byDate), keyOf);
	const rows: Row[] = [];
	for (const [key, mine] of Map.groupBy(wanted, keyOf)) {
		const known = left.get(key) ?? [];
		const take = (at: number): Row | undefined => (at < 0 ? undefined : known.splice(at, 1)[0]);
		const stays = mine.map(({ date }) => take(known.findIndex((row) => row.date === date)));
		let nth = 0;
		for (const [at, contact] of mine.entries()) {
			const { born, nth: place } = stays[at] ?? take(known.length > 0 ? 0 : -1) ?? { born: order, nth: nth++ };
			rows.push({ tenant, portfolio, ...contact, born, nth: place, sequence: order, plan: id, dropped: 0 });
		}
	}
	for (const known of left.values()) rows.push(...known.map((row) => ({ ...row, sequence: order, dropped: 1 })));
	return rows;
}

/** What a rep's calendars are told, from a date on, by date. */
export async function findPromised(rows: Rows, tenant: string, portfolio: string, rep: string, from: string): Promise<PromisedContact[]> {
	const found = await rows
		.selectFrom("calendar_event")
		.selectAll()
		.where("tenant", "=", tenant)
		.where("portfolio", "=", portfolio)
		.where("rep_id", "=", rep)
		.where("date", ">=", from)
		.orderBy("date")
		.orderBy("customer_id")
		.orderBy("born")
		.orderBy("nth")
		.execute();
	return found.map((row) => ({
		uid: uidOf(row),
		customerId: row.customer_id,
		date: row.date,
		sequence: row.sequence,
		planId: row.plan,
		isDropped: row.dropped === 1,
	}));
}

function uidOf({ tenant, portfolio, rep_id, customer_id, born, nth }: Row): string {
	const name = JSON.stringify([tenant, portfolio, rep_id, customer_id, born, nth]);
	return `${createHash("sha256").update(name).digest("hex").slice(0, 32)}@carteira`;
}

/** `YYYY-MM-DD` so many days before another. */
export function daysBefore(date: string, days: number): string {
	return new Date(Date.parse(`${date}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
}
