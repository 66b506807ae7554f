import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { type ServiceProcess, startServiceProcess } from "../helpers/service-process.ts";
import { runHere } from "./commands/run-here.ts";
import { databaseOf } from "./database-of.ts";
import { CUSTOMERS_CSV, ORDERS_CSV, REPS_CSV } from "./service.ts";

const MAIN = join(import.meta.dirname, "../../server/main.ts");
const SOON = { timeout: 60_000, interval: 50 };

let data: string;
let database: string[];
beforeEach(async () => {
	data = await mkdtemp(join(tmpdir(), "carteira-worker-"));
	const url = await databaseOf(data);
	database = url === undefined ? [] : ["--database", url];
	const portfolio = join(data, "portfolios", "acme");
	await mkdir(portfolio, { recursive: true });
	for (const [name, text] of Object.entries({ reps: REPS_CSV, customers: CUSTOMERS_CSV, orders: ORDERS_CSV }))
		await writeFile(join(portfolio, `${name}.csv`), text);
	process.env.CARTEIRA_LEASE_SECONDS = "2";
});
afterEach(async () => {
	delete process.env.CARTEIRA_LEASE_SECONDS;
	await rm(data, { recursive: true, force: true });
});

async function serve(...flags: string[]): Promise<ServiceProcess> {
	const service = await startServiceProcess(data, ["--threads", "1", ...database, ...flags]);
	onTestFinished(() => service.kill());
	return service;
}

function work(): { readonly child: ChildProcess; readonly said: () => string } {
	const child = spawn(process.execPath, [MAIN, "worker", "--data", data, "--threads", "1", ...database]);
	onTestFinished(() => void child.kill("SIGKILL"));
	let said = "";
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		said += text;
	});
	return { child, said: () => said };
}

async function order(service: ServiceProcess, budget: object): Promise<string> {
	const body = JSON.stringify({ as_of: "2026-11-23", budget });
	const answer = await service.call("POST", "/v1/portfolios/acme/plans", { body, type: "application/json", expected: [202] });
	return ((await answer.json()) as { id: string }).id;
}

const stateOf = async (service: ServiceProcess, id: string) =>
	(await (await service.call("GET", `/v1/plans/${id}?view=summary`)).json()) as { status: string; progress: { phase: string } | null };
const statusOf = async (service: ServiceProcess, id: string): Promise<string> => (await stateOf(service, id)).status;
const phaseOf = async (service: ServiceProcess, id: string) => (await stateOf(service, id)).progress?.phase;

/** Processes that a process started, those that have ended left out. */
function childrenOf(pid: number | undefined): number[] {
	const { stdout } = spawnSync("ps", ["-o", "pid=,stat=", "--ppid", String(pid)], { encoding: "utf8" });
	return stdout.split("\n").flatMap((line) => (/^\s*\d+\s+[^Z]/.test(line) ? [Number.parseInt(line, 10)] : []));
}

test("a server without a planner leaves its plans to workers; when one is killed the next goes on, and each plan ends once", async () => {
	const service = await serve("--no-planner");
	const [long, short] = [await order(service, { seconds: 600 }), await order(service, { iterations: 20 })];
	await new Promise((resolve) => setTimeout(resolve, 1500));
	expect([await statusOf(service, long), await statusOf(service, short)]).toEqual(["queued", "queued"]);
	const first = work();
	await expect.poll(() => phaseOf(service, long), SOON).toBe("scoring");
	expect((await readFile(`/proc/${first.child.pid}/stat`, "utf8")).split(") ")[1].split(" ")[16]).toBe("10"); // it gives way
	first.child.kill("SIGKILL");
	await once(first.child, "exit");
	const second = work();
	await expect.poll(second.said, SOON).toContain("makes the plans");
	await service.call("POST", `/v1/plans/${long}/stop`, { expected: [202] });
	await expect.poll(() => statusOf(service, long), SOON).toBe("stopped");
	await expect.poll(() => statusOf(service, short), SOON).toBe("completed");
	const feed = await (await service.call("GET", "/v1/portfolios/acme/changes?after=0")).text();
	expect(feed.match(/"plan\.(stopped|completed)"/g)?.sort()).toEqual(['"plan.completed"', '"plan.stopped"']);
	second.child.kill("SIGTERM");
	expect(await once(second.child, "exit")).toEqual([0, null]);
}, 240_000);

test("the worker beside a server is started again when it dies, and ends with the server", async () => {
	const service = await serve();
	const id = await order(service, { seconds: 600 });
	await expect.poll(() => phaseOf(service, id), SOON).toBe("scoring");
	const [worker] = childrenOf(service.pid);
	process.kill(worker, "SIGKILL");
	await expect.poll(() => childrenOf(service.pid).filter((pid) => pid !== worker).length, SOON).toBe(1);
	const [next] = childrenOf(service.pid);
	await service.call("POST", `/v1/plans/${id}/stop`, { expected: [202] });
	await expect.poll(() => statusOf(service, id), SOON).toBe("stopped");
	await expect
		.poll(async () => (await service.call("GET", "/metrics")).text(), SOON)
		.toContain('carteira_plans_ended_total{status="stopped"} 1');
	await service.kill();
	await expect
		.poll(
			() =>
				spawnSync("ps", ["-o", "stat=", "-p", String(next)], { encoding: "utf8" })
					.stdout.replace(/^Z.*/, "")
					.trim(),
			SOON,
		)
		.toBe("");
}, 240_000);

test("a worker is refused a folder that no server has used", async () => {
	const { exit, told } = await runHere("worker", "--data", join(data, "new"));
	expect(exit).toBe(3);
	expect(told).toContain("no server has used the data folder");
});
