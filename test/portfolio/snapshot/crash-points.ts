import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { buildHistory } from "../../../engine/portfolio/history.ts";
import { filesOf } from "../../../engine/portfolio/snapshot/manifest.ts";
import { openSnapshot } from "../../../engine/portfolio/snapshot/snapshot.ts";
import { isStore, readCurrent } from "../../../engine/portfolio/snapshot/store-folder.ts";
import { createRandom } from "../../../engine/random.ts";
import { sampleTables, writeCsvFolder } from "../sample-folder.ts";
import { buildInProcess, importInProcess } from "./live-store.ts";
import { customersView, plainView } from "./views.ts";

const ENTRY = fileURLToPath(new URL("./crash-child.ts", import.meta.url));
export const ACTIONS = ["build", "append", "replace", "customers", "compact"] as const;
type Action = (typeof ACTIONS)[number];

const order = (id: string, more: object = {}): object => ({
	order_id: id,
	customer_id: "c1",
	ordered_on: "2026-11-05",
	product_id: "p1",
	quantity: 1,
	net_value: 2,
	...more,
});

/** What each action finds and reads. */
export interface Bench {
	readonly room: string;
	readonly folder: string;
	readonly uploads: Readonly<Record<Action, string>>;
	/** A store with deltas, to be copied. */
	readonly store: string;
}

export async function openBench(room: string): Promise<Bench> {
	const [folder, store] = [join(room, "folder"), join(room, "store")];
	mkdirSync(folder);
	writeCsvFolder(folder, sampleTables());
	await buildInProcess(folder, store);
	await importInProcess(store, "orders", [order("o1"), order("o7", { product_id: "new" })], "upsert");
	await importInProcess(
		store,
		"contacts",
		[{ contact_id: "k9", customer_id: "c2", rep_id: "r1", contacted_at: "2026-11-06T09:00", channel: "phone", outcome: "order" }],
		"upsert",
	);
	rmSync(join(store, "uploads"), { recursive: true });
	const write = (name: string, rows: object[]): string => {
		const path = join(room, `${name}.json`);
		writeFileSync(path, JSON.stringify(rows));
		return path;
	};
	const uploads = {
		build: folder,
		append: write("append", [order("o2"), order("o9", { rep_id: "r2" })]),
		replace: write("replace", [order("o1", { net_value: 3 }), order("o3")]),
		customers: write("customers", [
			{ customer_id: "c9", rep_id: "r1" },
			{ customer_id: "c1", name: "Novo" },
		]),
		compact: "-",
	};
	return { room, folder, uploads, store };
}

/** Runs an action on a copy of the bench's store and kills it at a thing that it asks of the disk; 0: never. Answers what it told. */
async function runAction({ store, uploads }: Bench, action: Action, copy: string, killAt: number): Promise<string> {
	rmSync(copy, { recursive: true, force: true });
	if (action !== "build") cpSync(store, copy, { recursive: true });
	return runChild(action, copy, uploads[action], killAt);
}

function runChild(action: Action | "import", store: string, source: string, killAt: number, killAfterMs?: number): Promise<string> {
	return new Promise((settle, fail) => {
		const child = spawn(process.execPath, [ENTRY, action, store, source, String(killAt)], { stdio: ["ignore", "pipe", "pipe"] });
		const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
		let told = "";
		let wrong = "";
		child.stdout.on("data", (text: Buffer) => (told += text.toString()));
		child.stderr.on("data", (text: Buffer) => (wrong += text.toString()));
		child.on("close", () => clearTimeout(timer));
		child.on("close", (code, signal) => (code === 0 || signal === "SIGKILL" ? settle(told) : fail(new Error(wrong))));
	});
}

/** What a store says, or null where it is none. */
function digestOf(store: string): string | null {
	if (!isStore(store)) return null;
	const portfolio = openSnapshot(store).portfolio();
	const view = [plainView(portfolio), [...customersView(portfolio, buildHistory(portfolio, 30_000))], portfolio.digest];
	return createHash("sha256").update(JSON.stringify(view)).digest("hex");
}

/** Looks at a store as its next user finds it: every part is there and is what its name says, and nothing else lies about. */
function checkStore(store: string): void {
	if (!isStore(store)) return;
	openSnapshot(store);
	expect(readdirSync(store).sort()).toEqual(["CURRENT", "manifests", "parts"]);
	for (const name of filesOf(readCurrent(store).manifest)) {
		const bytes = readFileSync(join(store, "parts", name));
		expect(createHash("sha256").update(bytes).digest("hex"), name).toBe(name.split(".")[0]);
	}
	for (const room of ["parts", "manifests"])
		expect(readdirSync(join(store, room)).filter((name) => !/^[0-9a-f]{64}\.(arrow|ndjson|json)$/.test(name))).toEqual([]);
}

/** Kills each action at seeded points; after each the store holds the snapshot before or the one after, and the action can be done again. */
export async function killAtPoints(
	bench: Bench,
	actions: readonly Action[],
	pointsEach: number,
	seed: number,
): Promise<Record<string, number>> {
	const random = createRandom(seed);
	const seen: Record<string, number> = {};
	for (const action of actions) {
		const copy = join(bench.room, `copy-${action}`);
		const numSteps = Number(await runAction(bench, action, copy, 0));
		const [before, after] = [action === "build" ? null : digestOf(bench.store), digestOf(copy)];
		for (let point = 0; point < pointsEach; point++) {
			const killAt = 1 + (pointsEach >= numSteps ? point % numSteps : random.below(numSteps));
			expect(await runAction(bench, action, copy, killAt)).toBe("");
			checkStore(copy);
			const now = digestOf(copy);
			expect([before, after], `${action} killed at ${killAt} of ${numSteps}`).toContain(now);
			const which = `${action} ${now === after && after !== before ? "after" : "before"}`;
			seen[which] = (seen[which] ?? 0) + 1;
			if (point > 0 && pointsEach < 10) continue; // once will do in a slice
			await runChild(action, copy, bench.uploads[action], 0);
			if (action !== "append") expect(digestOfRows(copy)).toBe(digestOfRows(await done(bench, action)));
			checkStore(copy);
		}
	}
	return seen;
}

const finished = new Map<string, string>();

/** A store with an action done to it once. */
async function done(bench: Bench, action: Action): Promise<string> {
	const known = finished.get(`${bench.room} ${action}`);
	if (known !== undefined) return known;
	const copy = join(bench.room, `done-${action}`);
	await runAction(bench, action, copy, 0);
	finished.set(`${bench.room} ${action}`, copy);
	return copy;
}

/** What the rows of a store say: an upsert that is done twice has another digest of what it was told, but the same rows. */
function digestOfRows(store: string): string {
	const portfolio = openSnapshot(store).portfolio();
	const view = [plainView(portfolio), [...customersView(portfolio, buildHistory(portfolio, 30_000))].sort(([a], [b]) => (a < b ? -1 : 1))];
	return createHash("sha256").update(JSON.stringify(view)).digest("hex");
}

/** Kills a process that imports as the server does, with a reading process of its own, after seeded delays. */
export async function killAfterDelays(bench: Bench, numKills: number, seed: number): Promise<Record<string, number>> {
	const random = createRandom(seed);
	const copy = join(bench.room, "copy-delays");
	const seen: Record<string, number> = {};
	const fresh = (): void => {
		rmSync(copy, { recursive: true, force: true });
		cpSync(bench.store, copy, { recursive: true });
	};
	fresh();
	const start = performance.now();
	await runChild("import", copy, bench.uploads.append, 0);
	const duration = performance.now() - start;
	const [before, after] = [digestOf(bench.store), digestOf(copy)];
	for (let kill = 0; kill < numKills; kill++) {
		fresh();
		await runChild("import", copy, bench.uploads.append, 0, random.next() * 1.1 * duration);
		checkStore(copy);
		const now = digestOf(copy);
		expect([before, after]).toContain(now);
		const which = now === after ? "after" : "before";
		seen[which] = (seen[which] ?? 0) + 1;
	}
	return seen;
}
