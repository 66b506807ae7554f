import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startServiceProcess } from "../../helpers/service-process.ts";
import { startReceiver } from "../receiver.ts";
import { REPS_CSV } from "../service.ts";

test("a service killed between sending a change and noting it sends it again under its id, and nothing is missed or out of order", async () => {
	const folder = await mkdtemp(join(tmpdir(), "carteira-webhooks-"));
	const receiver = await startReceiver();
	const flags = ["--allow-private-webhooks", "--threads", "1"];
	let service = await startServiceProcess(folder, flags);
	const happen = () => service.call("PUT", "/v1/portfolios/acme/reps", { body: REPS_CSV, type: "text/csv" });
	const made = await service.call("POST", "/v1/webhooks", {
		body: JSON.stringify({ url: receiver.url }),
		type: "application/json",
		expected: [201],
	});
	const { id } = (await made.json()) as { id: string };
	await happen();
	await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBe(1);
	receiver.answer = () => null; // it has the second, and has not said so
	await happen();
	await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBe(2);
	await happen();
	await service.kill();
	receiver.answer = 200;
	service = await startServiceProcess(folder, flags);
	await expect.poll(() => receiver.received.at(-1)?.headers["webhook-id"], { timeout: 20_000 }).toBe(`${id}_3`);
	expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual([1, 2, 2, 3].map((sequence) => `${id}_${sequence}`));
	expect(receiver.received[2].body).toBe(receiver.received[1].body);
	await service.stop();
	await receiver.close();
	await rm(folder, { recursive: true, force: true });
});
