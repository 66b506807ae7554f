import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { problem } from "../../../server/schemas/common.ts";
import { REPS_CSV, type TestService, startService } from "../service.ts";

let service: TestService;
let port: number;
const logged: string[] = [];
beforeAll(async () => {
	service = await startService({ limits: { max_uploads_at_once: 1 } });
	port = Number(new URL(await service.app.listen({ host: "127.0.0.1", port: 0 })).port);
	service.services.log.error = (...told: unknown[]) => void logged.push(JSON.stringify(told));
});
afterAll(() => service.close());

/** Sends bytes as they are, ends its side, and answers everything that comes back. */
function sendRaw(text: string, isEnded = true): Promise<string> {
	return new Promise((resolve, reject) => {
		const socket = connect(port, "127.0.0.1");
		const answer: string[] = [];
		socket.setEncoding("latin1").on("data", (chunk: string) => answer.push(chunk));
		socket.on("error", reject).on("close", () => resolve(answer.join("")));
		socket.write(text, "latin1");
		if (isEnded) socket.end();
	});
}

const HOST = "Host: 127.0.0.1\r\n";
const PUT = `PUT /v1/portfolios/acme/reps HTTP/1.1\r\n${HOST}Content-Type: text/csv\r\n`;

test.each([
	["a chunk whose size is no number", 400, `${PUT}Transfer-Encoding: chunked\r\n\r\nzz\r\nrep`],
	["a body cut off in a chunk", 400, `${PUT}Transfer-Encoding: chunked\r\n\r\n20\r\nrep_id`],
	["a body shorter than its length", 400, `${PUT}Content-Length: 100\r\n\r\nrep_id`],
	["a length below nothing", 400, `${PUT}Content-Length: -4\r\n\r\n`],
	["two ways to say the length", 400, `${PUT}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
	["a method that nobody knows", 400, `FOO /healthz HTTP/1.1\r\n${HOST}\r\n`],
	["raw bytes in the path", 400, `GET /v1/portfolios/\xff\xfe HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`],
	["bytes of another protocol", 400, "\x16\x03\x01\x00\xff\r\n\r\n"],
	["no Host", 400, "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"],
	["headers beyond the limit", 431, `GET /healthz HTTP/1.1\r\n${HOST}X: ${"a".repeat(30_000)}\r\n\r\n`],
	["an expectation that cannot be met", 417, `${PUT}Content-Length: 18\r\nExpect: foo\r\n\r\n`],
])("%s is answered %i as problem+json and closes the connection", async (_, status, bytes) => {
	const answer = await sendRaw(bytes);
	expect(answer.split("\r\n")[0]).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
	expect(answer.toLowerCase()).toContain("content-type: application/problem+json");
	const told: unknown = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")));
	expect(problem.safeParse(told).error).toBeUndefined();
	expect(told).toMatchObject({ status });
});

test("an upload whose client goes away is no error of the service", async () => {
	await new Promise<void>((resolve) => {
		const socket = connect(port, "127.0.0.1", () => {
			socket.write(`${PUT}Content-Length: 1000\r\n\r\nrep_id,kind\r\n`, () => setTimeout(() => socket.resetAndDestroy(), 50));
		});
		socket.on("close", () => resolve());
	});
	expect((await service.app.inject({ method: "GET", url: "/healthz" })).statusCode).toBe(200);
	expect(logged).toEqual([]);
});

test("clients that send slowly keep nobody else from uploading", async () => {
	const slow = [1, 2, 3, 4].map(() => {
		const socket = connect(port, "127.0.0.1");
		socket.on("error", () => {}).write(`${PUT}Content-Length: 1000\r\n\r\nrep_id`);
		return socket;
	});
	await Promise.all(slow.map((socket) => new Promise((resolve) => socket.once("connect", resolve))));
	const answer = await fetch(`http://127.0.0.1:${port}/v1/portfolios/acme/reps`, {
		method: "PUT",
		headers: { "content-type": "text/csv" },
		body: REPS_CSV,
	});
	expect(answer.status).toBe(200);
	for (const socket of slow) socket.destroy();
});
