import { CarteiraError } from "../../errors.ts";
import { isDiskFull, isOutOfMemory } from "../files/engine-errors.ts";
import { decodeJson, decodeNdjson } from "../files/decode-json.ts";
import { decodeParquet } from "../files/decode-parquet.ts";
import { dialectOf, type Dialects } from "../files/dialect.ts";
import type { TableFile } from "../files/find-tables.ts";
import { loadBytes } from "../files/scan-file.ts";
import { TABLES } from "../schema.ts";
import { openCsv } from "./open-csv.ts";
import { openRowParser, type RowParser } from "./parse-rows.ts";
import { type QueryEngine } from "./query-engine.ts";
import { openParquet } from "./raw-file.ts";
import { splitRows, type SureRows } from "./unsure-rows.ts";

/** The rows of a file, typed. */
export interface OpenedFile {
	/** Those that SQL reads; null where JavaScript decodes the format. */
	readonly sure: SureRows | null;
	/** Those in the table `parsed`, and all that is wrong with cells. */
	readonly parser: RowParser;
	/** All of them, broken ones included. */
	readonly numRows: number;
}

/** Which file is opened, and how. */
export interface RawJob {
	readonly table: "orders" | "contacts";
	readonly file: TableFile;
	readonly dialects: Dialects;
	/** Folder for what does not fit in memory, of this job alone: it is cleared before and removed afterwards. */
	readonly scratch: string;
}

/** Opens a file of any format and validates its cells. */
export async function openRaw(engine: QueryEngine, job: RawJob, numBytes: number): Promise<OpenedFile> {
	const { path, format } = job.file;
	const { table } = job;
	const parser = await openRowParser(engine, table);
	if (format === "parquet" || format === "csv") {
		const sure = format === "csv" ? await readCsv(engine, job, parser) : await readParquet(engine, path, numBytes, table, parser);
		return { sure, parser, numRows: (sure?.numRows ?? 0) + parser.counts.rows };
	}
	const bytes = loadBytes(path); // one buffer holds the others
	const spec = TABLES[table];
	if (format === "ndjson") decodeNdjson(bytes, spec, parser);
	else if (format === "json") decodeJson(bytes, spec, parser);
	else (await import("../files/decode-arrow.ts")).decodeArrow(bytes, spec, parser);
	parser.close();
	return { sure: null, parser, numRows: parser.counts.rows };
}

async function readCsv(engine: QueryEngine, { file, table, dialects, scratch }: RawJob, parser: RowParser): Promise<SureRows | null> {
	const raw = await openCsv(engine, file.path, scratch, table, dialectOf(dialects, table));
	parser.begin(raw.header);
	if (parser.whole.fatal.length === 0) return splitRows(engine, raw, parser);
	parser.end(raw.named);
	parser.close();
	return null;
}

async function readParquet(
	engine: QueryEngine,
	path: string,
	numBytes: number,
	table: RawJob["table"],
	parser: RowParser,
): Promise<SureRows | null> {
	try {
		const raw = await openParquet(engine, path, numBytes, table);
		if (raw) {
			parser.begin(raw.header);
			return await splitRows(engine, raw, parser);
		}
	} catch (error) {
		if (error instanceof CarteiraError || isOutOfMemory(error) || isDiskFull(error)) throw error;
		const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
		throw new CarteiraError("INVALID_INPUT", `not a complete Parquet file (${reason.slice(0, 300)})`);
	}
	await decodeParquet(path, numBytes, TABLES[table], parser);
	parser.close();
	return null;
}
