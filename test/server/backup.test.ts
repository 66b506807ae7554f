import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, mkdtemp, open, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { restoreBackup } from "../../server/backup/restore.ts";
import { runHere } from "./commands/run-here.ts";
import { databaseOf } from "./database-of.ts";
import { samplePlan } from "./sample-plan.ts";
import { type TestService, makePlan, startService } from "./service.ts";

const MAIN = join(import.meta.dirname, "../../server/main.ts");
const BREAKS = 'line one\nline two\u2028line three \\ "quoted" ç'; // what could be taken for the end of a row

let folder: string;
let service: TestService;
/** A backup of the service when nothing changed, made while it ran, and what it answered then. */
let backup: string;
let answers: Record<string, string>;

const contact = (id: string) => ({
	contact_id: id,
	customer_id: "c1",
	rep_id: "r1",
	contacted_at: "2026-11-20T09:30:00",
	channel: "phone",
	outcome: "no_order",
	note: BREAKS,
});

async function post(ids: readonly string[]): Promise<void> {
	const { statusCode, body } = await service.app.inject({ method: "POST", url: "/v1/portfolios/acme/contacts", payload: ids.map(contact) });
	if (statusCode !== 200) throw new Error(body);
}

/** What a service says of all that it keeps. */
async function answersOf({ app, services }: TestService, plan: string): Promise<Record<string, string>> {
	const said: Record<string, string> = {};
	const paths = [`plans/${plan}`, `plans/${plan}/agendas`, "portfolios/acme/imports", "portfolios/acme/changes"];
	for (const path of [...paths, "portfolios/acme/agendas?date=2026-11-23"]) {
		const { statusCode, body } = await app.inject({ method: "GET", url: `/v1/${path}` });
		said[path] = `${statusCode} ${body}`;
	}
	const other = await services.tenants.get("other");
	said["the other tenant"] = JSON.stringify(await other.store.plansInForce("theirs", "2026-01-01", "2027-01-01"));
	return said;
}

/** Ids of the contacts that a reading of the portfolio sees; none twice. */
async function contactsOf({ tenant }: TestService): Promise<Set<string>> {
	const { contacts } = (await tenant.portfolios.read("acme")).portfolio.tables;
	const ids = Array.from({ length: contacts.numRows }, (_, row) => contacts.texts.contact_id.at(row) ?? "");
	expect(new Set(ids).size).toBe(ids.length);
	return new Set(ids);
}

const withDatabase = (url: string | undefined): string[] => (url === undefined ? [] : ["--database", url]);
const backUp = async (out: string) =>
	runHere("backup", "--data", service.dataDir, "--out", out, ...withDatabase(await databaseOf(service.dataDir)));
const restore = async (from: string, to: string) => runHere("restore", from, "--data", to, ...withDatabase(await databaseOf(to)));

let plan: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "carteira-backup-"));
	service = await startService();
	plan = await makePlan(service.app);
	await service.app.inject({ method: "POST", url: `/v1/plans/${plan}/publish` });
	const other = await service.services.tenants.get("other");
	const theirs = await other.store.addPlan(
		{ portfolio: "theirs", as_of: "2026-11-23" },
		samplePlan({ asOf: "2026-11-23", next: "2026-11-24" }),
	);
	await other.store.publishPlan(theirs.id);
	await mkdir(join(service.dataDir, "models", "moves"), { recursive: true });
	await writeFile(join(service.dataDir, "models", "moves", "1.tmp"), "half a file");
	await writeFile(join(service.dataDir, "models", "notes.txt"), "kept");
	await post(["k1", "k2"]);
	backup = join(folder, "backup");
	const made = await backUp(backup);
	if (made.exit !== 0) throw new Error(made.told);
	answers = await answersOf(service, plan);
});
afterAll(async () => {
	await service.close();
	await rm(folder, { recursive: true, force: true });
});

test("a backup restored elsewhere gives a service that answers the same, waiting contacts and other tenants included", async () => {
	const to = join(folder, "restored");
	const restored = await restore(backup, to);
	expect(restored, restored.told).toMatchObject({ exit: 0, out: `${to}\n` });
	const again = await startService({ dataDir: to });
	onTestFinished(() => again.stop());
	expect(await answersOf(again, plan)).toEqual(answers);
	expect(answers[`plans/${plan}`]).toContain("200 ");
	expect(await contactsOf(again)).toEqual(new Set(["k1", "k2"]));
	expect(await readFile(join(to, "models", "notes.txt"), "utf8")).toBe("kept");
	expect(existsSync(join(to, "models", "moves", "1.tmp"))).toBe(false);
	const next = await makePlan(again.app, { as_of: "2026-11-24" }); // numbers that the database gives go on
	expect(next).not.toBe(plan);
});

test("a backup made while contacts come in and are folded has each that was acknowledged before it, once", async () => {
	const out = join(folder, "busy");
	const url = await databaseOf(service.dataDir);
	await post(["before-1", "before-2"]);
	const child = spawn(process.execPath, [MAIN, "backup", "--data", service.dataDir, "--out", out, ...withDatabase(url)]);
	let told = "";
	child.stderr.setEncoding("utf8").on("data", (text: string) => (told += text));
	const ended = once(child, "close") as Promise<[number]>;
	const posted = new Set(["k1", "k2", "before-1", "before-2"]);
	for (let number = 1; child.exitCode === null; number++) {
		await post([`during-${number}`]);
		posted.add(`during-${number}`);
		if (number % 25 === 0) await service.tenant.portfolios.read("acme");
	}
	expect([(await ended)[0], told]).toEqual([0, expect.stringContaining("files")]);
	const to = join(folder, "busy-restored");
	expect((await restore(out, to)).exit).toBe(0);
	const again = await startService({ dataDir: to });
	onTestFinished(() => again.stop());
	const kept = await contactsOf(again);
	expect(["k1", "k2", "before-1", "before-2"].filter((id) => !kept.has(id))).toEqual([]);
	expect([...kept].filter((id) => !posted.has(id))).toEqual([]);
});

/** Changes one byte in the middle of a file. */
async function damage(path: string): Promise<void> {
	const file = await open(path, "r+");
	const { size } = await file.stat();
	const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.floor(size / 2));
	await file.write(Buffer.from([buffer[0] ^ 1]), 0, 1, Math.floor(size / 2));
	await file.close();
}

const filesUnder = async (root: string): Promise<string[]> =>
	(await readdir(root, { recursive: true, withFileTypes: true }))
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));

test("a damaged byte in any file of a backup is refused naming the file, and so is a file that is missing; nothing is made", async () => {
	const paths = (await filesUnder(backup)).map((path) => path.slice(backup.length + 1));
	expect(paths).toContain("backup.json");
	const kinds = new Map(paths.map((path) => [path.replaceAll(/[0-9a-f]{64}/g, "…"), path])); // one of each kind
	const to = join(folder, "never");
	for (const path of kinds.values()) {
		const copy = join(folder, "damaged");
		await cp(backup, copy, { recursive: true });
		if ((await readFile(join(copy, path))).length > 0) {
			await damage(join(copy, path));
			const refused = await restore(copy, to);
			expect([path, refused.exit, refused.told]).toEqual([path, 3, expect.stringContaining(path)]);
		}
		await rm(join(copy, path));
		const lacking = await restore(copy, to);
		expect([path, lacking.exit, lacking.told]).toEqual([path, 3, expect.stringContaining(path)]);
		await rm(copy, { recursive: true });
	}
	expect(readdirSync(folder).filter((name) => name.startsWith("never"))).toEqual([]);
});

test("what is there already is never written over", async () => {
	const full = join(folder, "full");
	await mkdir(full);
	await writeFile(join(full, "mine"), "mine");
	for (const refused of [await restore(backup, full), await backUp(full)]) {
		expect([refused.exit, refused.told]).toEqual([3, expect.stringContaining("is not empty")]);
	}
	expect(readdirSync(full)).toEqual(["mine"]);
	const url = await databaseOf(service.dataDir);
	if (url === undefined) return;
	const refused = await runHere("restore", backup, "--data", join(folder, "other"), "--database", url);
	expect([refused.exit, refused.told]).toEqual([3, expect.stringContaining("has tables already")]);
});

test("a backup goes back into the kind of store that it is of, and is not made of what is no data folder", async () => {
	const isEmbedded = (await databaseOf(service.dataDir)) === undefined;
	const wrong = restoreBackup(backup, { dataDir: join(folder, "x"), databaseUrl: isEmbedded ? "postgresql://nobody/none" : undefined });
	await expect(wrong).rejects.toMatchObject({ code: "USAGE" });
	const none = await runHere("backup", "--data", join(folder, "nothing"), "--out", join(folder, "y"));
	expect(none.exit).toBe(3);
	await expect(restoreBackup(dirname(backup), { dataDir: join(folder, "x") })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a restore that is killed leaves no data folder, or a whole one", async () => {
	for (const wait of [0, 5, 20]) {
		const to = join(folder, `killed-${wait}`);
		const child = spawn(process.execPath, [MAIN, "restore", backup, "--data", to, ...withDatabase(await databaseOf(to))]);
		const begun = (): boolean => readdirSync(folder).some((name) => name.startsWith(`killed-${wait}`));
		await expect.poll(begun, { timeout: 60_000, interval: 1 }).toBe(true);
		await new Promise((resolve) => setTimeout(resolve, wait));
		child.kill("SIGKILL");
		await once(child, "close");
		if (!existsSync(to)) continue;
		const again = await startService({ dataDir: to });
		expect(await answersOf(again, plan)).toEqual(answers);
		await again.stop();
	}
});

test("a part that is damaged where it is kept is named by the backup, of which nothing stays", async () => {
	const parts = join(service.dataDir, "portfolios", "acme", "parts");
	const held = new Set((await filesUnder(backup)).map((path) => path.slice(-70)));
	const path = (await filesUnder(parts)).find((name) => held.has(name.slice(-70)));
	if (path === undefined) throw new Error("no part of the backup is in the store any more");
	const before = await readFile(path);
	await damage(path);
	const refused = await backUp(join(folder, "bad"));
	await writeFile(path, before);
	expect([refused.exit, refused.told]).toEqual([3, expect.stringContaining(path)]);
	expect(readdirSync(folder).filter((name) => name.startsWith("bad"))).toEqual([]);
});
