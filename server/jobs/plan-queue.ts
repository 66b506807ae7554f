import { CarteiraError, type Engine, type PlanProgress, type PlanRequest, parseDay } from "../../engine/index.ts";
import type { Portfolios } from "../store/portfolios.ts";
import type { Failure, FirstAnswer, OnceKey, PlanOrder, PlanRecord, Store } from "../store/store.ts";

export interface PlanQueueOptions {
	readonly store: Store;
	readonly portfolios: Portfolios;
	readonly engine: Engine;
	readonly maxQueued: number;
	/** Told of failures that are the service's own. */
	readonly onDefect: (error: unknown, planId: string) => void;
}

/** Makes ordered plans one at a time, in the order they came; what waits survives a restart. */
export interface PlanQueue {
	/** Throws BUSY when too many wait. */
	submit(order: PlanOrder, once?: { readonly key: OnceKey; readonly answerOf: (plan: PlanRecord) => FirstAnswer }): Promise<PlanRecord>;
	/** Asks a waiting or running plan to end with the best found so far; CONFLICT when it has ended. */
	stop(id: string): Promise<void>;
	/** Takes a plan off the queue, or stops it, and forgets it. */
	discard(id: string): Promise<void>;
	/** How far a running plan is; null for all others. */
	progressOf(id: string): PlanProgress | null;
	/** Resolves when the plan has ended, at once if it already has, or after the wait. */
	ended(id: string, waitSeconds: number): Promise<void>;
	/** Stops the running plan, which goes back to the queue for the next start, and takes no more. */
	close(): Promise<void>;
}

/** A plan that waits or runs. */
interface Job {
	readonly id: string;
	readonly order: PlanOrder;
	readonly stop: Int32Array;
	readonly done: Promise<void>;
	readonly end: () => void;
	progress: PlanProgress | null;
	isDiscarded: boolean;
}

function createJob({ id, order }: PlanRecord): Job {
	const { promise, resolve } = Promise.withResolvers<void>();
	return { id, order, stop: new Int32Array(new SharedArrayBuffer(4)), done: promise, end: resolve, progress: null, isDiscarded: false };
}

/** Why a plan failed, in words for its client; a defect's own words stay in the log. */
function failureOf(error: unknown): Failure {
	if (error instanceof CarteiraError && error.code !== "INTERNAL") {
		return { code: error.code, detail: error.message, errors: error.details };
	}
	return { code: "INTERNAL", detail: "a defect of the service; its log has the cause", errors: [] };
}

/** Starts the queue with the plans that an earlier process left waiting. */
export async function createPlanQueue(options: PlanQueueOptions): Promise<PlanQueue> {
	const { store, portfolios, engine, maxQueued, onDefect } = options;
	const jobs = new Map<string, Job>();
	const state: { isClosing: boolean; running: Promise<void> | null } = { isClosing: false, running: null };

	async function requestOf({ portfolio, ...order }: PlanOrder): Promise<PlanRequest> {
		const published = await store.publishedPlan(portfolio);
		return {
			asOf: parseDay(order.as_of),
			...(order.horizon_days !== undefined && { horizonDays: order.horizon_days }),
			...(order.reps && { reps: order.reps }),
			...(order.seed !== undefined && { seed: order.seed }),
			...(order.budget?.iterations !== undefined && { iterations: order.budget.iterations }),
			...(order.budget?.seconds !== undefined && { seconds: order.budget.seconds }),
			...(order.policy && { policy: order.policy }),
			...(published && { published: await store.readPlan(published.id) }),
		};
	}

	async function make(job: Job): Promise<void> {
		await store.setStatus(job.id, "scoring");
		const request = await requestOf(job.order);
		const { portfolio } = await portfolios.read(job.order.portfolio);
		const onProgress = (progress: PlanProgress): void => {
			job.progress = progress;
		};
		const document = await engine.plan(portfolio, request, { onProgress, stop: job.stop });
		if (job.isDiscarded) return;
		if (state.isClosing) await store.setStatus(job.id, "queued");
		else await store.savePlan(job.id, Atomics.load(job.stop, 0) === 1 ? "stopped" : "completed", document);
	}

	async function run(job: Job): Promise<void> {
		try {
			await make(job);
		} catch (error) {
			const failure = failureOf(error);
			if (failure.code === "INTERNAL") onDefect(error, job.id);
			// Where even this fails the plan stays as it is, and the next start marks it.
			if (!job.isDiscarded) await store.failPlan(job.id, failure).catch((lost: unknown) => onDefect(lost, job.id));
		} finally {
			jobs.delete(job.id);
			job.end();
		}
	}

	async function work(): Promise<void> {
		for (let job = jobs.values().next().value; job && !state.isClosing; job = jobs.values().next().value) await run(job);
		state.running = null;
	}

	function enqueue(plan: PlanRecord): void {
		jobs.set(plan.id, createJob(plan));
		state.running ??= work();
	}

	for (const plan of await store.queuedPlans()) enqueue(plan);

	return {
		async submit(order, once) {
			if (state.isClosing) throw new CarteiraError("BUSY", "the server is going down");
			if (jobs.size > maxQueued) throw new CarteiraError("BUSY", `${maxQueued} plans are waiting already; try again later`);
			const plan = await store.createPlan(order, once);
			enqueue(plan);
			return plan;
		},
		async stop(id) {
			const job = jobs.get(id);
			if (!job) throw new CarteiraError("CONFLICT", `plan ${id} has ended already`);
			Atomics.store(job.stop, 0, 1);
		},
		async discard(id) {
			await store.discardPlan(id);
			const job = jobs.get(id);
			if (!job) return;
			job.isDiscarded = true;
			Atomics.store(job.stop, 0, 1);
			jobs.delete(id);
			job.end();
		},
		progressOf: (id) => jobs.get(id)?.progress ?? null,
		async ended(id, waitSeconds) {
			const job = jobs.get(id);
			if (!job) return;
			const timer = Promise.withResolvers<void>();
			const timeout = setTimeout(timer.resolve, waitSeconds * 1000);
			await Promise.race([job.done, timer.promise]);
			clearTimeout(timeout);
		},
		async close() {
			state.isClosing = true;
			for (const job of jobs.values()) Atomics.store(job.stop, 0, 1);
			await state.running;
		},
	};
}
