import { existsSync, readFileSync } from "node:fs";
import { CarteiraError } from "../../engine/errors.ts";

/** Best-known values and bounds by set, instance and m. */
export interface BestKnown {
	/** `set/instance/m`; sets whose files fix m have no m in the table. */
	readonly values: ReadonlyMap<string, number>;
}

/** Reads `best-known.csv`; a table that is absent knows nothing. */
export function readBestKnown(path: string): BestKnown {
	if (!existsSync(path)) return { values: new Map() };
	const rows = readFileSync(path, "utf8")
		.trim()
		.split(/\r?\n/)
		.map((row) => row.split(","));
	const valueOf = (row: readonly string[], r: number): number => {
		const best = Number(row[3]);
		if (row[3]?.trim() && Number.isFinite(best)) return best;
		throw new CarteiraError("INVALID_INPUT", `${path}: line ${r + 2}: best_known is "${row[3] ?? ""}"; expected a number`);
	};
	return { values: new Map(rows.slice(1).map((row, r) => [keyOf(row[0], row[1], row[2]), valueOf(row, r)])) };
}

/** The best value known; undefined where the table has none. `set` may be a column of its own, as `mctopmtw_target`. */
export function bestOf({ values }: BestKnown, set: string, instance: string, m: number): number | undefined {
	return values.get(keyOf(set, instance, String(m))) ?? values.get(keyOf(set, instance, ""));
}

/** The only m for which the table has a row of this instance; undefined for none or several. */
export function onlyRoutesOf({ values }: BestKnown, set: string, instance: string): number | undefined {
	const prefix = `${set}/${instance}/`;
	const found = [...values.keys()].filter((key) => key.startsWith(prefix)).map((key) => Number(key.slice(prefix.length)));
	return found.length === 1 && found[0] > 0 ? found[0] : undefined;
}

function keyOf(set: string, instance: string, m: string): string {
	return `${set}/${instance}/${m}`;
}
