import { createHash } from "node:crypto";
import type { ContactRule, PlanDocument } from "../../engine/index.ts";
import { CarteiraError } from "../../engine/index.ts";
import type { Rows } from "./database.ts";

/** What keeps a rep from a customer until it expires, in every plan made while it holds. */
export interface StoredRule extends ContactRule {
	readonly id: string;
	/** The revision in which the rep said so. */
	readonly plan_id: string;
}

/** Refusals of a revision that outlast their day, as rules. */
export function rulesOf({ receipt: { revision } }: Pick<PlanDocument, "receipt">): ContactRule[] {
	return (revision?.events ?? []).flatMap(({ type, rep_id, customer_id, date, until, reason }) =>
		type === "refuse" && typeof until === "string" && until > String(date)
			? [{ rep_id, customer_id: String(customer_id), from: String(date), until, reason: String(reason) }]
			: [],
	);
}

/** Stores rules; one that is there already stays as it is. */
export async function putRules(rows: Rows, tenant: string, portfolio: string, plan: string, rules: readonly ContactRule[]): Promise<void> {
	for (const { rep_id, customer_id, from, until, reason } of rules) {
		const name = JSON.stringify([tenant, portfolio, rep_id, customer_id, from, until, reason]);
		const id = `cr_${createHash("sha256").update(name).digest("hex").slice(0, 24)}`;
		const values = { tenant, portfolio, id, rep_id, customer_id, from_date: from, until_date: until, reason, plan };
		await rows
			.insertInto("contact_rule")
			.values(values)
			.onConflict((is) => is.columns(["tenant", "portfolio", "id"]).doNothing())
			.execute();
	}
}

/** Rules of a portfolio that hold on a date or later, by date. */
export async function findRules(rows: Rows, tenant: string, portfolio: string, from: string): Promise<StoredRule[]> {
	const found = await rows
		.selectFrom("contact_rule")
		.selectAll()
		.where("tenant", "=", tenant)
		.where("portfolio", "=", portfolio)
		.where("until_date", ">=", from)
		.orderBy("from_date")
		.orderBy("id")
		.execute();
	return found.map(({ id, rep_id, customer_id, from_date, until_date, reason, plan }) => ({
		id,
		rep_id,
		customer_id,
		from: from_date,
		until: until_date,
		reason,
		plan_id: plan,
	}));
}

/** Takes a rule back. NOT_FOUND. */
export async function forgetRule(rows: Rows, tenant: string, portfolio: string, id: string): Promise<void> {
	const { numDeletedRows } = await rows
		.deleteFrom("contact_rule")
		.where("tenant", "=", tenant)
		.where("portfolio", "=", portfolio)
		.where("id", "=", id)
		.executeTakeFirstOrThrow();
	if (numDeletedRows === 0n) throw new CarteiraError("NOT_FOUND", `portfolio ${portfolio} has no contact rule ${id}`);
}
