import type { Selectable } from "kysely";
import type { Rows } from "./database.ts";
import type { Schema } from "./schema.ts";
import type { AgendaQuery } from "./store.ts";

export type PieceRow = Selectable<Schema["piece"]>;
/** A piece with the digest of the file that it is in. */
export type PublishedPiece = PieceRow & { readonly document: string | null };

/** Days of a plan, in the order of its file. */
export function findAgendas(rows: Rows, plan: string, { rep, date }: AgendaQuery): Promise<PieceRow[]> {
	let query = rows.selectFrom("piece").selectAll().where("plan", "=", plan).where("kind", "=", "day");
	if (rep !== undefined) query = query.where("rep_id", "=", rep);
	if (date !== undefined) query = query.where("date", "=", date);
	return query.orderBy("start").execute();
}

/** For each rep the date's piece of the plan last published that plans for it and has the date; plan by plan, the latest first. */
export function findPublishedAgendas(
	rows: Rows,
	tenant: string,
	portfolio: string,
	{ rep, date }: AgendaQuery & { readonly date: string },
): Promise<PublishedPiece[]> {
	let candidates = rows
		.selectFrom("plan")
		.innerJoin("plan_rep", "plan_rep.plan", "plan.id")
		.select(["plan_rep.rep_id", "plan.id as plan", "plan.document", "plan.publish_order"])
		.select(({ fn }) =>
			fn
				.agg<number>("row_number")
				.over((over) => over.partitionBy("plan_rep.rep_id").orderBy("plan.publish_order", "desc"))
				.as("place"),
		)
		.where("plan.tenant", "=", tenant)
		.where("plan.portfolio", "=", portfolio)
		.where("plan.publish_order", "is not", null)
		.where("plan.horizon_from", "<=", date)
		.where("plan.horizon_to", ">=", date);
	if (rep !== undefined) candidates = candidates.where("plan_rep.rep_id", "=", rep);
	return rows
		.selectFrom(candidates.as("source"))
		.innerJoin("piece", (join) => join.onRef("piece.plan", "=", "source.plan").onRef("piece.rep_id", "=", "source.rep_id"))
		.selectAll("piece")
		.select("source.document")
		.where("source.place", "=", 1)
		.where("piece.kind", "=", "day")
		.where("piece.date", "=", date)
		.orderBy("source.publish_order", "desc")
		.orderBy("piece.start")
		.execute();
}

/** Customers that a plan left out. */
export function findUnplanned(rows: Rows, plan: string, rep: string | undefined): Promise<PieceRow[]> {
	let query = rows.selectFrom("piece").selectAll().where("plan", "=", plan).where("kind", "=", "unplanned");
	if (rep !== undefined) query = query.where("rep_id", "=", rep);
	return query.orderBy("start").execute();
}

/** Where a plan speaks of a customer. */
export function findMentions(rows: Rows, plan: string, customerId: string): Promise<PieceRow[]> {
	return rows.selectFrom("piece").selectAll().where("plan", "=", plan).where("customer_id", "=", customerId).orderBy("start").execute();
}
