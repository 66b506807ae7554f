import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { CarteiraError } from "../../engine/index.ts";
import type { Limits } from "../config.ts";
import { RETRY_AFTER_SECONDS } from "./error-handler.ts";
import { refuseRequest } from "./protocol-errors.ts";

/** Bytes of a body that are sooner thrown away than a connection is made anew. */
const SMALL = 65_536;
/** Milliseconds after which a request that still waits is turned away: whoever sent it has better things to do. */
const LONGEST_WAIT = 2000;
/** Milliseconds between looks for those that waited too long. */
const LOOK = 100;

/** Whoever asks whether the service is alive would end one that is only busy. */
const ALIVE = "/healthz";

/** A request of which nothing but the headers was read: its sender is held back by its connection. */
interface Waiting {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	readonly answer: RequestListener;
	/** Milliseconds of the process's clock. */
	readonly until: number;
}

const hasSmallBody = (headers: IncomingHttpHeaders): boolean =>
	headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) <= SMALL;

/**
 * Answers so many requests at once, lets so many more wait for a while in the order of their arrival, and turns the rest away before the framework,
 * a key or a byte of their bodies is looked at: what is refused must cost next to nothing, or it takes the place of what could be answered.
 * All listeners that come of it count together.
 */
export function shedLoad(
	{ max_requests_at_once: maxAtOnce, max_requests_waiting: maxWaiting }: Pick<Limits, "max_requests_at_once" | "max_requests_waiting">,
	onRefused: () => void,
	longestWait = LONGEST_WAIT,
): (answer: RequestListener) => RequestListener {
	const refusal = new CarteiraError("BUSY", `${maxAtOnce} requests are being answered; try again later`);
	const queue = new Set<Waiting>();
	let numAtOnce = 0;
	let timer: NodeJS.Timeout | null = null;

	function begin({ request, response, answer }: Omit<Waiting, "until">): void {
		numAtOnce++;
		let isOver = false;
		const leave = (): void => {
			if (isOver) return;
			isOver = true;
			numAtOnce--;
			beginNext();
		};
		response.once("finish", leave).once("close", leave);
		answer(request, response);
	}

	function beginNext(): void {
		for (const waiting of queue) {
			if (numAtOnce >= maxAtOnce) return;
			queue.delete(waiting);
			begin(waiting);
		}
	}

	function refuse({ headers }: IncomingMessage, response: ServerResponse): void {
		refuseRequest(response, refusal, {
			"retry-after": String(RETRY_AFTER_SECONDS),
			...(!hasSmallBody(headers) && { connection: "close" }), // else all of it would be read to reach the next request
		});
		onRefused();
	}

	/** Those in front have waited longest. */
	function refuseLate(): void {
		const now = performance.now();
		for (const waiting of queue) {
			if (waiting.until > now) return;
			queue.delete(waiting);
			refuse(waiting.request, waiting.response);
		}
		if (timer !== null) clearInterval(timer);
		timer = null;
	}

	return (answer) => (request, response) => {
		if (numAtOnce < maxAtOnce || request.url === ALIVE) return begin({ request, response, answer });
		if (queue.size >= maxWaiting) return refuse(request, response);
		const waiting = { request, response, answer, until: performance.now() + longestWait };
		queue.add(waiting);
		response.once("close", () => queue.delete(waiting)); // its sender has gone
		timer ??= setInterval(refuseLate, LOOK);
	};
}
