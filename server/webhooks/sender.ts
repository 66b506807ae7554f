import { randomInt } from "node:crypto";
import type { Limits } from "../config.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { isBusy } from "../retry.ts";
import type { Change } from "../store/change-rows.ts";
import type { Delivery, LeasedWebhook, WebhookRows } from "../store/webhook-rows.ts";
import { type Message, createPost } from "./post-message.ts";

export interface SenderOptions {
	readonly rows: WebhookRows;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: Log;
	readonly metrics: Pick<Metrics, "countMessage">;
	readonly limits: Pick<Limits, "webhook_timeout_seconds" | "webhook_attempts" | "webhook_retry_seconds">;
	readonly allowPrivate: boolean;
}

/**
 * Sends changes to the receivers that asked for them, each receiver its own in their order and one at a time, so that a slow one keeps
 * nobody waiting. A change is sent again until its receipt was noted: at least once, under the same id.
 */
export interface Sender {
	/** Cuts off what is being sent, which is sent again after the next start. */
	close(): Promise<void>;
}

/** Receivers that are sent to at the same time; milliseconds between two looks for something to send, and of a lease beyond one message. */
const AT_ONCE = 16;
const POLL = 500;
const LEASE = 30_000;
/** How the pauses between tries grow, how long they are at most in milliseconds, and how much they are varied, in percent. */
const GROWTH = 4;
const LONGEST = 6 * 3_600_000;
const JITTER = 20;

/** A receiver that says 410 does not want messages any more. */
const GONE = 410;

/** Milliseconds to the next try after so many, varied so that receivers that failed together are not tried together. */
export function pauseAfter(attempts: number, firstSeconds: number): number {
	const pause = Math.min(LONGEST, firstSeconds * 1000 * GROWTH ** (attempts - 1));
	return Math.round((pause * randomInt(100 - JITTER, 100 + JITTER + 1)) / 100);
}

/** A change as its message; receivers know one that came twice by the id. */
export function messageOf(webhookId: string, { sequence, at, portfolio, type, data }: Change): Message {
	return { id: `${webhookId}_${sequence}`, body: JSON.stringify({ type, timestamp: at, data: { sequence, portfolio, ...data } }) };
}

const isAccepted = ({ status }: { readonly status: number | null }): boolean => status !== null && status >= 200 && status < 300;

/** Starts sending for all tenants. */
export function createSender({ rows, clock, log, metrics, limits, allowPrivate }: SenderOptions): Sender {
	const timeout = limits.webhook_timeout_seconds * 1000;
	const post = createPost({ timeout, allowPrivate });
	const leaseUntil = (): number => clock() + timeout + LEASE;
	const sending = new Set<Promise<void>>();
	const end = Promise.withResolvers<void>();
	const state = { isClosing: false };

	async function tryOnce(hook: LeasedWebhook, change: Change, attempt: number): Promise<Delivery> {
		const [at, began] = [new Date(clock()).toISOString(), performance.now()];
		const answer = await post.send(hook.url, hook.secret, messageOf(hook.id, change), clock());
		return { ...answer, sequence: change.sequence, type: change.type, attempt, at, milliseconds: Math.round(performance.now() - began) };
	}

	async function fail(hook: LeasedWebhook, delivery: Delivery): Promise<void> {
		const isOver = delivery.attempt >= limits.webhook_attempts || delivery.status === GONE;
		const next = {
			state: isOver ? "failing" : "active",
			at: clock() + pauseAfter(delivery.attempt, limits.webhook_retry_seconds),
		} as const;
		await rows.failed(hook, delivery, next);
		metrics.countMessage(isOver ? "given up" : "failed");
		if (isOver) log.error({ tenant: hook.tenant, webhook: hook.id, ...delivery }, "a webhook is given up until it is replayed");
	}

	/** Sends a receiver its next changes, until one fails or it is another's turn: slow ones take all places only in turns. */
	async function serve(hook: LeasedWebhook): Promise<void> {
		const turnEnds = performance.now() + timeout;
		let seen = hook.after;
		let attempt = hook.attempts + 1;
		for (const change of hook.changes) {
			if (state.isClosing || performance.now() > turnEnds) break;
			if (hook.types === null || hook.types.includes(change.type)) {
				const delivery = await tryOnce(hook, change, attempt);
				if (state.isClosing && delivery.status === null) break; // cut off by ourselves: no try of the receiver's
				if (!isAccepted(delivery)) return fail(hook, delivery);
				if (!(await rows.delivered(hook, delivery, leaseUntil()))) return; // replayed or removed meanwhile
				metrics.countMessage("delivered");
				attempt = 1;
			}
			seen = change.sequence;
		}
		await rows.release(hook, seen);
	}

	async function lease(): Promise<LeasedWebhook | null> {
		return rows.lease(clock(), leaseUntil()).catch((error: unknown) => {
			if (!isBusy(error)) log.error({ err: error }, "webhooks could not be looked at");
			return null;
		});
	}

	async function work(): Promise<void> {
		while (!state.isClosing) {
			const hook = sending.size < AT_ONCE ? await lease() : null;
			if (hook === null) {
				await Promise.race([end.promise, new Promise((resolve) => setTimeout(resolve, POLL)), ...(sending.size < AT_ONCE ? [] : sending)]);
				continue;
			}
			// What could not be noted is sent again when the lease is over.
			const task: Promise<void> = serve(hook)
				.catch((error: unknown) => {
					if (!isBusy(error)) log.error({ err: error, webhook: hook.id }, "what a webhook was sent could not be noted");
				})
				.finally(() => sending.delete(task));
			sending.add(task);
		}
	}
	const worker = work();

	return {
		async close() {
			state.isClosing = true;
			end.resolve();
			await post.close();
			await worker;
			await Promise.all(sending);
		},
	};
}
