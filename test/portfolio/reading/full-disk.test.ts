import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openTableWriter } from "../../../engine/portfolio/files/write-table.ts";
import { buildStore } from "../../../engine/portfolio/reading/open-store.ts";
import { mountSmallDisk } from "../../helpers/small-disk.ts";
import { temporaryFolder } from "../sample-folder.ts";

const disk = mountSmallDisk(16);
if (disk === null) console.warn("no disk of its own can be mounted here: the test of a full disk is SKIPPED");

const COLUMNS = ["order_id", "customer_id", "ordered_on", "product_id", "quantity", "net_value"];
const NUM_ROWS = 60_000;

describe.skipIf(disk === null)("a disk that gets full while the columnar engine reads", () => {
	if (disk === null) return;
	afterAll(() => disk.remove());

	it.each([
		["parquet", 1_500_000],
		["csv", 1_500_000],
	] as const)("is told as such of %s, and leaves nothing behind", async (format, bytesLeft) => {
		const folder = temporaryFolder();
		const orders = openTableWriter(folder, "orders", format, COLUMNS);
		// Ids in no order, so that they do not pack.
		for (let i = 0; i < NUM_ROWS; i++)
			orders.append([
				`o${Math.imul(i, 2_654_435_761) >>> 0}`,
				`c${i % 4999}`,
				15_000 + (i % 5000),
				`p${i % 499}`,
				i % 97,
				(i * 7919) % 1_000_003,
			]);
		await orders.close();
		disk.fill(bytesLeft);
		await expect(buildStore(folder, join(disk.folder, "store"), { bigBytes: 1 })).rejects.toMatchObject({
			code: "STORAGE_FAILED",
			message: `orders.${format}: the disk is full or fails; nothing was read`,
		});
		expect(readdirSync(join(disk.folder, "store"))).toEqual([]);
		disk.empty();
	});
});
