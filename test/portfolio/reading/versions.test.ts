import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { importTables, type Portfolio, openSnapshot } from "../../../engine/index.ts";
import { importRows } from "../../../engine/portfolio/reading/import-rows.ts";
import { parsePolicy } from "../../../engine/portfolio/reading/read-policy.ts";
import type { TableName } from "../../../engine/portfolio/schema.ts";
import { openBuilding, readCurrent, removeBuilding, switchTo } from "../../../engine/portfolio/snapshot/store-folder.ts";
import { buildInProcess, compactInProcess, LIMITS } from "../snapshot/live-store.ts";

let folder: string;
let store: string;
beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "carteira-versions-"));
	store = join(folder, "store");
	writeFileSync(join(folder, "reps.csv"), "rep_id,kind\nr1,inside\n");
	writeFileSync(join(folder, "customers.csv"), "customer_id,rep_id\nc1,r1\n");
	await buildInProcess(folder, store);
});
afterEach(() => rmSync(folder, { recursive: true }));

type Fields = Readonly<Record<string, string | number | null>>;

/** Lays rows over a table, or puts them in its place; answers how many were stale. */
async function send(table: TableName, rows: readonly Fields[], mode: "replace" | "upsert" = "upsert"): Promise<number> {
	const path = join(folder, "upload.json");
	writeFileSync(path, JSON.stringify(rows));
	const { sha, manifest } = readCurrent(store);
	const into = openBuilding(store);
	try {
		const imports = [{ file: { table, path, format: "json" as const }, mode }];
		const done = await importRows({ store, manifest, imports, rules: parsePolicy(null).rules, limits: LIMITS, into });
		switchTo(store, into, { ...done.manifest, parent: sha }, sha);
		return done.reports[0].numStale ?? 0;
	} finally {
		removeBuilding(into);
	}
}

/** What distinguishes the states of a row in these tests, and the columns that every row has. */
const KINDS = {
	customers: { key: "customer_id", value: "name", rest: {} },
	orders: {
		key: "order_id",
		value: "line",
		rest: { customer_id: "c1", ordered_on: "2026-10-01", product_id: "p1", quantity: 1, net_value: 1 },
	},
	contacts: {
		key: "contact_id",
		value: "objection",
		rest: { customer_id: "c1", rep_id: "r1", contacted_at: "2026-10-01T10:00:00", channel: "phone", outcome: "order" },
	},
} as const;
type Kind = keyof typeof KINDS;

const row = (kind: Kind, id: string, value: string, version: number | null, op = "upsert"): Fields => ({
	[KINDS[kind].key]: id,
	[KINDS[kind].value]: value,
	...KINDS[kind].rest,
	source_version: version,
	op,
});

/** Rows by id as the table has them: value and version. */
function stateOf(kind: Kind): Record<string, [string | null, number | null]> {
	const { tables }: Portfolio = openSnapshot(store).portfolio();
	const { texts, numbers, numRows } = tables[kind];
	const { key, value } = KINDS[kind];
	const rows = Array.from({ length: numRows }, (_, at): [string, [string | null, number | null]] => {
		const version = numbers.source_version[at];
		return [texts[key].at(at) ?? "", [texts[value].at(at), Number.isNaN(version) ? null : version]];
	}).filter(([id]) => id !== "c1");
	expect(new Set(rows.map(([id]) => id)).size).toBe(rows.length);
	return Object.fromEntries(rows);
}

interface Sent {
	readonly id: string;
	readonly version: number | null;
	readonly isDeletion: boolean;
}

/** The obvious way: one change after the other, each held against the version that its key has, be it deleted or not. */
function obvious(uploads: readonly (readonly Sent[])[]) {
	const known = new Map<string, { value: string | null; version: number | null }>();
	let numStale = 0;
	for (const [nth, upload] of uploads.entries()) {
		for (const { id, version, isDeletion } of upload) {
			const before = known.get(id) ?? { value: null, version: null };
			if (version !== null && before.version !== null && version < before.version) numStale++;
			else known.set(id, { value: isDeletion ? null : `upload ${nth}`, version: version ?? before.version });
		}
	}
	const rows = [...known].flatMap(([id, { value, version }]) => (value === null ? [] : [[id, [value, version]]]));
	return { numStale, state: Object.fromEntries(rows) as object };
}

const change: fc.Arbitrary<Sent> = fc.record({
	id: fc.constantFrom("a", "b", "d", "e"),
	version: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 6 }) }, { weight: 1, arbitrary: fc.constant(null) }),
	isDeletion: fc.boolean(),
});
const uploads = fc.array(fc.uniqueArray(change, { minLength: 1, maxLength: 4, selector: ({ id }) => id }), { minLength: 1, maxLength: 7 });

describe("an older source_version never overwrites a newer one", () => {
	it.each(Object.keys(KINDS) as Kind[])("in %s, whatever the order of arrival, deletions and compactions between", async (kind) => {
		let run = 0;
		await fc.assert(
			fc.asyncProperty(uploads, fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }), async (sent, compacts) => {
				const prefix = `${run++}-`; // ids of its own, in a store that grows
				let numStale = 0;
				for (const [nth, upload] of sent.entries()) {
					const rows = upload.map(({ id, version, isDeletion }) =>
						row(kind, prefix + id, `upload ${nth}`, version, isDeletion ? "delete" : "upsert"),
					);
					numStale += await send(kind, rows);
					if (compacts[nth]) await compactInProcess(store);
				}
				const all = stateOf(kind);
				const mine = Object.fromEntries(
					Object.entries(all).flatMap(([id, state]) => (id.startsWith(prefix) ? [[id.slice(prefix.length), state]] : [])),
				);
				const expected = obvious(sent);
				expect(mine).toEqual(expected.state);
				expect(numStale).toBe(expected.numStale);
			}),
			{ numRuns: 10, seed: 6 },
		);
	});
});

describe("versions of rows", () => {
	it("decide between rows of one upload too: of an order the newest lines count, of others the columns that newer rows send", async () => {
		expect(await send("orders", [row("orders", "o1", "old", 1), row("orders", "o1", "new", 2), row("orders", "o1", "late", 1)])).toBe(2);
		expect(stateOf("orders")).toEqual({ o1: ["new", 2] });
		const { op: _op, ...partial } = row("contacts", "k1", "kept", 5);
		expect(
			await send("contacts", [
				partial,
				{ contact_id: "k1", minutes: 7, source_version: 6 },
				{ contact_id: "k1", minutes: 9, source_version: 4 },
			]),
		).toBe(1);
		expect(stateOf("contacts")).toEqual({ k1: ["kept", 6] });
		expect(openSnapshot(store).portfolio().tables.contacts.numbers.minutes[0]).toBe(7);
	});

	it("are set by a table that is replaced, with what was deleted forgotten", async () => {
		await send("orders", [row("orders", "o1", "x", 9), row("orders", "o2", "x", 9, "delete")]);
		const { op: _op, ...older } = row("orders", "o1", "y", 3);
		await send("orders", [older], "replace");
		expect(stateOf("orders")).toEqual({ o1: ["y", 3] });
		expect(await send("orders", [row("orders", "o1", "z", 2), row("orders", "o2", "z", 2)])).toBe(1);
		expect(stateOf("orders")).toEqual({ o1: ["y", 3], o2: ["z", 2] });
	});

	it("of rows that are set aside hold as those of good ones do", async () => {
		const unknown = { ...row("contacts", "k1", "newest", 8), customer_id: "c2" };
		await importTables(store, [upload("contacts", [unknown])], { keepsBadRows: true });
		expect(await send("contacts", [row("contacts", "k1", "older", 7)])).toBe(1);
		await send("customers", [{ customer_id: "c2", rep_id: "r1" }]);
		expect(stateOf("contacts")).toEqual({ k1: ["newest", 8] });
	});

	it("that are no whole numbers are refused, and such of deletions", async () => {
		const odd = { ...row("orders", "o1", "x", null), source_version: "1.5" };
		await expect(send("orders", [odd])).rejects.toMatchObject({
			code: "IMPORT_REFUSED",
			details: [{ column: "source_version", value: "1.5", message: expect.stringContaining("a whole number from 0") as string }],
		});
		await expect(send("orders", [{ ...odd, op: "delete" }])).rejects.toMatchObject({ details: [{ value: "1.5" }] });
	});

	it("may be as large as a time in milliseconds, and as 2^53 - 1", async () => {
		const most = Number.MAX_SAFE_INTEGER;
		await send("customers", [row("customers", "n1", "x", most), row("customers", "n2", "x", 1_790_000_000_000)]);
		expect(stateOf("customers")).toEqual({ n1: ["x", most], n2: ["x", 1_790_000_000_000] });
		expect(await send("customers", [row("customers", "n1", "y", most - 1)])).toBe(1);
	});
});

function upload(table: TableName, rows: readonly Fields[]) {
	const path = join(folder, "aside.json");
	writeFileSync(path, JSON.stringify(rows));
	return { table, path, format: "json", mode: "upsert" } as const;
}
