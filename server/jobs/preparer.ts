import type { Portfolios } from "../store/portfolios.ts";
import { isBusyOrDisk } from "../retry.ts";
import type { JobRows, UnpreparedPlan } from "../store/job-rows.ts";
import { type PlanNews, failureOf } from "./planner.ts";

export interface PreparerOptions {
	readonly jobs: Pick<JobRows, "unprepared" | "markPrepared" | "fail">;
	readonly portfoliosOf: (tenant: string) => Promise<Pick<Portfolios, "prepare">>;
	/** Told of failures that are the service's own. */
	readonly onDefect: (error: unknown, planId: string) => void;
	/** Told that plans may be made. */
	readonly onPrepared: () => void;
	/** Told of plans that failed. */
	readonly onNews: (news: PlanNews) => void;
}

/**
 * Brings into the snapshot what was acknowledged before a plan was ordered; only then may workers, which read nothing but snapshots, make it.
 * What is still to be prepared is rows: a server that goes down in between does it after its next start.
 */
export interface Preparer {
	/** There may be new orders. */
	wake(): void;
	/** Lets what is under way come to its end, and begins nothing new. */
	close(): Promise<void>;
}

/** Milliseconds after which orders are looked for unasked: one may be stored of which the database, gone at that moment, told nobody. */
const POLL = 1000;

/** Starts with the plans that wait already. */
export function createPreparer({ jobs, portfoliosOf, onDefect, onPrepared, onNews }: PreparerOptions): Preparer {
	let isClosing = false;
	let isWoken = false;
	let looking: Promise<void> | null = null;
	const underWay = new Map<string, Promise<void>>();

	/** What was ordered before this began is prepared when it ends, or failed. */
	async function prepare(plans: readonly UnpreparedPlan[]): Promise<void> {
		const [{ tenant, portfolio }] = plans;
		try {
			await (await portfoliosOf(tenant)).prepare(portfolio);
		} catch (error) {
			if (isBusyOrDisk(error)) throw error;
			const failure = failureOf(error);
			if (failure.code === "INTERNAL") onDefect(error, plans[0].id);
			for (const { id } of plans) {
				await jobs.fail({ id, tenant, token: 0 }, failure); // none was leased ever
				onNews({ id, kind: "status", ended: "failed" });
			}
			return;
		}
		await jobs.markPrepared(plans);
		onPrepared();
	}

	async function work(name: string, plans: readonly UnpreparedPlan[]): Promise<void> {
		try {
			await prepare(plans);
		} catch (error) {
			if (!isBusyOrDisk(error)) onDefect(error, plans[0].id);
			return; // the next look finds the same
		} finally {
			underWay.delete(name);
		}
		wake(); // more may have been ordered of the portfolio meanwhile
	}

	/** Portfolios do not wait for one another. */
	async function look(): Promise<void> {
		isWoken = false;
		const found = await jobs.unprepared();
		for (const [name, plans] of Map.groupBy(found, ({ tenant, portfolio }) => `${tenant} ${portfolio}`))
			if (!underWay.has(name) && !isClosing) underWay.set(name, work(name, plans));
	}

	function wake(): void {
		isWoken = true;
		if (isClosing || looking !== null) return;
		looking = look()
			.catch((error: unknown) => {
				if (!isBusyOrDisk(error)) onDefect(error, "none");
			})
			.finally(() => {
				looking = null;
				if (isWoken) wake();
			});
	}

	const timer = setInterval(wake, POLL);
	wake();
	return {
		wake,
		async close() {
			isClosing = true;
			clearInterval(timer);
			await looking;
			await Promise.all(underWay.values());
		},
	};
}
