import { type ErasedRows, type Eraser, createEraser } from "../../engine/index.ts";
import { putAnswer } from "./answer-rows.ts";
import { appendChanges } from "./change-rows.ts";
import type { Rows } from "./database.ts";
import { type PlanShelf, type RewrittenPlan, findPlanTraces, rewritePlans, switchPlans } from "./erase-plans.ts";
import { eraseInTexts } from "./erase-texts.ts";
import { type ErasureJob, type ErasureReport, type ErasureRows, settleErasure } from "./erasure-rows.ts";
import { type Room, clearDocuments } from "./plan-documents.ts";
import type { Portfolios } from "./portfolios.ts";
import type { FirstAnswer } from "./store.ts";
import type { Syncs } from "./syncs.ts";

/** Ends a look at what is held, and undoes it. */
class Held extends Error {}

/** Everything of a tenant that may hold a customer's data. */
export interface ErasureRoom {
	readonly room: Room;
	readonly portfolios: Portfolios;
	readonly syncs: Syncs;
}

/** How an erasure is worked off. */
export interface ErasureWork {
	readonly jobs: ErasureRows;
	/** The client's answer to a report. */
	readonly answerOf: (report: ErasureReport) => FirstAnswer;
	/** Tries a step again while the database is away, unless the service ends. */
	readonly persist: <T>(step: () => Promise<T>) => Promise<T>;
}

/** The route whose answers are kept without the customer's id. */
export const erasureScope = (portfolio: string): string => `DELETE /v1/portfolios/${portfolio}/customers/{customer_id}`;

/** Brings the erasure of a tenant's customer to its end from wherever it was cut off; null where nothing was held of it. */
export type Erase = (job: ErasureJob, work: ErasureWork) => Promise<ErasureReport | null>;

/**
 * First all that is to take the place of what names the customer is made beside it. Then, while nobody else reads or changes the
 * portfolio, the snapshot and, in one transaction, all rows are switched. What is left are old files, which are removed. No plan may be
 * made of the portfolio meanwhile.
 */
export function openErasures({ room, portfolios, syncs }: ErasureRoom): Erase {
	const { database, documents, tenant } = room;

	/**
	 * Makes all that is to take the place of what names the customer, and does `commit` while nobody else reads or changes the portfolio,
	 * its snapshot switched. `beforeSwitch` hears of what the snapshot holds before anything is changed.
	 */
	async function prepare<T>(
		job: ErasureJob,
		jobs: ErasureRows,
		beforeSwitch: (found: ErasedRows) => Promise<void>,
		commit: (eraser: Eraser, plans: readonly RewrittenPlan[]) => Promise<T>,
	): Promise<T> {
		const { portfolio, pseudonym } = job;
		const known = job.customer ?? { customerId: "", names: [] };
		const shelf: PlanShelf = { database, documents, tenant, portfolio };
		const { customerId } = known;
		// No plan is stored or forgotten from here on.
		return documents.inTurn(async () => {
			const inPlans = await findPlanTraces(shelf, customerId, pseudonym);
			const names = [...new Set([...known.names, ...inPlans.names, ...(await portfolios.namesOf(portfolio, customerId))])];
			await jobs.note(job, { customer: { customerId, names } });
			const traces = { customerId, names, pseudonym, derived: inPlans.entryIds };
			const eraser = createEraser(traces);
			const plans = await rewritePlans(shelf, eraser);
			return portfolios.erase(portfolio, traces, { mark: job.id, beforeSwitch }, () => commit(eraser, plans));
		});
	}

	/** Is anything held of the customer? An id that was mistyped must not cost others their open syncs. */
	async function isHeld(job: ErasureJob, { jobs, persist }: ErasureWork): Promise<boolean> {
		const { portfolio, customer, found } = job;
		if (found !== null) return true; // and may be erased from the snapshot already
		if (customer !== null && (await portfolios.namesOf(portfolio, customer.customerId)).length > 0) return true;
		const stop = (): never => {
			throw new Held(); // by which nothing is changed
		};
		try {
			return await prepare(
				job,
				jobs,
				async () => stop(),
				(eraser, plans) =>
					persist(() => database.as(tenant, async (rows) => (isEmpty(await eraseInRows(rows, job, eraser, plans)) ? false : stop()))),
			);
		} catch (error) {
			if (error instanceof Held) return true;
			throw error;
		}
	}

	async function replace(job: ErasureJob, work: ErasureWork): Promise<ErasureReport | null> {
		const { portfolio, pseudonym } = job;
		const { jobs, answerOf, persist } = work;
		if (!(await isHeld(job, work))) return null;
		const numAborted = await syncs.abortAll(portfolio);
		const beforeSwitch = (found: ErasedRows): Promise<void> => jobs.note(job, { found });
		return prepare(await jobs.get(job), jobs, beforeSwitch, (eraser, plans) =>
			persist(async () => {
				const { found } = await jobs.get(job);
				return database.as(tenant, async (rows) => {
					const counts = await eraseInRows(rows, job, eraser, plans);
					const report = reportOf(job, found, counts, numAborted);
					if (isEmpty(report)) return null;
					await settleErasure(rows, job, report);
					const once = job.answerKey === null ? null : { scope: erasureScope(portfolio), key: job.answerKey, fingerprint: "" };
					if (once) await putAnswer(rows, tenant, once, answerOf(report), room.idempotencyHours);
					await appendChanges(rows, tenant, [{ portfolio, type: "customer.erased", data: { pseudonym } }]);
					return report;
				});
			}),
		);
	}

	/** Removes what nothing refers to any more, down to the pages of the embedded store. */
	async function purge({ portfolio }: ErasureJob): Promise<void> {
		await documents.inTurn(() => clearDocuments(room));
		await portfolios.forgetEarlier(portfolio);
		await database.purge();
	}

	return async (job, work) => {
		const report = job.state === "open" ? await replace(job, work) : job.report;
		if (report === null) await work.jobs.forget(job); // first, since its row has the id
		await purge(job);
		if (report !== null) await work.jobs.done(job);
		return report;
	};
}

interface Counts {
	readonly deleted: Readonly<Record<string, number>>;
	readonly pseudonymised: Readonly<Record<string, number>>;
}

const isEmpty = ({ deleted, pseudonymised }: Counts): boolean => Object.keys(deleted).length + Object.keys(pseudonymised).length === 0;

function reportOf({ pseudonym }: ErasureJob, found: ErasedRows | null, counts: Counts, numAborted: number): ErasureReport {
	const { deleted, pseudonymised } = counts;
	const named: Record<string, number> = found && found.numTexts > 0 ? { texts: found.numTexts } : {};
	return {
		pseudonym,
		erased_at: new Date().toISOString(),
		deleted: { ...found?.numRows, ...deleted },
		pseudonymised: { ...named, ...pseudonymised },
		syncs_aborted: numAborted,
	};
}

/** Tables whose rows are about one customer each. */
const OF_CUSTOMERS = ["held_contact", "calendar_event", "contact_rule"] as const;

async function eraseInRows(rows: Rows, job: ErasureJob, eraser: Eraser, plans: readonly RewrittenPlan[]): Promise<Counts> {
	const { tenant, portfolio } = job;
	// Plans first: whoever publishes one at this moment holds its row, and has told the calendars when it lets go of it.
	await switchPlans(rows, tenant, eraser, plans);
	// What was written of plans that did not come to an end points into no file.
	const unfinished = rows.selectFrom("plan").select("id").where("tenant", "=", tenant).where("portfolio", "=", portfolio);
	await rows
		.deleteFrom("piece")
		.where("tenant", "=", tenant)
		.where("plan", "in", unfinished.where("document", "is", null))
		.execute();
	// Who read these to write them anew read the customer as well.
	for (const table of ["daily_run", "schedule"] as const)
		await rows
			.updateTable(table)
			.set(({ eb }) => ({ version: eb("version", "+", 1) }))
			.where("tenant", "=", tenant)
			.where("portfolio", "=", portfolio)
			.execute();
	const deleted: Record<string, number> = {};
	for (const table of OF_CUSTOMERS) {
		const ours = rows.selectFrom(table).select("customer_id").distinct().where("tenant", "=", tenant).where("portfolio", "=", portfolio);
		const ids = (await ours.execute()).map(({ customer_id }) => customer_id).filter(eraser.isTheirs);
		if (ids.length === 0) continue;
		const { numDeletedRows } = await rows
			.deleteFrom(table)
			.where("tenant", "=", tenant)
			.where("portfolio", "=", portfolio)
			.where("customer_id", "in", ids)
			.executeTakeFirstOrThrow();
		deleted[table] = Number(numDeletedRows);
	}
	const changed = await eraseInTexts(rows, tenant, portfolio, eraser);
	const inPlans = new Set([...plans.map(({ id }) => id), ...(changed.get("plan") ?? [])]);
	if (inPlans.size > 0) changed.set("plan", [...inPlans]);
	return { deleted, pseudonymised: Object.fromEntries([...changed].map(([table, keys]) => [table, keys.length])) };
}
