import { CarteiraError } from "../../../engine/errors.ts";
import type { TableFile } from "../../../engine/portfolio/files/find-tables.ts";
import { readTables } from "../../../engine/portfolio/reading/read-tables.ts";
import { readBigFile } from "../ingest/read-big-file.ts";

/** Entry of a process that reads damaged files with the code that reads all files, and says what came of each. */
export interface Question {
	readonly whole: TableFile;
	readonly mutant: TableFile;
	readonly reader: Reader;
}

/** Files small enough for memory have one reader, big ones of orders and contacts another. */
export type Reader = "small" | "big";

export interface Verdict {
	/** `told`: with problems of rows or a warning of the table. */
	readonly kind: "rejected" | "equal" | "told" | "different" | "defect";
	readonly message: string;
}

interface Rows {
	/** By row of the file; by their order as texts where the reader does not keep it. */
	readonly texts: ReadonlyMap<number, string>;
	readonly isTold: boolean;
}

const known = new Map<string, Rows>();

async function rowsOf(file: TableFile, reader: Reader): Promise<Rows> {
	if (reader === "big") {
		const { rows, isTold } = await readBigFile(file, {});
		return { texts: new Map(rows.entries()), isTold };
	}
	const { tables, reports } = await readTables([file], { onBadRows: "quarantine", dialects: {} });
	const linked = tables.get(file.table);
	const draft = linked?.draft;
	if (!draft) throw new Error(`${file.table} was not read`);
	const columns = Object.entries(draft.columns);
	const texts = new Map<number, string>();
	for (const row of linked.kept) texts.set(draft.rowInFile[row], columns.map(([name]) => `${name}=${draft.textAt(row, name)}`).join("|"));
	return { texts, isTold: reports[0].numProblems > 0 || reports[0].warnings.length > 0 };
}

async function judge({ whole, mutant, reader }: Question): Promise<Verdict> {
	const expected = known.get(whole.path) ?? (await rowsOf(whole, reader));
	known.set(whole.path, expected);
	try {
		const { texts, isTold } = await rowsOf(mutant, reader);
		const wrong = [...texts].find(([row, text]) => expected.texts.get(row) !== text);
		if (!wrong && texts.size === expected.texts.size) return { kind: "equal", message: "" };
		if (isTold) return { kind: "told", message: "" };
		if (wrong) return { kind: "different", message: `row ${wrong[0]}: ${wrong[1]}; was ${expected.texts.get(wrong[0])}` };
		return { kind: "different", message: `${texts.size} rows of ${expected.texts.size}` };
	} catch (error) {
		if (error instanceof CarteiraError && error.code !== "INTERNAL") return { kind: "rejected", message: error.message };
		return { kind: "defect", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
	}
}

process.on("message", (question: Question) => {
	void judge(question)
		.catch((error: unknown): Verdict => ({ kind: "defect", message: `the whole file: ${String(error)}` }))
		.then((verdict) => process.send?.(verdict));
});
process.once("disconnect", () => process.exit());
