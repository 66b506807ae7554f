import { CarteiraError, type Engine, type PlanProgress, type PlanRequest, parseDay } from "../../engine/index.ts";
import { isDiskFailure } from "../file-error.ts";
import type { JobRows, LeasedPlan } from "../store/job-rows.ts";
import type { Failure, OnceAnswer, PlanOrder, PlanRecord } from "../store/store.ts";
import type { Tenant, Tenants } from "../tenants.ts";
import { annotate, inSpan } from "../tracing.ts";
import { policyOf, type Shelf } from "./order-policy.ts";
import { type Watchers, createWatchers } from "./watchers.ts";

export interface PlanQueueOptions {
	readonly jobs: JobRows;
	readonly tenants: Pick<Tenants, "get">;
	readonly engine: Engine;
	/** Plans of all tenants that may wait, beside the one that is made. */
	readonly maxQueued: number;
	/** For how long a worker that says nothing keeps its plan. */
	readonly leaseSeconds: number;
	/** Told of failures that are the service's own. */
	readonly onDefect: (error: unknown, planId: string) => void;
	/** Told of plans that ended here. */
	readonly onEnded?: (status: "completed" | "stopped" | "failed") => void;
}

/**
 * Makes ordered plans one at a time, each tenant in its turn. What waits is rows: it survives whatever happens to this process, and
 * what was being made is made again. Each plan ends once: completed, stopped or failed with a reason.
 */
export interface PlanQueue {
	/** Throws BUSY when too many wait. */
	submit(tenant: Tenant, order: PlanOrder, once?: OnceAnswer): Promise<PlanRecord>;
	/** Asks a waiting or running plan to end with the best found so far; CONFLICT when it has ended. */
	stop(tenant: Tenant, id: string): Promise<void>;
	/** Takes a plan off the queue, or stops it, and forgets it. */
	discard(tenant: Tenant, id: string): Promise<void>;
	/** Tells the queue of a plan that was stored past it. */
	wake(): void;
	/** Lets the plan that is being made for a portfolio, if one is, go back to the queue; its lease is held until nothing of it is under way. */
	interrupt(tenant: string, portfolio: string): void;
	/** Is a plan being made here that has told how far it is? */
	isMaking(): boolean;
	/** How far a plan that runs here is; null for all others. */
	progressOf(id: string): PlanProgress | null;
	/** Resolves when the plan has ended or was discarded, at once if it already has, or after the wait, or when the queue closes. */
	ended(tenant: Tenant, id: string, waitSeconds: number): Promise<void>;
	/** Those who want to know of changes of plans that this process makes. */
	readonly watchers: Watchers;
	isClosing(): boolean;
	/** Stops the running plan, which goes back to the queue for the next start, and takes no more. */
	close(): Promise<void>;
}

/** A plan is given up when its making took the process down so often. */
const MAX_ATTEMPTS = 3;
/** Milliseconds after which work is looked for unasked, and after which a database that was away is tried again. */
const POLL = 1000;
const RETRY = 250;

/** The plan that runs here. */
interface Job {
	readonly lease: LeasedPlan;
	readonly stop: Int32Array;
	progress: PlanProgress | null;
	isStopAsked: boolean;
	/** Another worker has it, or it was discarded: nothing is to be written. */
	isLost: boolean;
	/** It is to go back to the queue. */
	isHandedBack: boolean;
}

const GAVE_UP: Failure = {
	code: "INTERNAL",
	detail: `the server went down, or its disk failed, ${MAX_ATTEMPTS} times while the plan was being made`,
	errors: [],
};

/** Why a plan failed, in words for its client; a defect's own words stay in the log. */
function failureOf(error: unknown): Failure {
	if (error instanceof CarteiraError && error.code !== "INTERNAL") {
		return { code: error.code, detail: error.message, errors: error.details };
	}
	return { code: "INTERNAL", detail: "a defect of the service; its log has the cause", errors: [] };
}

/** Is it the database, or the disk, that does not take anything now? */
const isBusy = (error: unknown): boolean => (error instanceof CarteiraError && error.code === "BUSY") || isDiskFailure(error);
const isGone = (error: unknown): boolean => error instanceof CarteiraError && error.code === "NOT_FOUND";
const raise = (flag: Int32Array): number => Atomics.store(flag, 0, 1);

async function requestOf(shelf: Shelf, order: PlanOrder): Promise<PlanRequest> {
	const { store } = shelf;
	const published = await store.publishedPlan(order.portfolio);
	const policy = await policyOf(shelf, order);
	return {
		asOf: parseDay(order.as_of),
		...(order.horizon_days !== undefined && { horizonDays: order.horizon_days }),
		...(order.reps && { reps: order.reps }),
		...(order.seed !== undefined && { seed: order.seed }),
		...(order.budget?.iterations !== undefined && { iterations: order.budget.iterations }),
		...(order.budget?.seconds !== undefined && { seconds: order.budget.seconds }),
		...(policy && { policy }),
		...(published && { published: await store.readPlan(published.id) }),
	};
}

/** Starts the queue with the plans that an earlier process left waiting. */
export function createPlanQueue(options: PlanQueueOptions): PlanQueue {
	const { jobs, tenants, engine, maxQueued, leaseSeconds, onDefect, onEnded } = options;
	const watchers = createWatchers();
	const leaseUntil = (): number => Date.now() + leaseSeconds * 1000;
	const state = { isClosing: false, isWoken: false };
	let running: Job | null = null;
	const ended = (status: "completed" | "stopped" | "failed"): void => {
		annotate({ "carteira.plan.status": status });
		onEnded?.(status);
	};
	let endRest = (): void => {};

	/** Tells the worker that there may be work, whether it rests or has just looked. */
	function wake(): void {
		state.isWoken = true;
		endRest();
	}

	/** Until the worker is woken, or for so many milliseconds. */
	async function rest(milliseconds: number): Promise<void> {
		if (state.isWoken) return;
		const { promise, resolve } = Promise.withResolvers<void>();
		endRest = resolve;
		const timer = setTimeout(resolve, milliseconds);
		await promise;
		clearTimeout(timer);
	}

	/** Writes down how a plan ended, trying again while the database is away: the result is worth the wait. */
	async function persist(work: () => Promise<unknown>): Promise<void> {
		for (;;) {
			try {
				await work();
				return;
			} catch (error) {
				if (!isBusy(error) || state.isClosing) throw error;
				await new Promise((resolve) => setTimeout(resolve, RETRY));
			}
		}
	}

	/** Says that the plan is still being made, and hears whether it is to stop. A database that is away is asked again the next time. */
	async function beat(job: Job): Promise<void> {
		const held = await jobs.extend(job.lease, leaseUntil()).catch(() => "unknown" as const);
		if (held === "unknown") return;
		if (held === null) job.isLost = true;
		else if (held.isStopAsked) job.isStopAsked = true;
		if (job.isLost || job.isStopAsked) raise(job.stop);
	}

	async function make(job: Job): Promise<void> {
		const { lease, stop } = job;
		const { store, portfolios } = await tenants.get(lease.tenant);
		const request = await requestOf({ store, portfolios }, lease.order);
		const { snapshot } = await portfolios.read(lease.order.portfolio);
		const document = await inSpan("carteira.solve", {}, async (span) => {
			const onProgress = (progress: PlanProgress): void => {
				if (progress.phase !== job.progress?.phase) span.addEvent(progress.phase, { "carteira.num_reps": progress.numReps });
				job.progress = progress;
				watchers.tell(lease.id, "progress");
			};
			return engine.planSnapshot(snapshot, request, { onProgress, stop });
		});
		if (job.isLost) return;
		if (job.isHandedBack || (state.isClosing && !job.isStopAsked)) return jobs.handBack(lease, { isCounted: false });
		const status = Atomics.load(stop, 0) === 1 ? "stopped" : "completed";
		await persist(async () => {
			if (await store.savePlan(lease, status, document)) ended(status);
		});
	}

	/** Ends a plan that could not be made; one that only lacked the database goes back to the queue. */
	async function endFailed({ lease }: Job, error: unknown): Promise<void> {
		if (isBusy(error)) return persist(() => jobs.handBack(lease, { isCounted: true }));
		const failure = failureOf(error);
		if (failure.code === "INTERNAL") onDefect(error, lease.id);
		await persist(() => jobs.fail(lease, failure));
		annotate({ "error.type": failure.code });
		ended("failed");
	}

	const run = (lease: LeasedPlan): Promise<void> =>
		inSpan("carteira.plan", { "carteira.plan.id": lease.id, "carteira.plan.attempts": lease.attempts }, () => runNow(lease));

	async function runNow(lease: LeasedPlan): Promise<void> {
		if (lease.attempts > MAX_ATTEMPTS) return persist(() => jobs.fail(lease, GAVE_UP));
		const job: Job = {
			lease,
			stop: new Int32Array(new SharedArrayBuffer(4)),
			progress: null,
			isStopAsked: lease.isStopAsked,
			isLost: false,
			isHandedBack: false,
		};
		if (job.isStopAsked) raise(job.stop);
		running = job;
		watchers.tell(lease.id, "status");
		const heart = setInterval(() => void beat(job), (leaseSeconds * 1000) / 3);
		try {
			await make(job).catch((error: unknown) => (job.isLost ? undefined : endFailed(job, error)));
		} finally {
			clearInterval(heart);
			running = null;
		}
	}

	async function work(): Promise<void> {
		while (!state.isClosing) {
			state.isWoken = false;
			// Where even the end cannot be written down, the lease runs out and the plan is made again.
			const lease = await jobs.lease(Date.now(), leaseUntil()).catch((error: unknown) => {
				if (!isBusy(error)) onDefect(error, "none");
				return null;
			});
			if (lease === null) {
				await rest(POLL);
				continue;
			}
			await run(lease).catch((error: unknown) => onDefect(error, lease.id));
			watchers.tell(lease.id, "status");
		}
	}

	const worker = work();

	return {
		watchers,
		async submit(tenant, order, once) {
			if (state.isClosing) throw new CarteiraError("BUSY", "the server is going down");
			if ((await jobs.countUnfinished()) > maxQueued)
				throw new CarteiraError("BUSY", `${maxQueued} plans are waiting already; try again later`);
			const plan = await tenant.store.createPlan(order, once);
			annotate({ "carteira.plan.id": plan.id }); // by which its trace and that of its making find each other
			wake();
			return plan;
		},
		async stop(tenant, id) {
			await tenant.store.askToStop(id);
			if (running?.lease.id !== id) return;
			running.isStopAsked = true;
			raise(running.stop);
		},
		async discard(tenant, id) {
			await tenant.store.discardPlan(id);
			if (running?.lease.id === id) {
				running.isLost = true;
				raise(running.stop);
			}
			watchers.tell(id, "status");
		},
		wake,
		interrupt(tenant, portfolio) {
			if (running?.lease.tenant !== tenant || running.lease.order.portfolio !== portfolio) return;
			running.isHandedBack = true;
			raise(running.stop);
		},
		isMaking: () => (running?.progress ?? null) !== null,
		progressOf: (id) => (running?.lease.id === id ? running.progress : null),
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
					if (plan === null || plan.finishedAt !== null || left <= 0 || state.isClosing) return;
					await changed.orAfter(Math.min(left, POLL));
				} finally {
					changed.forget();
				}
			}
		},
		isClosing: () => state.isClosing,
		async close() {
			state.isClosing = true;
			if (running) raise(running.stop);
			wake();
			watchers.tellAll();
			await worker;
		},
	};
}
