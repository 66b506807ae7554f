import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import autocannon from "autocannon";

/**
 * Holds a service, in a process of its own, against a load from this one: contacts posted one a request, today's agenda, the same while a
 * plan is being made, and three times as many posts as it takes, from more connections than may wait. `--toy`: a second each. `--database`: on PostgreSQL.
 */
const { values } = parseArgs({
	options: { toy: { type: "boolean", default: false }, seconds: { type: "string", default: "10" }, database: { type: "string" } },
});
const seconds = values.toy ? 1 : Number(values.seconds);
const AS_OF = "2026-11-23";
const AGENDA = `/v1/portfolios/made/agendas?date=${AS_OF}&rep=R0001`;
const CONTACTS = "/v1/portfolios/made/contacts";
const JSON_TYPE = { "content-type": "application/json" };

/** The same requests without the work of Carteira, on two such cores (`anchors`). */
const BASE = { get: 15_800, post: 2640, postP99: 98 };

let url = "";
let numContacts = 0;

interface Measured {
	readonly name: string;
	readonly perSecond: number;
	readonly p50: number;
	readonly p99: number;
	readonly refused: number;
}

async function fire(name: string, connections: number, request: object, overallRate?: number): Promise<Measured> {
	const result = await autocannon({ url, connections, duration: seconds, requests: [request], ...(overallRate && { overallRate }) });
	const { latency, non2xx, errors } = result;
	const perSecond = result["2xx"] / result.duration;
	return { name, perSecond, p50: latency.p50, p99: latency.p99, refused: non2xx + errors };
}

const getAgenda = { method: "GET", path: AGENDA };
const postContact = {
	method: "POST",
	path: CONTACTS,
	headers: JSON_TYPE,
	setupRequest: (request: object) => ({
		...request,
		body: JSON.stringify({
			contact_id: `c${++numContacts}`,
			customer_id: "C0001",
			rep_id: "R0001",
			contacted_at: "2026-11-20T09:30:00",
			channel: "phone",
			outcome: "no_order",
		}),
	}),
};

async function order(budget: object, prefer: string): Promise<{ readonly id: string; readonly status: string }> {
	const body = JSON.stringify({ as_of: AS_OF, budget });
	const answer = await fetch(`${url}/v1/portfolios/made/plans`, { method: "POST", headers: { ...JSON_TYPE, prefer }, body });
	if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
	return (await answer.json()) as { id: string; status: string };
}

/** Stops a plan and waits until it has ended. */
async function end(id: string): Promise<void> {
	await fetch(`${url}/v1/plans/${id}/stop`, { method: "POST" });
	for (;;) {
		const answer = await fetch(`${url}/v1/plans/${id}?view=summary`);
		if (((await answer.json()) as { finished_at: string | null }).finished_at !== null) return;
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
}

async function start(dataDir: string): Promise<ChildProcess> {
	const args = [join(import.meta.dirname, "serve.ts"), dataDir, ...(values.database === undefined ? [] : [values.database])];
	const service = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
	const [address] = (await once(service.stdout, "data")) as [Buffer];
	url = address.toString().trim();
	return service;
}

async function measure(): Promise<Measured[]> {
	const { id } = await order({ iterations: 50 }, "wait=60");
	const published = await fetch(`${url}/v1/plans/${id}/publish`, { method: "POST" });
	if (!published.ok) throw new Error(`${published.status} ${await published.text()}`);
	await fire("warm-up", 16, getAgenda, 100);
	const idle = await fire("GET agenda, idle, 100 a second", 16, getAgenda, 100);
	const most = await fire("GET agenda, as many as it takes", 16, getAgenda);
	const posts = await fire("POST contact, as many as it takes", 64, postContact);
	const plan = await order({ seconds: seconds + 20 }, "wait=0");
	await new Promise((resolve) => setTimeout(resolve, values.toy ? 500 : 5000)); // until both cores search
	const planning = await fire("GET agenda while a plan is made, 100 a second", 16, getAgenda, 100);
	const both = await fire("POST contact while a plan is made", 64, postContact);
	await end(plan.id);
	const overload = await fire("POST contact, three times as many", 2560, postContact, Math.ceil(3 * posts.perSecond));
	return [idle, most, posts, planning, both, overload];
}

const dataDir = await mkdtemp(join(tmpdir(), "carteira-http-"));
const size = values.toy ? ["--customers", "60", "--reps", "1"] : ["--customers", "800", "--reps", "4"];
const folder = join(dataDir, "portfolios", "made");
const made = spawnSync(process.execPath, ["server/main.ts", "generate", ...size, "--as-of", AS_OF, "--out", folder], { stdio: "inherit" });
if (made.status !== 0) throw new Error("no portfolio was made");
const service = await start(dataDir);
try {
	const loadBefore = loadavg()[0].toFixed(1);
	const rows = await measure();
	for (const { name, perSecond, p50, p99, refused } of rows)
		console.log(`${name.padEnd(48)} ${perSecond.toFixed(0).padStart(6)}/s  p50 ${p50} ms  p99 ${p99} ms  refused ${refused}`);
	const goodput = rows[5].perSecond / rows[2].perSecond;
	console.log(`goodput at three times the load: ${(100 * goodput).toFixed(0)} %`);
	console.log(`beside: a bare service on two cores answers ${BASE.get} GET/s and ${BASE.post} durable POST/s (p99 ${BASE.postP99} ms)`);
	console.log(`store: ${values.database === undefined ? "SQLite" : "PostgreSQL"}; load of the machine before: ${loadBefore}`);
} finally {
	service.kill("SIGTERM");
	await once(service, "exit");
	await rm(dataDir, { recursive: true, force: true });
}
