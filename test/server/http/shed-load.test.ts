import { once } from "node:events";
import { type AddressInfo, type Socket, connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createHttpServer } from "../../../server/http/http-server.ts";
import { shedLoad } from "../../../server/http/shed-load.ts";
import { type TestService, startService } from "../service.ts";

const HEAD = "PUT /v1/portfolios/acme/reps HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 1000000\r\n\r\n";

/** A server that listens, with uploads under way that do not end by themselves. */
async function startBusy(limits: { max_requests_at_once: number; max_requests_waiting: number }) {
	const service = await startService({ limits });
	const port = Number(new URL(await service.app.listen({ host: "127.0.0.1", port: 0 })).port);
	const slow = Array.from({ length: limits.max_requests_at_once }, () => open(port));
	for (const socket of slow) socket.write(`${HEAD}rep_id`);
	return { service, port, slow, get: async (path: string) => fetch(`http://127.0.0.1:${port}${path}`) };
}

const open = (port: number): Socket => connect(port, "127.0.0.1").on("error", () => {});

/** Requests turned away so far, as an operator reads it. */
async function countRefused({ services }: TestService): Promise<number> {
	return Number(/^carteira_http_refused_total (\d+)/m.exec((await services.metrics.read()).text)?.[1]);
}

test("while too many requests are being answered others are turned away before their bodies are sent, and let in afterwards", async () => {
	const { service, port, slow, get } = await startBusy({ max_requests_at_once: 2, max_requests_waiting: 0 });
	await expect.poll(async () => (await get("/v1/limits")).status, { timeout: 20_000 }).toBe(503);
	expect((await get("/healthz")).status).toBe(200); // or it would be started anew in the midst of its work
	const turnedAway = await new Promise<string>((resolve) => {
		const socket = open(port);
		let answer = "";
		socket.setEncoding("latin1").on("data", (text: string) => {
			answer += text;
		});
		socket.on("close", () => resolve(answer));
		socket.write(HEAD); // and not a byte of the million promised
	});
	expect(turnedAway).toMatch(/^HTTP\/1.1 503 /);
	expect(turnedAway).toMatch(/retry-after: 5/i);
	expect(turnedAway).toMatch(/connection: close/i);
	expect(turnedAway).toContain('"code":"BUSY"');
	expect(await countRefused(service)).toBeGreaterThan(1);
	for (const socket of slow) socket.destroy();
	await expect.poll(async () => (await get("/v1/limits")).status, { timeout: 20_000 }).toBe(200);
	await service.close();
});

/** A bare server that answers a request with its path when it is told to. */
async function startHeld(longestWait: number) {
	const begun: { readonly path: string; readonly end: () => void }[] = [];
	let refused = 0;
	const shed = shedLoad({ max_requests_at_once: 1, max_requests_waiting: 2 }, () => refused++, longestWait);
	const server = createHttpServer(shed(({ url: path = "" }, response) => void begun.push({ path, end: () => response.end(path) })));
	await once(server.listen(0, "127.0.0.1"), "listening");
	const { port } = server.address() as AddressInfo;
	return {
		begun,
		send: (path: string, signal?: AbortSignal) => fetch(`http://127.0.0.1:${port}${path}`, { signal: signal ?? null }),
		numRefused: () => refused,
		close: () => server.close().closeAllConnections(),
	};
}

test("some more requests wait, are begun in the order of their arrival, and are forgotten when their senders leave", async () => {
	const { begun, send, numRefused, close } = await startHeld(60_000);
	const first = send("/first");
	await expect.poll(() => begun.length).toBe(1);
	const leaving = new AbortController();
	const left = send("/left", leaving.signal);
	await sleep(100);
	const second = send("/second");
	await sleep(100);
	await expect.poll(async () => (await Promise.race([send("/full"), sleep(50, null)]))?.status).toBe(503); // both wait
	const before = numRefused();
	leaving.abort();
	await expect(left).rejects.toThrow();
	const rest = ["/third", "/fourth", "/fifth"].map((path) => send(path));
	await expect.poll(numRefused).toBeGreaterThan(before);
	for (let at = 0; at < begun.length; at++) {
		begun[at].end();
		await sleep(100);
	}
	expect(await (await first).text()).toBe("/first");
	expect(await (await second).text()).toBe("/second");
	const paths = begun.map(({ path }) => path);
	expect(paths.slice(0, 2)).toEqual(["/first", "/second"]);
	expect(paths).not.toContain("/left");
	expect((await Promise.all(rest)).map(({ status }) => status)).toContain(503);
	close();
});

test("a request that waits in vain is turned away, and what comes after it is answered", async () => {
	const { begun, send, close } = await startHeld(300);
	const first = send("/first");
	await expect.poll(() => begun.length).toBe(1);
	const since = performance.now();
	expect((await send("/late")).status).toBe(503);
	expect(performance.now() - since).toBeGreaterThan(290);
	begun[0].end();
	expect((await first).status).toBe(200);
	const next = send("/next");
	await expect.poll(() => begun.length).toBe(2);
	begun[1].end();
	expect(await (await next).text()).toBe("/next");
	close();
});
