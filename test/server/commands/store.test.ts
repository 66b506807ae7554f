import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSnapshot } from "../../../engine/index.ts";
import { runHere } from "./run-here.ts";

const AS_OF = "2026-11-23";
let scratch: string;
let folder: string;
let store: string;
beforeAll(async () => {
	scratch = await mkdtemp(join(tmpdir(), "carteira-store-"));
	[folder, store] = ["folder", "store"].map((name) => join(scratch, name));
	await runHere("generate", "--customers", "60", "--reps", "2", "--seed", "3", "--as-of", AS_OF, "--out", folder);
	expect(await runHere("import", "portfolio", folder, "--out", store)).toMatchObject({ exit: 0, out: `${store}\n` });
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

test("a store is planned and checked as the folder is that it was made of, to the byte", async () => {
	const plans = [folder, store].map((from) => ({ from, out: join(scratch, from === store ? "of-store.json" : "of-folder.json") }));
	for (const { from, out } of plans) {
		const { exit, told } = await runHere("plan", from, "--as-of", AS_OF, "--iterations", "20", "--out", out);
		expect(exit, told).toBe(0);
	}
	const [ofFolder, ofStore] = await Promise.all(plans.map(({ out }) => readFile(out, "utf8")));
	expect(ofStore).toBe(ofFolder);
	expect(await runHere("check", store, plans[0].out)).toMatchObject({ exit: 0 });
});

test("a store that nothing was appended to is left as it is", async () => {
	const { sha } = openSnapshot(store);
	expect(await runHere("import", "compact", store)).toMatchObject({ exit: 0, out: `${store} had nothing appended\n` });
	expect(openSnapshot(store).sha).toBe(sha);
});

test("what a reader should know of a table is told once, with the table's name", async () => {
	const pieces = join(scratch, "pieces");
	await mkdir(pieces);
	const order = { order_id: "o1", customer_id: "c1", ordered_on: "2026-10-01", product_id: "p1", quantity: 2 };
	await writeFile(join(pieces, "orders.ndjson"), JSON.stringify(order));
	const { exit, told } = await runHere("import", "portfolio", pieces, "--out", join(scratch, "of-pieces"));
	expect(exit, told).toBe(0);
	expect(told).toContain("warning: orders: no column net_value; quantity stands in for it");
});

test("what is no folder of files, or no store, is refused", async () => {
	expect(await runHere("import", "portfolio", store, "--out", join(scratch, "other"))).toMatchObject({ exit: 2 });
	expect(await runHere("import", "compact", folder)).toMatchObject({ exit: 3 });
});
