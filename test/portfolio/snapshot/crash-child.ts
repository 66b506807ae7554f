import { importTable } from "../../../engine/portfolio/reading/import-table.ts";
import { disk } from "../../../engine/portfolio/snapshot/disk.ts";
import { buildInProcess, compactInProcess, importFileInProcess } from "./live-store.ts";

/**
 * Entry of a process that does one thing to a store and is killed at the n-th thing that it asks of the disk: before it, or, of bytes
 * to write, when half of them are written. It tells how many there were if it lives so long.
 */
const [action, store, source, killAt] = process.argv.slice(2);
let count = 0;

function reach(): boolean {
	return ++count === Number(killAt);
}

function die(): never {
	process.kill(process.pid, "SIGKILL");
	for (;;); // until the signal is there
}

const whole = { ...disk };
Object.assign(disk, {
	write(file: number, bytes: Uint8Array): number {
		if (!reach()) return whole.write(file, bytes);
		whole.write(file, bytes.subarray(0, bytes.length >> 1));
		return die();
	},
	sync: (file: number) => (reach() ? die() : whole.sync(file)),
	rename: (from: string, to: string) => (reach() ? die() : whole.rename(from, to)),
	remove: (path: string) => (reach() ? die() : whole.remove(path)),
} satisfies typeof disk);

if (action === "build") await buildInProcess(source, store);
else if (action === "import") await importTable(store, "orders", { path: source, format: "json" }, "upsert");
else if (action === "compact") await compactInProcess(store);
else await importFileInProcess(store, action === "customers" ? "customers" : "orders", source, action === "replace" ? "replace" : "upsert");
process.stdout.write(String(count));
