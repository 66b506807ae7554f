import { describe, expect, it } from "vitest";
import { CarteiraError } from "../../../engine/errors.ts";
import { disk } from "../../../engine/portfolio/snapshot/disk.ts";
import { openSnapshot } from "../../../engine/portfolio/snapshot/snapshot.ts";
import { readCurrent } from "../../../engine/portfolio/snapshot/store-folder.ts";
import { temporaryFolder } from "../sample-folder.ts";
import { ACTIONS, killAtPoints, openBench } from "./crash-points.ts";
import { compactInProcess, importFileInProcess } from "./live-store.ts";

describe("a store whose process is killed", () => {
	it("holds the snapshot before or the one after, whole, and nothing else", async () => {
		const seen = await killAtPoints(await openBench(temporaryFolder()), ACTIONS, 2, 1);
		expect(Object.values(seen).reduce((sum, count) => sum + count, 0)).toBe(10);
	});
});

describe("a disk that refuses", () => {
	it("leaves the last snapshot and is told of in words, whatever it refuses", async () => {
		const bench = await openBench(temporaryFolder());
		const { sha } = readCurrent(bench.store);
		const whole = { ...disk };
		let numRefused = 0;
		try {
			for (let refused = 1; ; refused++) {
				let count = 0;
				const refuse = (code: string): void => {
					if (++count === refused) throw Object.assign(new Error(`${code}: refused`), { code, syscall: "write" });
				};
				disk.write = (file, bytes) => {
					refuse("ENOSPC");
					return whole.write(file, bytes);
				};
				disk.sync = (file) => {
					refuse("EIO");
					whole.sync(file);
				};
				disk.rename = (from, to) => {
					refuse("EROFS");
					whole.rename(from, to);
				};
				const error: unknown = await importFileInProcess(bench.store, "orders", bench.uploads.append, "upsert").catch(
					(thrown: unknown) => thrown,
				);
				Object.assign(disk, whole);
				expect(error).toBeInstanceOf(CarteiraError);
				expect((error as Error).message).toMatch(/the last one stays: (the disk is full|E\w+: refused) \(E\w+\)$/);
				numRefused++;
				// Only what comes behind the switch is too late to keep the last snapshot.
				if (readCurrent(bench.store).sha !== sha) break;
				expect(openSnapshot(bench.store).portfolio().tables.orders.numRows).toBe(3);
			}
		} finally {
			Object.assign(disk, whole);
		}
		expect(numRefused).toBeGreaterThan(20);
		await compactInProcess(bench.store);
		expect(openSnapshot(bench.store).portfolio().tables.orders.numRows).toBe(4);
	});
});
