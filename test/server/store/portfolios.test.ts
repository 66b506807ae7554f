import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Portfolios, openPortfolios } from "../../../server/store/portfolios.ts";
import { CUSTOMERS_CSV, ORDERS_CSV, REPS_CSV } from "../service.ts";

let dataDir: string;
let portfolios: Portfolios;
beforeEach(async () => {
	dataDir = await mkdtemp(join(tmpdir(), "carteira-portfolios-"));
	portfolios = await openPortfolios(dataDir);
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function writeFolder(name: string, files: Record<string, string>): Promise<string> {
	const folder = join(dataDir, name);
	await mkdir(join(folder, "truth"), { recursive: true });
	for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
	return folder;
}
const FILES = { "reps.csv": REPS_CSV, "customers.csv": CUSTOMERS_CSV, "orders.csv": ORDERS_CSV };

test("a folder is taken over whole, without what lies in folders below it", async () => {
	await portfolios.install("acme", await writeFolder("source", FILES));
	expect((await readdir(join(dataDir, "portfolios", "acme"))).sort()).toEqual(["CURRENT", "manifests", "parts"]);
	expect((await portfolios.read("acme")).portfolio.tables.orders.numRows).toBe(3);
});

test("a folder that cannot be read changes nothing and leaves nothing", async () => {
	await portfolios.install("acme", await writeFolder("source", FILES));
	const bad = await writeFolder("bad", { "orders.csv": "order_id\n1\n" });
	await expect(portfolios.install("acme", bad)).rejects.toMatchObject({ name: "CarteiraError" });
	expect((await portfolios.read("acme")).portfolio.tables.orders.numRows).toBe(3);
	expect(await readdir(join(dataDir, "portfolios"))).toEqual(["acme"]);
});

test("a portfolio is read once until it changes", async () => {
	await portfolios.install("acme", await writeFolder("source", FILES));
	const first = await portfolios.read("acme");
	expect((await portfolios.read("acme")).portfolio).toBe(first.portfolio);
	await portfolios.writePolicy("acme", { routing_mode: "fixed" });
	const second = await portfolios.read("acme");
	expect(second.version).toBeGreaterThan(first.version);
	expect(second.portfolio.policy).toEqual({ routing_mode: "fixed" });
});

test("a reading that is ordered after a change waits for it", async () => {
	await portfolios.install("acme", await writeFolder("source", FILES));
	const change = portfolios.writePolicy("acme", { routing_mode: "guided" });
	const read = portfolios.read("acme");
	expect((await read).portfolio.policy).toEqual({ routing_mode: "guided" });
	await change;
});
