import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startServiceProcess } from "../../helpers/service-process.ts";
import { CUSTOMERS_CSV, ORDERS_CSV, REPS_CSV } from "../service.ts";

const MAIN = join(import.meta.dirname, "../../../server/main.ts");

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "carteira-serve-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts the server and collects what it says. */
function serve(...flags: string[]): { readonly child: ChildProcess; readonly said: () => string } {
	const child = spawn(process.execPath, [MAIN, "serve", ...flags], { cwd: folder });
	const texts: string[] = [];
	child.stderr.setEncoding("utf8").on("data", (text: string) => texts.push(text));
	return { child, said: () => texts.join("") };
}

test("serve says where it listens, keeps port and folder to itself, and ends when asked", async () => {
	const first = serve("--port", "0", "--data", "one");
	onTestFinished(() => void first.child.kill("SIGKILL"));
	await expect.poll(first.said, { timeout: 60_000 }).toMatch(/http:\/\/127\.0\.0\.1:\d+ to this machine only/);
	const address = /http:\/\/127\.0\.0\.1:(\d+)/.exec(first.said());
	expect(await (await fetch(`${address?.[0]}/healthz`)).json()).toEqual({ status: "ok" });
	const samePort = serve("--port", address?.[1] ?? "", "--data", "two");
	const sameFolder = serve("--port", "0", "--data", "one");
	const codes = await Promise.all([samePort, sameFolder].map(async ({ child }) => ((await once(child, "close")) as [number])[0]));
	expect(codes).toEqual([3, 3]);
	expect(samePort.said()).toContain("is in use; choose another with --port");
	expect(sameFolder.said()).toContain("in use by another server");
	first.child.kill("SIGTERM");
	expect(await once(first.child, "close")).toEqual([0, null]);
});

test("asked to end, the server answers who waits and hands its plan back for the next start", async () => {
	const data = join(folder, "three");
	const portfolio = join(data, "portfolios", "acme");
	await mkdir(portfolio, { recursive: true });
	for (const [name, text] of Object.entries({ reps: REPS_CSV, customers: CUSTOMERS_CSV, orders: ORDERS_CSV }))
		await writeFile(join(portfolio, `${name}.csv`), text);
	const service = await startServiceProcess(data);
	onTestFinished(() => service.kill());
	const order = { method: "POST", headers: { "content-type": "application/json", prefer: "wait=60" } };
	const body = JSON.stringify({ as_of: "2026-11-23", budget: { seconds: 600 } });
	const waiting = fetch(`${service.url}/v1/portfolios/acme/plans`, { ...order, body });
	const isAccepted = async (): Promise<boolean> =>
		(await (await service.call("GET", "/metrics")).text()).includes("carteira_plans_unfinished 1");
	await expect.poll(isAccepted, { timeout: 60_000 }).toBe(true);
	const asked = Date.now();
	await service.stop();
	expect(Date.now() - asked).toBeLessThan(30_000);
	const answer = await waiting;
	expect(answer.status).toBe(202);
	const { id } = (await answer.json()) as { id: string };
	const next = await startServiceProcess(data);
	onTestFinished(() => next.kill());
	const plan = (await (await next.call("GET", `/v1/plans/${id}`)).json()) as { status: string };
	expect(["queued", "scoring", "solving"]).toContain(plan.status);
	await next.call("POST", `/v1/plans/${id}/stop`, { expected: [202] });
	await expect
		.poll(async () => ((await (await next.call("GET", `/v1/plans/${id}?view=summary`)).json()) as { status: string }).status, {
			timeout: 60_000,
		})
		.toBe("stopped");
	await next.stop();
}, 300_000);
