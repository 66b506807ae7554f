import { CarteiraError, type Engine, type PlanProgress, type PlanRequest, type Snapshot, parseDay } from "../../engine/index.ts";
import { isBusyOrDisk, persist } from "../retry.ts";
import type { JobRows, LeasedPlan } from "../store/job-rows.ts";
import type { Failure, PlanOrder } from "../store/store.ts";
import type { Shelf } from "../tenants.ts";
import { annotate, inSpan } from "../tracing.ts";
import { policyOf } from "./order-policy.ts";
import type { Change } from "./watchers.ts";

/** What there is to know of a plan that is being made: its row has changed. */
export interface PlanNews {
	readonly id: string;
	readonly kind: Change;
	/** How it ended, once it has. */
	readonly ended?: "completed" | "stopped" | "failed";
}

export interface PlannerOptions {
	readonly jobs: JobRows;
	readonly shelfOf: (tenant: string) => Promise<Shelf>;
	readonly engine: Pick<Engine, "planSnapshot">;
	/** For how long a worker that says nothing keeps its plan. */
	readonly leaseSeconds: number;
	/** Told of failures that are the service's own. */
	readonly onDefect: (error: unknown, planId: string) => void;
	readonly onNews: (news: PlanNews) => void;
}

/**
 * Makes the plans that wait in a database one at a time, each tenant's in its turn. What waits is rows: it survives whatever happens to this
 * process, and what was being made is made again, by whichever worker finds its lease run out. Each plan ends once: completed,
 * stopped or failed with a reason.
 */
export interface Planner {
	/** There may be work, or news of the plan that is being made. */
	wake(): void;
	/** Is a plan being made in this process that has told how far it is? */
	isMaking(): boolean;
	/** Stops the running plan, which goes back to the queue, and takes no more. */
	close(): Promise<void>;
}

/** A plan is given up when its making took the process down so often. */
const MAX_ATTEMPTS = 3;
/** Milliseconds after which work is looked for unasked. */
const POLL = 1000;
/** Milliseconds after which a worker says that it is at it, and hears whether it is to stop; with progress to tell it may say so earlier. */
const BEAT = 1000;
const EARLIEST_BEAT = 250;

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
	beatAt: number;
}

const GAVE_UP: Failure = {
	code: "INTERNAL",
	detail: `the server went down, or its disk failed, ${MAX_ATTEMPTS} times while the plan was being made`,
	errors: [],
};

/** Why a plan failed, in words for its client; a defect's own words stay in the log. */
export function failureOf(error: unknown): Failure {
	if (error instanceof CarteiraError && error.code !== "INTERNAL") {
		return { code: error.code, detail: error.message, errors: error.details };
	}
	return { code: "INTERNAL", detail: "a defect of the service; its log has the cause", errors: [] };
}

const raise = (flag: Int32Array): number => Atomics.store(flag, 0, 1);

async function requestOf({ store }: Shelf, snapshot: Snapshot, order: PlanOrder): Promise<PlanRequest> {
	const published = await store.publishedPlan(order.portfolio);
	const policy = await policyOf(store, snapshot.portfolio(), order);
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

/** Starts with the plans that wait already. */
export function createPlanner({ jobs, shelfOf, engine, leaseSeconds, onDefect, onNews }: PlannerOptions): Planner {
	const leaseUntil = (): number => Date.now() + leaseSeconds * 1000;
	const state = { isClosing: false, isWoken: false };
	let running: Job | null = null;
	let endRest = (): void => {};

	function wake(): void {
		state.isWoken = true;
		endRest();
		if (running) void beat(running);
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
	const writeDown = (work: () => Promise<void>): Promise<void> => persist(work, isBusyOrDisk, () => state.isClosing);

	function end({ lease }: Job, ended: NonNullable<PlanNews["ended"]>): void {
		annotate({ "carteira.plan.status": ended });
		onNews({ id: lease.id, kind: "status", ended });
	}

	/** Says that the plan is still being made, and how far, and hears whether it is to stop. A database that is away is asked again the next time. */
	async function beat(job: Job): Promise<void> {
		job.beatAt = Date.now();
		const told = job.progress;
		const held = await jobs.extend(job.lease, leaseUntil(), told).catch(() => "unknown" as const);
		if (held === "unknown") return;
		if (held === null) job.isLost = true;
		else {
			job.isStopAsked ||= held.isStopAsked;
			job.isHandedBack ||= held.isErasing;
		}
		if (job.isLost || job.isStopAsked || job.isHandedBack) raise(job.stop);
		if (held !== null && told !== null) onNews({ id: job.lease.id, kind: "progress" });
	}

	async function make(job: Job): Promise<void> {
		const { lease, stop } = job;
		const shelf = await shelfOf(lease.tenant);
		const snapshot = shelf.snapshot(lease.order.portfolio);
		const request = await requestOf(shelf, snapshot, lease.order);
		const document = await inSpan("carteira.solve", {}, async (span) => {
			const onProgress = (progress: PlanProgress): void => {
				if (progress.phase !== job.progress?.phase) span.addEvent(progress.phase, { "carteira.num_reps": progress.numReps });
				job.progress = progress;
				if (Date.now() - job.beatAt >= EARLIEST_BEAT) void beat(job);
			};
			return engine.planSnapshot(snapshot, request, { onProgress, stop });
		});
		if (job.isLost) return;
		if (job.isHandedBack || (state.isClosing && !job.isStopAsked)) return jobs.handBack(lease, { isCounted: false });
		const status = Atomics.load(stop, 0) === 1 ? "stopped" : "completed";
		await writeDown(async () => {
			if (await shelf.store.savePlan(lease, status, document)) end(job, status);
		});
	}

	/** Ends a plan that could not be made; one that only lacked the database goes back to the queue. */
	async function endFailed(job: Job, error: unknown): Promise<void> {
		const { lease } = job;
		if (isBusyOrDisk(error)) return writeDown(() => jobs.handBack(lease, { isCounted: true }));
		const failure = failureOf(error);
		if (failure.code === "INTERNAL") onDefect(error, lease.id);
		await writeDown(() => jobs.fail(lease, failure));
		annotate({ "error.type": failure.code });
		end(job, "failed");
	}

	const run = (lease: LeasedPlan): Promise<void> =>
		inSpan("carteira.plan", { "carteira.plan.id": lease.id, "carteira.plan.attempts": lease.attempts }, () => runNow(lease));

	async function runNow(lease: LeasedPlan): Promise<void> {
		if (state.isClosing) return jobs.handBack(lease, { isCounted: false }); // asked to end while the lease was on its way
		const stop = new Int32Array(new SharedArrayBuffer(4));
		const job: Job = { lease, stop, progress: null, isStopAsked: lease.isStopAsked, isLost: false, isHandedBack: false, beatAt: 0 };
		if (lease.attempts > MAX_ATTEMPTS) {
			await writeDown(() => jobs.fail(lease, GAVE_UP));
			return end(job, "failed");
		}
		if (job.isStopAsked) raise(job.stop);
		running = job;
		onNews({ id: lease.id, kind: "status" });
		const heart = setInterval(() => void beat(job), Math.min(BEAT, (leaseSeconds * 1000) / 3));
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
				if (!isBusyOrDisk(error)) onDefect(error, "none");
				return null;
			});
			if (lease === null) {
				await rest(POLL);
				continue;
			}
			await run(lease).catch((error: unknown) => onDefect(error, lease.id));
			onNews({ id: lease.id, kind: "status" });
		}
	}

	const worker = work();
	return {
		wake,
		isMaking: () => (running?.progress ?? null) !== null,
		async close() {
			state.isClosing = true;
			if (running) raise(running.stop);
			wake();
			await worker;
		},
	};
}
