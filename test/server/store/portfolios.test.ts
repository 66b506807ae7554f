import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CarteiraError } from "../../../engine/index.ts";
import type { HeldRows } from "../../../server/store/held-contacts.ts";
import { type Portfolios, openPortfolios } from "../../../server/store/portfolios.ts";
import { CONTACT, CUSTOMERS_CSV, ORDERS_CSV, REPS_CSV } from "../service.ts";

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

test("contacts that could not be taken, or be settled, wait for the next reading, which has each once", async () => {
	let waiting = 1;
	const marks: string[] = [];
	let failures = 2;
	const fail = (): void => {
		if (failures-- > 0) throw new CarteiraError("BUSY", "the database is away");
	};
	const row = { isIn: false };
	const held: HeldRows = {
		countWaiting: () => waiting,
		marks: async () => [...marks],
		async take(_name, mark) {
			waiting = 0;
			if (failures === 2) fail();
			if (row.isIn) return null;
			marks.push(mark);
			return { text: `${JSON.stringify(CONTACT)}\n`, isAll: true };
		},
		putBack: () => void waiting++,
		async settle() {
			fail();
			row.isIn = true;
		},
		forget: async () => {},
	};
	portfolios = await openPortfolios(dataDir, undefined, held);
	await portfolios.writePolicy("acme", {}).catch(() => {});
	expect([waiting, marks.length]).toEqual([1, 0]); // was not taken
	await expect(portfolios.read("acme")).rejects.toMatchObject({ code: "BUSY" });
	expect([waiting, marks.length, row.isIn]).toEqual([1, 1, false]); // is in, was not settled
	await portfolios.read("acme");
	expect([waiting, marks.length, row.isIn]).toEqual([0, 1, true]);
});

test("those who ask for a fold while one waits for its turn wait for the same", async () => {
	const fold = portfolios.fold("acme");
	expect(portfolios.fold("acme")).toBe(fold);
	await fold;
});
