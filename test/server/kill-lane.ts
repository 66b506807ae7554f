import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { formatDay, parseDay, type PlanDocument, type Portfolio, readPortfolio } from "../../engine/index.ts";
import { createRandom } from "../../engine/random.ts";
import { databasePath } from "../../server/store/data-folder.ts";
import { EVERY_TENANT, openDatabase } from "../../server/store/database.ts";
import { freePort } from "../helpers/service-process.ts";
import type { Postgres } from "../helpers/postgres.ts";
import { CUSTOMERS_CSV, ORDERS_CSV, REPS_CSV } from "./service.ts";

export interface KillLane {
	readonly seed: number;
	/** How often something is killed. */
	readonly points: number;
	/** Milliseconds of traffic before a kill, at most. */
	readonly maxDelay: number;
	/** The database's server, which is killed as well where there is one. */
	readonly postgres?: Postgres;
}

/** What was done, for the log. */
export interface Killed {
	readonly kills: Readonly<Record<"server" | "starting server" | "worker" | "PostgreSQL", number>>;
	readonly contacts: number;
	readonly plans: number;
	/** Tables replaced. */
	readonly uploads: number;
	/** Requests that were cut off or turned away, by how, and sent again with the same Idempotency-Key. */
	readonly repeats: Readonly<Record<string, Readonly<Record<string, number>>>>;
	readonly outcomes: Readonly<Record<string, number>>;
}

const PORTFOLIO = "acme";
const rest = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const JSON_TYPE = { "content-type": "application/json" };

/** A server or worker that is killed and started again on the same folder and database. */
function createProcess(dataDir: string, databaseUrl: string | undefined, command: readonly string[]) {
	let child: ChildProcess | undefined;
	let said = "";
	return {
		start() {
			const args = ["server/main.ts", ...command, "--data", dataDir, "--log-level", "error", "--threads", "1"];
			const lease = { CARTEIRA_LEASE_SECONDS: "3" };
			const env = { ...process.env, ...lease, ...(databaseUrl !== undefined && { CARTEIRA_DATABASE_URL: databaseUrl }) };
			child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"], env });
			child.stderr?.setEncoding("utf8").on("data", (text: string) => {
				const lines = text.split("\n").filter((line) => !line.includes("the audit log could not be written"));
				said = (said + lines.join("\n")).slice(-20_000);
			});
		},
		async untilListening(url: string) {
			for (;;) {
				if (child?.exitCode != null) throw new Error(`the server ended with ${child.exitCode}: ${said}`);
				if ((await fetch(`${url}/healthz`).catch(() => null))?.status === 200) return;
				await rest(20);
			}
		},
		async end(signal: NodeJS.Signals) {
			if (child === undefined) return;
			child.kill(signal);
			if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
		},
		said: () => said,
	};
}

/** A server that is killed and started again on the same folder, database and port. */
export async function createVictim(dataDir: string, databaseUrl?: string) {
	const port = await freePort();
	const url = `http://127.0.0.1:${port}`;
	const victim = createProcess(dataDir, databaseUrl, ["serve", "--port", String(port)]);
	return { ...victim, url, untilListening: () => victim.untilListening(url) };
}

/** Sends requests one after the other with a pause between, each again and again under its key until it is acknowledged, until told to stop. */
function createClient(pause: number, send: (number: number) => Promise<Response>) {
	const acknowledged = new Map<number, string>();
	const state = { isOver: false };
	const repeats: Record<string, number> = {};
	const work = (async () => {
		for (let number = 0; !state.isOver; number++) {
			if (number > 0) await rest(pause);
			for (;;) {
				const answer = await send(number)
					.then(async (response) => ({ status: response.status, body: await response.text() }))
					.catch(() => null);
				if (answer !== null && answer.status < 300) {
					acknowledged.set(number, answer.body);
					break;
				}
				// Cut off, turned away for the moment, or still under way from before: anything else is a defect.
				if (answer !== null && ![503, 409].includes(answer.status)) throw new Error(`${answer.status} ${answer.body}`);
				const how = answer === null ? "cut off" : `${answer.status} ${(JSON.parse(answer.body) as { detail: string }).detail}`;
				repeats[how] = (repeats[how] ?? 0) + 1;
				await rest(30);
			}
		}
	})();
	work.catch(() => {}); // told by `finish`
	return {
		acknowledged,
		repeats,
		state,
		async finish() {
			state.isOver = true;
			await work;
		},
	};
}

/** The table of orders as it is uploaded for the so-manieth time: each time other rows, and one more of them. */
const ordersCsv = (number: number): string =>
	[
		"order_id,customer_id,ordered_on,product_id,quantity,net_value",
		...Array.from({ length: 100 + number }, (_, row) => `u${number}-${row},c${1 + (row % 2)},2026-10-${10 + (row % 20)},p1,1,10`),
		"",
	].join("\n");

/** The orders held are those of one upload, whole: of the last, which was sent until it was acknowledged. */
function checkOrders({ numRows, texts }: Portfolio["tables"]["orders"], uploads: ReadonlyMap<number, string>): void {
	const names = new Set(Array.from({ length: numRows }, (_, row) => texts.order_id.at(row)?.split("-")[0]));
	const last = Math.max(...uploads.keys());
	expect([...names]).toEqual([`u${last}`]);
	expect(numRows).toBe(100 + last);
}

/** When a contact was made: twenty a day, so that the last day that a plan knows tells which contacts it knows. */
const contactedOn = (number: number): string =>
	formatDay(Math.min(parseDay("2020-01-01") + Math.floor(number / 20), parseDay("2026-11-22")));

/** Every plan that was made knows the contacts that were acknowledged before it was ordered. */
function checkKnown(plans: readonly { readonly id: string; readonly head: string | null }[], known: ReadonlyMap<string, number>): void {
	for (const { id, head } of plans) {
		const numContacts = known.get(id) ?? 0;
		if (head === null || numContacts === 0) continue;
		const { receipt }: Pick<PlanDocument, "receipt"> = JSON.parse(head);
		expect(receipt.data_through.contacts ?? "", id).toSatisfy((last: string) => last >= contactedOn(numContacts - 1));
	}
}

/** Holds what the folder and the database have against what clients were told. */
async function checkAll(
	dataDir: string,
	databaseUrl: string | undefined,
	contacts: ReadonlyMap<number, string>,
	uploads: ReadonlyMap<number, string>,
	planIds: readonly string[],
) {
	const { tables } = await readPortfolio(join(dataDir, "portfolios", PORTFOLIO), { requireTables: [] });
	const held = Array.from({ length: tables.contacts.numRows }, (_, row) => tables.contacts.texts.contact_id.at(row));
	const wanted = [...contacts.keys()].map((number) => `k${number}`);
	expect(held).toHaveLength(wanted.length);
	expect(new Set(held)).toEqual(new Set(wanted));
	checkOrders(tables.orders, uploads);
	const database = await openDatabase({ path: databasePath(dataDir), url: databaseUrl });
	const { plans, audited, planned } = await database.as(EVERY_TENANT, async (rows) => ({
		plans: await rows.selectFrom("plan").selectAll().execute(),
		planned: await rows.selectFrom("piece").select(["plan", "kind", "rep_id", "date", "customer_id"]).execute(),
		audited: await rows.selectFrom("audit").select("path").where("status", "=", 200).execute(),
	}));
	await database.close();
	expect(plans.map(({ id }) => id).sort()).toEqual([...planIds].sort());
	for (const plan of plans) {
		expect(["completed", "stopped", "failed"]).toContain(plan.status);
		expect(plan.status === "failed" ? plan.failure : plan.document, plan.status).not.toBeNull();
		expect([plan.lease_until, plan.finished_at === null]).toEqual([null, false]);
	}
	// Each plan's parts are there once, and none of a plan that has no file.
	const named = planned.map((piece) => JSON.stringify(piece));
	expect(new Set(named).size).toBe(named.length);
	const withFile = new Set(plans.flatMap(({ id, document }) => (document === null ? [] : [id])));
	expect(new Set(planned.map(({ plan }) => plan))).toEqual(withFile);
	const documents = new Set(plans.flatMap(({ document }) => (document === null ? [] : [`${document}.json`])));
	expect((await readdir(join(dataDir, "documents"))).sort()).toEqual([...documents].sort());
	expect(await readdir(join(dataDir, "uploads"))).toEqual([]);
	// Every acknowledged post was noted with its commit; one that was cut off after it, and repeated, is noted again.
	expect(audited.filter(({ path }) => path.endsWith("/contacts")).length).toBeGreaterThanOrEqual(contacts.size);
	return plans;
}

async function makeFolder(): Promise<string> {
	const dataDir = await mkdtemp(join(tmpdir(), "carteira-kill-"));
	const folder = join(dataDir, "portfolios", PORTFOLIO);
	await mkdir(folder, { recursive: true });
	for (const [name, text] of Object.entries({ reps: REPS_CSV, customers: CUSTOMERS_CSV, orders: ORDERS_CSV }))
		await writeFile(join(folder, `${name}.csv`), text);
	return dataDir;
}

function startTraffic(url: string) {
	const contacts = createClient(0, (number) => {
		const contacted_at = `${contactedOn(number)}T09:30:00`;
		const row = { contact_id: `k${number}`, customer_id: "c1", rep_id: "r1", contacted_at, channel: "phone" };
		return fetch(`${url}/v1/portfolios/${PORTFOLIO}/contacts`, {
			method: "POST",
			headers: { "content-type": "application/x-ndjson", "idempotency-key": `contact ${number}` },
			body: `${JSON.stringify({ ...row, outcome: "no_order" })}\n`,
		});
	});
	/** Contacts that were acknowledged before each plan was ordered for the first time. */
	const before = new Map<number, number>();
	const plans = createClient(600, (number) => {
		if (!before.has(number)) before.set(number, contacts.acknowledged.size);
		const budget = number % 3 === 0 ? { seconds: 0.3 } : { iterations: 20 };
		const body = JSON.stringify({ as_of: "2026-11-23", seed: number, budget });
		return fetch(`${url}/v1/portfolios/${PORTFOLIO}/plans`, {
			method: "POST",
			headers: { ...JSON_TYPE, "idempotency-key": `plan ${number}` },
			body,
		});
	});
	const uploads = createClient(600, (number) =>
		fetch(`${url}/v1/portfolios/${PORTFOLIO}/orders`, {
			method: "PUT",
			headers: { "content-type": "text/csv" },
			body: ordersCsv(number),
		}),
	);
	return { contacts, plans, uploads, before };
}

async function untilEnded(url: string, ids: readonly string[]): Promise<void> {
	for (const id of ids) {
		await expect
			.poll(
				async () => {
					const answer = await fetch(`${url}/v1/plans/${id}?view=summary`);
					return ((await answer.json()) as { finished_at: string | null }).finished_at;
				},
				{ timeout: 600_000, interval: 50 },
			)
			.not.toBeNull();
	}
}

/** Waits for an acknowledgement, some seconds at most, so that kills do not all come before the first. */
async function untilMore(...acknowledged: readonly ReadonlyMap<number, string>[]): Promise<void> {
	const count = (): number => acknowledged.reduce((sum, { size }) => sum + size, 0);
	const before = count();
	for (const end = Date.now() + 10_000; Date.now() < end && count() === before; ) await rest(20);
}

/**
 * Kills the server, a worker or the database's server at seeded moments while contacts are posted, tables replaced and plans ordered, and then looks for each thing
 * that was acknowledged: there once, ended once, and nothing else left.
 */
export async function runKillLane({ seed, points, maxDelay, postgres }: KillLane): Promise<Killed> {
	const random = createRandom(seed);
	const databaseUrl = await postgres?.createDatabase(`kill_${seed}`);
	const dataDir = await makeFolder();
	const kills = { server: 0, "starting server": 0, worker: 0, PostgreSQL: 0 };
	const victim = await createVictim(dataDir, databaseUrl);
	const { url } = victim;
	const worker = createProcess(dataDir, databaseUrl, ["worker"]); // beside the server's own, for the same plans
	victim.start();
	await victim.untilListening();
	worker.start();
	const { contacts, plans, uploads, before } = startTraffic(url);
	try {
		for (let point = 0; point < points; point++) {
			if (random.next() < 0.7) await untilMore(contacts.acknowledged, plans.acknowledged);
			await rest(random.below(maxDelay));
			if (postgres && random.next() < 0.5) {
				await postgres.kill();
				kills.PostgreSQL++;
				await postgres.start();
				continue;
			}
			if (random.next() < 0.3) {
				await worker.end("SIGKILL");
				kills.worker++;
				worker.start();
				continue;
			}
			await victim.end("SIGKILL");
			kills.server++;
			victim.start();
			if (random.next() < 0.2) {
				await rest(random.below(1000)); // somewhere in its start
				await victim.end("SIGKILL");
				kills["starting server"]++;
				point++;
				victim.start();
			}
			await victim.untilListening();
		}
		await Promise.all([contacts.finish(), plans.finish(), uploads.finish()]);
		const known = new Map(
			[...plans.acknowledged].map(([number, body]) => [(JSON.parse(body) as { id: string }).id, before.get(number) ?? 0]),
		);
		const ids = [...known.keys()];
		await untilEnded(url, ids);
		await Promise.all([victim, worker].map((process) => process.end("SIGTERM")));
		victim.start(); // what processes that died left is removed
		await victim.untilListening();
		await fetch(`${url}/v1/portfolios/${PORTFOLIO}`); // which brings the contacts that wait into the folder
		await victim.end("SIGTERM");
		const ended = await checkAll(dataDir, databaseUrl, contacts.acknowledged, uploads.acknowledged, ids);
		checkKnown(ended, known);
		const outcomes: Record<string, number> = {};
		for (const { status } of ended) outcomes[status] = (outcomes[status] ?? 0) + 1;
		const repeats = { contacts: contacts.repeats, plans: plans.repeats, uploads: uploads.repeats };
		return { kills, contacts: contacts.acknowledged.size, plans: ids.length, uploads: uploads.acknowledged.size, repeats, outcomes };
	} catch (error) {
		throw new Error(`seed ${seed}: ${victim.said()} ${worker.said()}`, { cause: error });
	} finally {
		for (const client of [contacts, plans, uploads]) client.state.isOver = true;
		await Promise.all([victim, worker].map((process) => process.end("SIGKILL")));
		await rm(dataDir, { recursive: true, force: true });
	}
}
