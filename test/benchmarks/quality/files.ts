import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A writer of instances for a file of tests: each goes into a folder of its own, and all are gone after the tests. It answers paths. */
export function instanceWriter(): (name: string, lines: readonly string[]) => string {
	const root = mkdtempSync(join(tmpdir(), "carteira-instances-"));
	afterAll(() => rmSync(root, { recursive: true, force: true }));
	return (name, lines) => {
		const path = join(mkdtempSync(join(root, "one-")), name);
		writeFileSync(path, `${lines.join("\n")}\n`);
		return path;
	};
}

/** The lines with one replaced (from 1, as in an editor). */
export function withLine(lines: readonly string[], number: number, line: string): string[] {
	return lines.map((other, i) => (i === number - 1 ? line : other));
}

/** Three customers on a line at 3, 6 and 10 from the start; the day lasts 40. */
export const TOPTW = [
	"1 1 3 1",
	"0 0",
	"0 0.00 0.00 0.00 0.00 0 0 0 40",
	"1 3.00 0.00 2.00 7.00 1 1 1 5 20",
	"2 6.00 0.00 1.50 9.00 1 2 1 2 0 12.5",
	"3 10.00 0.00 0.00 4.00 1 1 1 0 40",
];

/**
 * Two tours, budget 10.5, caps 1 for type 1, 9 for the others. Customer 2: windows 1 and 3 ([0, 5], [10, 15]) in odd tours, 2 and 4
 * ([5, 10], [15, 20]) in even ones. Customer 3: the other way round, cut at 0, 6.5, 13, 19.5, 26. Both are of type 1, fees 5.5 and 6.
 */
export const MCTOPMTW = [
	"2 3 10.5 1 9 9 9 9 9 9 9 9 9",
	"0 0.0 0.0 0.0 0.0 0 30",
	"2 3.0 4.0 1.0 10.0 0 5 10 15 20 1 5.5 1 0 0 0 0 0 0 0 0 0",
	"3 0.0 2.0 1.0 20.0 0 6.5 13 19.5 26 0 6 1 0 0 0 0 0 0 0 0 0",
	"4 1.0 1.0 1.0 5.0 0 10 20 25 30 1 0 0 1 0 0 0 0 0 0 0 0",
];

/** Three days, two vehicles a day, duration 30 and load 10 on the first two days, 20 and 8 on the third. */
export const PVRP = ["1 2 3 3", "30 10", "30 10", "20 8", "0 0 0 0 0 0 0", "1 3 4 2 6 2 2 6 3", "2 1 1 1 5 1 3 1 2 4", "3 0 2 1 3 3 1 7"];
