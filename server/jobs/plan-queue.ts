import { CarteiraError } from "../../engine/index.ts";
import type { JobRows } from "../store/job-rows.ts";
import type { OnceAnswer, PlanOrder, PlanRecord } from "../store/store.ts";
import type { Tenant } from "../tenants.ts";
import { annotate } from "../tracing.ts";
import type { Planner } from "./planner.ts";
import type { Preparer } from "./preparer.ts";
import type { Watchers } from "./watchers.ts";

export interface PlanQueueOptions {
	readonly jobs: JobRows;
	/** Who makes plans for this server, here or beside it; null where only workers elsewhere do. */
	readonly planner: Planner | null;
	/** Who lets them be made. */
	readonly preparer: Preparer;
	/** Those who want to know of changes of plans; they are told of what `planner` makes. */
	readonly watchers: Watchers;
	/** Plans of all tenants that may wait, beside the one that is made. */
	readonly maxQueued: number;
}

/** Takes orders of plans for whoever makes them: orders, stops and ends are rows, so it need not be this process. */
export interface PlanQueue {
	/** Throws BUSY when too many wait. The plan knows all that was acknowledged before, though nobody waits here until a snapshot has it. */
	submit(tenant: Tenant, order: PlanOrder, once?: OnceAnswer): Promise<PlanRecord>;
	/** Asks a waiting or running plan to end with the best found so far; CONFLICT when it has ended. */
	stop(tenant: Tenant, id: string): Promise<void>;
	/** Takes a plan off the queue, or stops it, and forgets it. */
	discard(tenant: Tenant, id: string): Promise<void>;
	/** Tells the queue of a plan that was stored past it. */
	wake(): void;
	/** Is a plan being made in this process that has told how far it is? */
	isMaking(): boolean;
	/** Resolves when the plan has ended or was discarded, at once if it already has, or after the wait, or when the queue closes. */
	ended(tenant: Tenant, id: string, waitSeconds: number): Promise<void>;
	readonly watchers: Watchers;
	isClosing(): boolean;
	/** Hands the running plan back for the next start, and takes no more. */
	close(): Promise<void>;
}

/** Milliseconds after which a plan is looked at unasked: a worker elsewhere tells nobody but the database. */
const LOOK = 1000;

const isGone = (error: unknown): boolean => error instanceof CarteiraError && error.code === "NOT_FOUND";

/** A server's queue of plans. */
export function createPlanQueue({ jobs, planner, preparer, watchers, maxQueued }: PlanQueueOptions): PlanQueue {
	let isClosing = false;
	const wake = (): void => {
		preparer.wake();
		planner?.wake();
	};
	return {
		watchers,
		async submit(tenant, order, once) {
			if (isClosing) throw new CarteiraError("BUSY", "the server is going down");
			if ((await jobs.countUnfinished()) > maxQueued)
				throw new CarteiraError("BUSY", `${maxQueued} plans are waiting already; try again later`);
			const plan = await tenant.store.createPlan(order, once);
			annotate({ "carteira.plan.id": plan.id }); // by which its trace and that of its making find each other
			preparer.wake();
			return plan;
		},
		async stop(tenant, id) {
			await tenant.store.askToStop(id);
			wake();
		},
		async discard(tenant, id) {
			await tenant.store.discardPlan(id);
			wake();
			watchers.tell(id, "status");
		},
		wake,
		isMaking: () => planner?.isMaking() ?? false,
		async ended(tenant, id, waitSeconds) {
			const deadline = Date.now() + waitSeconds * 1000;
			for (;;) {
				const changed = watchers.next(id, "status"); // before looking, so that nothing happens unseen in between
				try {
					const plan = await tenant.store.getPlan(id).catch((error: unknown) => {
						if (isGone(error)) return null;
						throw error;
					});
					const left = deadline - Date.now();
					if (plan === null || plan.finishedAt !== null || left <= 0 || isClosing) return;
					await changed.orAfter(Math.min(left, LOOK));
				} finally {
					changed.forget();
				}
			}
		},
		isClosing: () => isClosing,
		async close() {
			isClosing = true;
			watchers.tellAll();
			await preparer.close();
			await planner?.close();
		},
	};
}
