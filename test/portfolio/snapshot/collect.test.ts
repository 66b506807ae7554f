import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { filesOf } from "../../../engine/portfolio/snapshot/manifest.ts";
import { openSnapshot } from "../../../engine/portfolio/snapshot/snapshot.ts";
import { collect, readCurrent } from "../../../engine/portfolio/snapshot/store-folder.ts";
import { type SampleRow, temporaryFolder, writeCsvFolder } from "../sample-folder.ts";
import { buildInProcess, importInProcess } from "./live-store.ts";

const READER = fileURLToPath(new URL("./reader-child.ts", import.meta.url));

const order = (id: string): SampleRow => ({
	order_id: id,
	customer_id: "c1",
	ordered_on: "2026-11-05",
	product_id: "p1",
	quantity: "1",
	net_value: "2",
});

async function storeOf(numOrders: number): Promise<string> {
	const [folder, store] = [temporaryFolder(), temporaryFolder()];
	writeCsvFolder(folder, { customers: [{ customer_id: "c1" }], orders: Array.from({ length: numOrders }, (_, i) => order(`n${i}`)) });
	await buildInProcess(folder, store);
	return store;
}

describe("collecting what a store needs no more", () => {
	it("leaves those who read an earlier snapshot their parts, and removes what nobody names any more", async () => {
		const store = await storeOf(5);
		const reader = openSnapshot(store);
		for (let i = 0; i < 3; i++) await importInProcess(store, "orders", [order(`m${i}`)], "replace");
		collect(store, { graceMs: 0 });
		const { manifest } = readCurrent(store);
		expect(readdirSync(join(store, "manifests"))).toHaveLength(2);
		const parts = new Set(readdirSync(join(store, "parts")));
		for (const name of filesOf(manifest)) expect(parts).toContain(name);
		expect(parts).not.toContain(`${reader.manifest.events.orders.base?.lines}.arrow`);
		const { orders: held } = reader.portfolio().tables;
		expect(Array.from({ length: 5 }, (_, row) => held.texts.order_id.at(row))).toEqual(["n0", "n1", "n2", "n3", "n4"]);
	});

	it("keeps what was named for a while since nobody needs it, however old it is", async () => {
		const store = await storeOf(5);
		const { sha: named } = readCurrent(store);
		const graceMs = 300;
		await setTimeout(2 * graceMs); // the files of the first snapshot are older than that now
		for (let i = 0; i < 2; i++) await importInProcess(store, "orders", [order(`m${i}`)], "replace", graceMs);
		collect(store, { graceMs });
		collect(store, { graceMs });
		expect(openSnapshot(store, named).portfolio().tables.orders.numRows).toBe(5);
		await setTimeout(2 * graceMs);
		collect(store, { graceMs });
		expect(() => openSnapshot(store, named)).toThrow(expect.objectContaining({ code: "BUSY" }) as Error);
		expect(readdirSync(join(store, "manifests"))).toHaveLength(2);
		expect(openSnapshot(store).portfolio().tables.orders.texts.order_id.at(0)).toBe("m1");
	});

	it("frees the room of parts when a reader that had them open is killed, and no sooner", async () => {
		const store = await storeOf(60_000);
		const { orders: held } = readCurrent(store).manifest.events;
		const reader = fork(READER, [store]);
		await once(reader, "message"); // it has opened the snapshot, and read nothing of it
		for (let i = 0; i < 2; i++) await importInProcess(store, "orders", [order(`m${i}`)], "replace");
		collect(store, { graceMs: 0 });
		const heldBy = (): string[] => openFilesOf(reader.pid).filter((path) => path.includes(held.base?.lines ?? "none"));
		expect(existsSync(join(store, "parts", `${held.base?.lines}.arrow`))).toBe(false);
		if (process.platform === "linux") expect(heldBy()).toHaveLength(1);
		reader.send("read");
		expect((await once(reader, "message"))[0]).toEqual({ numRows: 60_000, last: "n59999" });
		reader.kill("SIGKILL");
		await once(reader, "close");
		expect(heldBy()).toEqual([]);
		expect(readdirSync(store).filter((name) => !["CURRENT", "manifests", "parts", "uploads"].includes(name))).toEqual([]);
	});
});

/** Where the open files of a process lie; none of one that is no more, or where the system does not say. */
function openFilesOf(pid: number | undefined): string[] {
	const folder = `/proc/${pid}/fd`;
	try {
		return readdirSync(folder).map((name) => readlinkSync(join(folder, name)));
	} catch {
		return [];
	}
}
