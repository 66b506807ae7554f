import { type ExpressionBuilder, sql } from "kysely";
import type { PlanProgress } from "../../engine/index.ts";
import { type Database, EVERY_TENANT, type Rows } from "./database.ts";
import { appendChanges } from "./change-rows.ts";
import { bumped, forgetPieces } from "./plan-rows.ts";
import type { Schema } from "./schema.ts";
import type { Failure, Lease, PlanOrder } from "./store.ts";

/** A plan to be made now. */
export interface LeasedPlan extends Lease {
	readonly order: PlanOrder;
	readonly isStopAsked: boolean;
	/** How often it was begun, this time included. */
	readonly attempts: number;
}

/** A plan of which the snapshot does not yet hold all that was acknowledged before it. */
export interface UnpreparedPlan {
	readonly id: string;
	readonly tenant: string;
	readonly portfolio: string;
}

/** What a worker hears of a plan that it holds. */
export interface Held {
	readonly isStopAsked: boolean;
	/** A customer is being erased from the portfolio: the plan, which could name it, goes back to the queue. */
	readonly isErasing: boolean;
}

/**
 * The plans still to be made, of all tenants. A worker leases one, says again and again that it is at it, and ends it; a lease that
 * ran out goes to the next worker, and the token tells the two apart: what the first then says changes nothing.
 */
export interface JobRows {
	countUnfinished(): Promise<number>;
	/** Plans of all tenants that are to be prepared, but of portfolios that customers are being erased from; none of them was leased ever. */
	unprepared(): Promise<UnpreparedPlan[]>;
	markPrepared(plans: readonly UnpreparedPlan[]): Promise<void>;
	/** Plans of a portfolio that some worker makes; leases that ran out are taken back for good. */
	countLeased(tenant: string, portfolio: string): Promise<number>;
	/**
	 * The next prepared plan to make: of the tenants that fewest are being made for, the one that was longest not served; its oldest. Null where
	 * none waits. Times are milliseconds since 1970.
	 */
	lease(now: number, until: number): Promise<LeasedPlan | null>;
	/** Holds a lease longer, and tells how far the plan is. Null when it is lost. */
	extend(lease: Lease, until: number, progress: PlanProgress | null): Promise<Held | null>;
	/** Ends a plan that could not be made; nothing where the lease is lost. */
	fail(lease: Lease, failure: Failure): Promise<void>;
	/** Gives a plan back, to be made by another worker or after the next start; the attempt is counted or not. */
	handBack(lease: Lease, options: { readonly isCounted: boolean }): Promise<void>;
}

const BEING_MADE = "scoring";
/** What a plan's row says while nobody makes it. */
export const NOBODYS = { lease_until: null, progress: null } as const;

/** Is no customer being erased from a plan's portfolio? */
const isLeftInPeace = (is: ExpressionBuilder<Schema, "plan">) =>
	is.not(
		is.exists(
			is
				.selectFrom("erasure")
				.select("erasure.id")
				.whereRef("erasure.tenant", "=", "plan.tenant")
				.whereRef("erasure.portfolio", "=", "plan.portfolio")
				.where("erasure.state", "=", "open"),
		),
	);

/** The first plan in line: waiting, or being made under a lease that ran out. */
function findNext(rows: Rows, now: number) {
	return rows
		.selectFrom("plan")
		.select(["id", "tenant", "request", "lease_token", "stop_asked", "attempts"])
		.where("finished_at", "is", null)
		.where("prepared", "=", 1)
		.where((is) => is.or([is("lease_until", "is", null), is("lease_until", "<", now)]))
		.where(isLeftInPeace) // the plan could name the customer
		.orderBy((is) =>
			is
				.selectFrom("plan as running")
				.select(({ fn }) => fn.countAll<number>().as("count"))
				.whereRef("running.tenant", "=", "plan.tenant")
				.where("running.finished_at", "is", null)
				.where("running.lease_until", ">=", now),
		)
		.orderBy((is) =>
			is
				.selectFrom("plan as served")
				.select(({ fn }) => fn.coalesce(fn.max("served.leased_at"), sql.lit(0)).as("at"))
				.whereRef("served.tenant", "=", "plan.tenant"),
		)
		.orderBy("sequence")
		.limit(1)
		.executeTakeFirst();
}

/** A lease's row, for as long as the lease is not lost. */
export const leasedRow = (rows: Rows, { id, tenant, token }: Lease) =>
	rows
		.updateTable("plan")
		.where("id", "=", id)
		.where("tenant", "=", tenant)
		.where("lease_token", "=", token)
		.where("finished_at", "is", null);

async function takeNext(rows: Rows, now: number, until: number): Promise<LeasedPlan | "taken" | null> {
	const next = await findNext(rows, now);
	if (!next) return null;
	const lease = { id: next.id, tenant: next.tenant, token: next.lease_token + 1 };
	const { numUpdatedRows } = await rows
		.updateTable("plan")
		.set(
			bumped({
				status: BEING_MADE,
				lease_token: lease.token,
				leased_at: now,
				lease_until: until,
				attempts: next.attempts + 1,
				progress: null,
			}),
		)
		.where("id", "=", next.id)
		.where("lease_token", "=", next.lease_token) // another worker may have been quicker
		.where("finished_at", "is", null)
		.executeTakeFirstOrThrow();
	if (numUpdatedRows === 0n) return "taken";
	return { ...lease, order: JSON.parse(next.request), isStopAsked: next.stop_asked === 1, attempts: next.attempts + 1 };
}

/** The plans to be made in a database. */
export function createJobRows(database: Database): JobRows {
	const all = <T>(work: (rows: Rows) => Promise<T>): Promise<T> => database.as(EVERY_TENANT, work);
	return {
		countUnfinished: () =>
			database.read(EVERY_TENANT, async (rows) => {
				const { count } = await rows
					.selectFrom("plan")
					.select(({ fn }) => fn.countAll<number>().as("count"))
					.where("finished_at", "is", null)
					.executeTakeFirstOrThrow();
				return count;
			}),
		unprepared: () =>
			database.read(EVERY_TENANT, (rows) =>
				rows
					.selectFrom("plan")
					.select(["id", "tenant", "portfolio"])
					.where("finished_at", "is", null)
					.where("prepared", "=", 0)
					.where(isLeftInPeace) // contacts of the customer that wait would come into the snapshot, from which it is gone
					.orderBy("sequence")
					.execute(),
			),
		markPrepared: (plans) =>
			all(async (rows) => {
				const ids = plans.map(({ id }) => id);
				await rows.updateTable("plan").set({ prepared: 1 }).where("id", "in", ids).execute();
			}),
		countLeased: (tenant, portfolio) =>
			all(async (rows) => {
				await rows
					.updateTable("plan")
					.set((is) => bumped({ status: "queued", ...NOBODYS, lease_token: is("lease_token", "+", 1) }))
					.where("tenant", "=", tenant)
					.where("portfolio", "=", portfolio)
					.where("finished_at", "is", null)
					.where("lease_until", "<", Date.now())
					.execute();
				const { count } = await rows
					.selectFrom("plan")
					.select(({ fn }) => fn.countAll<number>().as("count"))
					.where("tenant", "=", tenant)
					.where("portfolio", "=", portfolio)
					.where("finished_at", "is", null)
					.where("lease_until", "is not", null)
					.executeTakeFirstOrThrow();
				return count;
			}),
		async lease(now, until) {
			// Whoever finds nothing has not held the database meanwhile.
			while (await database.read(EVERY_TENANT, (rows) => findNext(rows, now))) {
				const taken = await all((rows) => takeNext(rows, now, until));
				if (taken !== "taken") return taken;
			}
			return null;
		},
		extend: (lease, until, progress) =>
			all(async (rows) => {
				const told = { lease_until: until, progress: progress && JSON.stringify(progress) };
				const row = await leasedRow(rows, lease).set(told).returning(["stop_asked", "portfolio"]).executeTakeFirst();
				if (!row) return null;
				const erasure = rows.selectFrom("erasure").select("id").where("tenant", "=", lease.tenant).where("portfolio", "=", row.portfolio);
				const open = await erasure.where("state", "=", "open").limit(1).executeTakeFirst();
				return { isStopAsked: row.stop_asked === 1, isErasing: open !== undefined };
			}),
		fail: (lease, failure) =>
			all(async (rows) => {
				const ended = { status: "failed", finished_at: new Date().toISOString(), failure: JSON.stringify(failure), ...NOBODYS };
				const row = await leasedRow(rows, lease).set(bumped(ended)).returning("portfolio").executeTakeFirst();
				if (!row) return;
				await forgetPieces(rows, lease.id); // of a making that was cut off
				const data = { plan: lease.id, code: failure.code, detail: failure.detail };
				await appendChanges(rows, lease.tenant, [{ portfolio: row.portfolio, type: "plan.failed", data }]);
			}),
		handBack: (lease, { isCounted }) =>
			all(async (rows) => {
				await leasedRow(rows, lease)
					.set((is) =>
						bumped({
							status: "queued",
							...NOBODYS,
							lease_token: is("lease_token", "+", 1), // a beat still on its way must not lease it anew
							attempts: is("attempts", "-", isCounted ? 0 : 1),
						}),
					)
					.execute();
			}),
	};
}
