import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { compileCacheFolder } from "../../engine/compile-cache.ts";
import { buildStore, openSnapshot, parseDay } from "../../engine/index.ts";
import { openLook } from "../../engine/monitor/look.ts";
import { makeNational } from "./national/make-national.ts";

interface Flags {
	readonly customers: string;
	readonly store?: string;
	readonly asOf: string;
	readonly toy?: true;
}

/** How long the monitor takes from a store that nobody has open: opened, looked at, and told as its document. One JSON line. */
async function main({ customers, store, asOf, toy }: Flags): Promise<void> {
	const day = parseDay(asOf);
	const cache = compileCacheFolder(); // for threads, as in the service
	if (cache !== undefined) process.env.NODE_COMPILE_CACHE = cache;
	const root = mkdtempSync(join(tmpdir(), "carteira-monitor-"));
	try {
		const path = store ?? (await makeStore(root, toy ? 500 : Number(customers), day));
		const [started, cpu] = [performance.now(), process.cpuUsage()];
		const seconds = (): number => Number(((performance.now() - started) / 1000).toFixed(2));
		const snapshot = openSnapshot(path);
		const monitor = await openLook({ portfolio: { folder: snapshot.folder, sha: snapshot.sha }, asOf: day, plan: null });
		const looked = seconds();
		const document = monitor.document();
		const { user, system } = process.cpuUsage(cpu);
		const told = {
			customers: document.total.num_customers,
			seconds: seconds(),
			looked,
			cpu_seconds: Number(((user + system) / 1e6).toFixed(2)),
			peak_megabytes: Math.round(process.resourceUsage().maxRSS / 1024),
			bytes: JSON.stringify(document).length,
			sha256: createHash("sha256").update(JSON.stringify(document)).digest("hex").slice(0, 16),
		};
		console.log(JSON.stringify({ ...told, order_lines: snapshot.portfolio().tables.orders.numRows }));
	} finally {
		rmSync(root, { recursive: true, force: true });
	}
}

async function makeStore(root: string, customers: number, asOf: number): Promise<string> {
	const [folder, store] = [join(root, "folder"), join(root, "store")];
	await makeNational({ customers, seed: 7, asOf, format: "parquet", out: folder });
	await buildStore(folder, store);
	return store;
}

const command = new Command("monitor")
	.description("Looks at a distributor of national size and tells its figures.")
	.option("--customers <n>", "how many are made", "100000")
	.option("--store <folder>", "a store that is there, in place of one that is made")
	.option("--as-of <date>", "first day planned", "2026-11-23")
	.option("--toy", "a few customers")
	.action(main);
await command.parseAsync();
