import { Webhook } from "standardwebhooks";
import { lookupPublic, validateTarget } from "./addresses.ts";

/** Bytes of a receiver's answer that are read at most, and of its headers. */
const MAX_ANSWER = 16 * 1024;
const MAX_ANSWER_HEADERS = 16 * 1024;

export interface Message {
	/** The same whenever the same event is sent to the same receiver. */
	readonly id: string;
	readonly body: string;
}

/** What came of sending: the receiver's status, or why there was none. */
export interface Answer {
	readonly status: number | null;
	readonly error: string | null;
}

/** Sends messages to receivers that the service does not trust. */
export interface Post {
	/** Never throws. */
	send(url: string, secret: string, message: Message, now: number): Promise<Answer>;
	close(): Promise<void>;
}

export interface PostOptions {
	/** Milliseconds for one message, from the name to the end of the answer. */
	readonly timeout: number;
	/** Send by http and to addresses of the own network too. */
	readonly allowPrivate: boolean;
}

/** Follows no redirects, reads little of an answer, gives up in time, and connects to public addresses only. */
export function createPost({ timeout, allowPrivate }: PostOptions): Post {
	/** The client, loaded with the first message: most services never send one. */
	const open = async () => {
		const { Agent, request } = await import("undici");
		const agent = new Agent({
			connect: { timeout, ...(!allowPrivate && { lookup: lookupPublic }) },
			headersTimeout: timeout,
			bodyTimeout: timeout,
			maxHeaderSize: MAX_ANSWER_HEADERS,
			maxResponseSize: MAX_ANSWER,
			keepAliveTimeout: 10_000,
			pipelining: 1,
		});
		return { agent, request };
	};
	let opened: ReturnType<typeof open> | null = null;
	return {
		async send(url, secret, { id, body }, now) {
			try {
				const target = validateTarget(url, allowPrivate); // the configuration may have changed since it was stored
				const at = new Date(now);
				const { agent, request } = await (opened ??= open());
				const answer = await request(target, {
					method: "POST",
					dispatcher: agent,
					signal: AbortSignal.timeout(timeout),
					headers: {
						"content-type": "application/json",
						"user-agent": "carteira-webhooks",
						"webhook-id": id,
						"webhook-timestamp": String(Math.floor(now / 1000)),
						"webhook-signature": new Webhook(secret).sign(id, at, body),
					},
					body,
				});
				// What is said beyond the status does not matter, nor whether it could be read to its end.
				await answer.body.dump({ limit: MAX_ANSWER }).catch(() => {});
				return { status: answer.statusCode, error: null };
			} catch (error) {
				return { status: null, error: describe(error) };
			}
		},
		close: async () => (await opened)?.agent.destroy(),
	};
}

function describe(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	const inner = error instanceof AggregateError && error.errors.length > 0 ? `: ${String(error.errors[0])}` : "";
	return `${error.message}${inner}`.slice(0, 300);
}
