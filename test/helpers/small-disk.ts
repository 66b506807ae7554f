import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A disk of its own, of so many megabytes, that can be filled. */
export interface SmallDisk {
	readonly folder: string;
	/** Leaves so many bytes free. */
	fill(bytesLeft: number): void;
	empty(): void;
	remove(): void;
}

/** Mounts a small disk; null where this user may not. */
export function mountSmallDisk(megabytes: number): SmallDisk | null {
	const folder = mkdtempSync(join(tmpdir(), "carteira-disk-"));
	try {
		execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder], { stdio: "ignore" });
	} catch {
		rmSync(folder, { recursive: true });
		return null;
	}
	const filler = join(folder, "filler");
	const free = (): number => Number(execFileSync("df", ["--output=avail", "-B1", folder], { encoding: "utf8" }).trim().split("\n")[1]);
	return {
		folder,
		fill: (bytesLeft) => writeFileSync(filler, Buffer.alloc(Math.max(0, free() - bytesLeft), 1)),
		empty: () => rmSync(filler, { force: true }),
		remove() {
			execFileSync("umount", [folder]);
			rmSync(folder, { recursive: true });
		},
	};
}
