import { setTimeout as rest } from "node:timers/promises";
import type { Log } from "../log.ts";
import type { ErasureJob, ErasureReport, ErasureRows } from "../store/erasure-rows.ts";
import type { FirstAnswer } from "../store/store.ts";
import type { Tenants } from "../tenants.ts";
import { isBusy, isBusyOrDisk, persist } from "../retry.ts";
import { createTurns } from "../turns.ts";
import type { PlanQueue } from "./plan-queue.ts";

export interface ErasuresOptions {
	readonly rows: ErasureRows;
	readonly tenants: Pick<Tenants, "get">;
	readonly log: Log;
	readonly plans: Pick<PlanQueue, "wake">;
	/** Plans of a portfolio that some worker has leased. */
	readonly countLeased: (tenant: string, portfolio: string) => Promise<number>;
}

/**
 * Erases customers. Once an erasure is asked for it is a row, and is brought to its end whatever happens: at once, after a pause where
 * the database or the disk fails, or at the next start before anybody is served.
 */
export interface Erasures {
	/** Null: nothing was held of the customer. */
	erase(tenant: string, portfolio: string, customerId: string, answerKey: string | null): Promise<ErasureReport | null>;
	/** Brings to their ends those that an earlier process left, or logs why that cannot be and tries again later. */
	finish(): Promise<void>;
	close(): Promise<void>;
}

/** Milliseconds between two looks at plans that are to end, and after an erasure failed. */
const LOOK_AGAIN = 50;
const LATER = 5000;

/** The answer to whoever asked. */
export function erasureAnswer(portfolio: string, report: ErasureReport): FirstAnswer {
	return { status: 200, location: null, body: JSON.stringify({ portfolio, ...report }) };
}

export function createErasures({ rows, tenants, log, plans, countLeased }: ErasuresOptions): Erasures {
	let isClosing = false;
	const inTurn = createTurns();
	let later: NodeJS.Timeout | undefined;
	const underWay = new Map<string, Promise<ErasureReport | null>>();

	/** Until no plan of the portfolio is being made, which would name the customer; none is begun while the erasure is open. */
	async function endPlans({ tenant, portfolio }: ErasureJob): Promise<void> {
		for (;;) {
			plans.wake(); // whoever is at one hears of the erasure
			if ((await countLeased(tenant, portfolio)) === 0) return;
			await rest(LOOK_AGAIN);
		}
	}

	async function run(job: ErasureJob): Promise<ErasureReport | null> {
		if (job.state === "open") await endPlans(job);
		const { erase } = await tenants.get(job.tenant);
		const report = await erase(job, {
			jobs: rows,
			persist: (step) => persist(step, isBusy, () => isClosing),
			answerOf: (made) => erasureAnswer(job.portfolio, made),
		});
		plans.wake();
		return report;
	}

	async function finish(): Promise<void> {
		for (const job of await rows.unfinished()) await run(job);
	}

	function tryLater(): void {
		if (isClosing) return;
		clearTimeout(later);
		later = setTimeout(() => {
			inTurn(finish).catch((error: unknown) => {
				if (!isBusyOrDisk(error)) log.error({ err: error }, "the erasure of a customer failed; it is tried again");
				tryLater();
			});
		}, LATER);
	}

	async function start(tenant: string, portfolio: string, customerId: string, answerKey: string | null): Promise<ErasureReport | null> {
		const job = await rows.create(tenant, portfolio, customerId, answerKey);
		try {
			return await inTurn(async () => run(await rows.get(job)));
		} catch (error) {
			tryLater();
			throw error;
		}
	}

	return {
		erase(tenant, portfolio, customerId, answerKey) {
			const name = JSON.stringify([tenant, portfolio, customerId]);
			const known = underWay.get(name);
			if (known) return known;
			const erasure = start(tenant, portfolio, customerId, answerKey).finally(() => underWay.delete(name));
			underWay.set(name, erasure);
			return erasure;
		},
		finish: () =>
			inTurn(finish).catch((error: unknown) => {
				// One that cannot be ended must not keep all others from being served.
				log.error({ err: error }, "the erasure of a customer failed; it is tried again");
				tryLater();
			}),
		async close() {
			isClosing = true;
			clearTimeout(later);
			await inTurn.idle();
		},
	};
}
