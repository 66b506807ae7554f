import { once } from "node:events";
import { type IncomingHttpHeaders, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A message as it came. */
export interface Received {
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

/** A receiver of webhooks on a real socket, which notes what comes and answers what it is told to. */
export interface Receiver {
	readonly url: string;
	readonly received: Received[];
	/** Status of the next answers; a function is asked for each. Null: the connection is left open, without an answer. */
	answer: number | ((message: Received) => number | null);
	/** Milliseconds after which it answers. */
	delay: number;
	close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
	const received: Received[] = [];
	const receiver = { received, answer: 204 as Receiver["answer"], delay: 0 };
	const server: Server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on("data", (chunk: Buffer) => chunks.push(chunk));
		request.on("end", () => {
			const message = { headers: request.headers, body: Buffer.concat(chunks).toString() };
			received.push(message);
			const { answer, delay } = receiver;
			const status = typeof answer === "number" ? answer : answer(message);
			const send = () => response.writeHead(status ?? 204, status === 302 ? { location: "/elsewhere" } : {}).end("x".repeat(100));
			if (status !== null) setTimeout(send, delay);
		});
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	return Object.assign(receiver, {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	});
}
