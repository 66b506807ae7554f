import { mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { CarteiraError } from "../../errors.ts";
import { isDiskFull, isOutOfMemory } from "../files/engine-errors.ts";
import { digestOfFile, sizeOfFile, verifyDigest } from "../files/scan-file.ts";
import { problemsOf } from "../files/find-tables.ts";
import { MAX_PROBLEMS } from "../rows/table-draft.ts";
import type { TableReport } from "../portfolio.ts";
import { describeLines, sortLines } from "./event-lines.ts";
import { type PartFiles, writeEvents, writeGroups, writeLines, writeLinks, writeWords } from "./event-part.ts";
import { csvScratch } from "./open-csv.ts";
import { openRaw, type OpenedFile, type RawJob } from "./open-raw.ts";
import { PARSED, type RowParser } from "./parse-rows.ts";
import { type LinkIds, linkWords, placeCustomers, rowsOf, type Stubs } from "./place-words.ts";
import { collectEvents } from "./purchase-events.ts";
import { writeQuarantine } from "./quarantine.ts";
import { openQueryEngine, quoted, type QueryEngine } from "./query-engine.ts";
import { isDiskFailure } from "../snapshot/disk.ts";
import { BAD, type Findings, keptOf, setRowsAside } from "./set-aside.ts";
import { makeWords } from "./unsure-rows.ts";
import { mostScratch, watchScratch } from "./watch-scratch.ts";

/** Hears of each step when it is done. */
export type OnStep = (name: string, seconds: number, numRows: number) => void;

export interface IngestJob extends RawJob {
	/** Folder for the files of the part; it must be there. */
	readonly into: string;
	/** The other tables, which may be read meanwhile: they are awaited when the cells of the file are read. */
	readonly others: OtherTables | Promise<OtherTables>;
	/** What the process may use; DuckDB gets less than half of it. */
	readonly memoryMegabytes: number;
	/** Of DuckDB's part of it, where several files are read at one time; 1 by default. */
	readonly engineShare?: number;
	/** Most bytes on disk under `scratch` and `into`; by default in proportion to the file. */
	readonly scratchBytes?: number;
	readonly onStep?: OnStep;
}

/** What a file of orders or contacts is validated against. */
export interface OtherTables {
	/** Ids in order of their rows, stubs included. Null: the table was not given, and whoever is named is a stub. */
	readonly ids: LinkIds;
	/** Ids of customers whose own row is set aside. */
	readonly asideCustomers: ReadonlySet<string>;
	/** By row of products; NaN for none. */
	readonly marginRates: Float64Array;
}

export interface IngestResult {
	readonly part: PartFiles;
	/** Names of the columns that the file has, of those that the schema knows; with those that others stand in for. */
	readonly columns: readonly string[];
	/** Ids that the file names and no table holds, in order of their first row; each follows the rows of its table. */
	readonly stubs: Stubs;
	readonly report: TableReport;
	/** Share of the value of all order lines that the bad ones hold, signs ignored. */
	readonly shareOfValueBad: number;
	/** NDJSON of the rows that are set aside; null for none. */
	readonly quarantine: string | null;
}

/** Share of the memory of the process that DuckDB may fill before it spills; buffers of JavaScript and the allocator take as much again. */
const ENGINE_SHARE = 0.4;

/**
 * Reads a file of orders or contacts into the files of an EventPart under `into`, validated against the ids of the other tables: the same
 * rows, problems and stubs that `readTables` comes to, by DuckDB, with memory that does not grow with the file. Throws INVALID_INPUT, its
 * details naming the file, for one that cannot be read or grows too large on disk; whether too many rows are bad is for the caller to judge from the report.
 */
export async function ingestEvents(job: IngestJob): Promise<IngestResult> {
	const { file, scratch, into, scratchBytes = mostScratch(file.path) } = job;
	rmSync(scratch, { recursive: true, force: true }); // of a run that was killed
	mkdirSync(scratch, { recursive: true });
	let engine: QueryEngine | null = null;
	const watch = watchScratch([scratch, into], scratchBytes, () => engine?.interrupt());
	try {
		const timed = createClock(job.onStep);
		const numBytes = sizeOfFile(file.path);
		const digest = await timed("digest", async () => digestOfFile(file.path));
		verifyDigest(file.path, digest);
		engine = await openQueryEngine(join(scratch, "engine"), Math.floor(job.memoryMegabytes * ENGINE_SHARE * (job.engineShare ?? 1)), [
			file.path,
			...Object.values(csvScratch(scratch)),
		]);
		return await ingest(engine, job, digest, numBytes, timed);
	} catch (error) {
		throw watch.grewTo() > 0
			? tooLarge(job, `reading it took ${watch.grewTo()} bytes of disk; at most ${scratchBytes} are allowed`)
			: told(error, job);
	} finally {
		watch.close();
		engine?.close();
		rmSync(scratch, { recursive: true, force: true });
	}
}

/** What went wrong in words that name the file. */
function told(error: unknown, job: IngestJob): unknown {
	const { file } = job;
	if (isOutOfMemory(error)) return tooLarge(job, `reading it needs more than ${job.memoryMegabytes} MB`);
	if (isDiskFull(error) || isDiskFailure(error))
		return new CarteiraError("STORAGE_FAILED", `${basename(file.path)}: the disk is full or fails; nothing was read`);
	if (error instanceof Error && error.message.startsWith("Conversion Error")) {
		// Days are packed by the range that the file's own statistics tell; cells are converted long before.
		const message = `${basename(file.path)}: values outside of what its statistics say; the file is damaged`;
		return new CarteiraError("INVALID_INPUT", message, [{ table: file.table, code: "unreadable_file", message }]);
	}
	const isFinal = !(error instanceof CarteiraError) || error.code !== "INVALID_INPUT" || error.details.some(({ table }) => table);
	if (isFinal) return error;
	const problems = problemsOf(file, error);
	return new CarteiraError("INVALID_INPUT", problems[0].message, problems);
}

function tooLarge({ file }: IngestJob, reason: string): CarteiraError {
	const name = basename(file.path);
	const problem = { table: file.table, code: "too_large", value: name, message: `${name}: ${reason}` };
	return new CarteiraError("INVALID_INPUT", problem.message, [problem]);
}

type Timed = <T>(name: string, step: () => Promise<T>, numRowsOf?: (result: T) => number) => Promise<T>;

function createClock(onStep: OnStep = () => {}): Timed {
	return async (name, step, numRowsOf = () => 0) => {
		const start = performance.now();
		const result = await step();
		onStep(name, (performance.now() - start) / 1000, numRowsOf(result));
		return result;
	};
}

async function ingest(engine: QueryEngine, job: IngestJob, digest: string, numBytes: number, timed: Timed): Promise<IngestResult> {
	const { table, into } = job;
	const opened = await timed(
		"read",
		() => openRaw(engine, job, numBytes),
		({ numRows }) => numRows,
	);
	const { parser } = opened;
	if (parser.whole.fatal.length > 0) throw new CarteiraError("INVALID_INPUT", parser.whole.fatal[0].message, parser.whole.fatal);
	const columns = Object.keys(parser.whole.columns);
	const queries = queriesOf(opened, columns);
	const hasParsed = !opened.sure || parser.counts.rows > 0;
	if (hasParsed) await makeWords(engine, "customer_id", "customer_id", `${queries.good} UNION ALL ${queries.refused}`);
	const { ids, asideCustomers, marginRates } = await timed("await tables", async () => job.others);
	const known = ids.customers ? rowsOf(ids.customers) : null;
	const findings = await timed("set aside", () => setRowsAside(engine, table, queries, known && { rows: known, aside: asideCustomers }));
	const [[count]] = await engine.rows(`SELECT count(*)::DOUBLE FROM ${BAD}`);
	const numBad = Number(count);
	const kept = numBad > 0 ? keptOf(queries.good) : queries.good;
	if (hasParsed || numBad > 0) await remakeWords(engine, parser, kept);
	const numRows = opened.numRows - parser.counts.bad - numBad;
	const customers = await timed("place customers", () => placeCustomers(engine, known, findings.linked));
	const lineColumns = await timed("describe", () => describeLines(engine, table, columns, kept, opened.sure?.ranges));
	await timed(
		"sort",
		() => sortLines(engine, table, kept, lineColumns),
		() => numRows,
	);
	const { links, stubs, ratesOfWords } = linkWords(lineColumns, ids, marginRates);
	if (table === "orders") await timed("events", () => collectEvents(engine, new Set(columns), ratesOfWords));
	const paths = { lines: join(into, "lines.arrow"), groups: join(into, "groups.arrow"), events: join(into, "events.arrow") };
	await timed(
		"write lines",
		() => writeLines(engine, paths.lines, lineColumns, numRows),
		() => numRows,
	);
	const numEvents =
		table === "orders"
			? await timed(
					"write events",
					() => writeEvents(engine, paths.events),
					(rows) => rows,
				)
			: 0;
	const groups = await timed(
		"write groups",
		() => writeGroups(engine, paths.groups, table === "orders", customers.idOf),
		(rows) => rows.length,
	);
	const part: PartFiles = {
		numRows,
		numGroups: groups.length,
		numEvents,
		lines: paths.lines,
		groups: paths.groups,
		events: table === "orders" ? paths.events : null,
		words: writeWords(into, lineColumns),
		links: writeLinks(into, new Map([["customer_id", groups], ...links])),
	};
	const bad = badRows(queries, numBad);
	const quarantine = join(into, `${table}-quarantine.ndjson`);
	const hasQuarantine =
		numBad + parser.counts.bad > 0 && (await writeQuarantine(engine, quarantine, table, columns, bad, parser.refused, findings.linked));
	return {
		part,
		columns,
		stubs: { ...stubs, customers: customers.stubs },
		report: reportOf(job, opened, findings, numBad, digest),
		shareOfValueBad: table === "orders" ? await shareOfValue(engine, queries, bad) : 0,
		quarantine: hasQuarantine ? quarantine : null,
	};
}

interface Queries {
	/** Rows whose cells are all well. */
	readonly good: string;
	readonly refused: string;
}

function queriesOf({ sure, parser }: OpenedFile, columns: readonly string[]): Queries {
	const names = ["n", ...columns.map(quoted)].join(", ");
	const parsed = (isBad: boolean): string => `SELECT ${names} FROM ${PARSED} WHERE ${isBad ? "" : "NOT "}is_bad`;
	const typed = sure ? `SELECT ${names} FROM (${sure.relation})` : null;
	const good = typed && parser.counts.rows > 0 ? `${typed} UNION ALL ${parsed(false)}` : (typed ?? parsed(false));
	return { good, refused: parsed(true) };
}

function badRows({ good, refused }: Queries, numBad: number): string {
	return numBad > 0 ? `SELECT * FROM (${good}) SEMI JOIN ${BAD} USING (n) UNION ALL ${refused}` : refused;
}

/** The words of the rows that stay are what codes point into, and stubs are made of. */
async function remakeWords(engine: QueryEngine, { whole }: RowParser, kept: string): Promise<void> {
	for (const [name, { held }] of Object.entries(whole.columns)) {
		if (held.kind === "refs" || held.kind === "texts") await makeWords(engine, name, quoted(name), kept);
	}
}

async function shareOfValue(engine: QueryEngine, { good, refused }: Queries, bad: string): Promise<number> {
	const sumOf = async (rows: string): Promise<number> => {
		const [[sum]] = await engine.rows(`SELECT coalesce(sum(abs(net_value)), 0)::DOUBLE FROM (${rows})`);
		return Number(sum);
	};
	const badValue = await sumOf(bad);
	return badValue === 0 ? 0 : badValue / (await sumOf(`${good} UNION ALL ${refused}`));
}

function reportOf(
	{ table, file }: IngestJob,
	{ numRows, parser }: OpenedFile,
	findings: Findings,
	numBad: number,
	digest: string,
): TableReport {
	const { whole, counts, problems } = parser;
	const numQuarantined = counts.bad + numBad;
	return {
		table,
		file: basename(file.path),
		format: file.format,
		dialect: whole.dialect,
		numRead: numRows,
		numAccepted: numRows - numQuarantined,
		numQuarantined,
		numProblems: counts.problems + findings.numProblems,
		numConsequences: findings.numConsequences,
		problems: [...[...problems, ...findings.causes].slice(0, MAX_PROBLEMS), ...findings.consequences].slice(0, MAX_PROBLEMS),
		warnings: [...whole.warnings, ...findings.warnings],
		digest,
	};
}
