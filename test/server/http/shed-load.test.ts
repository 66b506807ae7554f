import { connect } from "node:net";
import { expect, test } from "vitest";
import { startService } from "../service.ts";

test("while too many requests are being answered others are turned away before their bodies are sent, and let in afterwards", async () => {
	const service = await startService({ limits: { max_requests_at_once: 2 } });
	const port = Number(new URL(await service.app.listen({ host: "127.0.0.1", port: 0 })).port);
	const head = "PUT /v1/portfolios/acme/reps HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 1000000\r\n\r\n";
	const slow = [1, 2].map(() => connect(port, "127.0.0.1").on("error", () => {}));
	for (const socket of slow) socket.write(`${head}rep_id`);
	const limits = `http://127.0.0.1:${port}/v1/limits`;
	await expect.poll(async () => (await fetch(limits)).status, { timeout: 20_000 }).toBe(503);
	const turnedAway = await new Promise<string>((resolve) => {
		const socket = connect(port, "127.0.0.1").on("error", () => {});
		let answer = "";
		socket.setEncoding("latin1").on("data", (text: string) => {
			answer += text;
		});
		socket.on("close", () => resolve(answer));
		socket.write(head); // and not a byte of the million promised
	});
	expect(turnedAway).toMatch(/^HTTP\/1.1 503 /);
	expect(turnedAway).toMatch(/retry-after: 5/i);
	expect(turnedAway).toMatch(/connection: close/i);
	expect(turnedAway).toContain('"code":"BUSY"');
	for (const socket of slow) socket.destroy();
	await expect.poll(async () => (await fetch(limits)).status, { timeout: 20_000 }).toBe(200);
	await service.close();
});
