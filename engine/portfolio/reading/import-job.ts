import type { Day } from "../../units.ts";
import type { TableFile } from "../files/find-tables.ts";
import type { TableReport } from "../portfolio.ts";
import type { TableName } from "../schema.ts";
import type { Manifest } from "../snapshot/manifest.ts";
import type { PartWriter } from "../snapshot/part-writer.ts";
import type { PathOf } from "../snapshot/store-folder.ts";
import type { BigFileLimits } from "./ingest-big.ts";
import type { ReadRules } from "./read-tables.ts";

/** Days, both ends among them. */
export interface DayRange {
	readonly from: Day;
	readonly to: Day;
}

/** A table's file and what it does to the table. */
export interface TableImport {
	readonly file: TableFile;
	readonly mode: "replace" | "upsert";
	/** Of orders that are laid over: those of these days that do not come again go. */
	readonly range?: DayRange | undefined;
}

export interface ImportJob {
	readonly store: string;
	/** The store's snapshot. */
	readonly manifest: Manifest;
	/** One after the other in this order, but that tables which others name come first. */
	readonly imports: readonly TableImport[];
	readonly rules: ReadRules;
	readonly limits: BigFileLimits;
	/** Private folder for the parts of the next snapshot; nothing else is changed. */
	readonly into: string;
}

export interface ImportResult {
	/** What came of reading the upload. */
	readonly report: TableReport;
	/** The snapshot with the upload in it, whose new parts lie in the private folder. */
	readonly manifest: Manifest;
}

/** A step of an import: an upload, or what was set aside, into the snapshot that the steps before it made. */
export interface ImportStep extends Omit<ImportJob, "imports"> {
	/** Null: only what was set aside before is tried again. */
	readonly upload: TableFile | null;
	readonly table: TableName;
	readonly mode: "replace" | "upsert";
	readonly range?: DayRange | undefined;
	readonly pathOf: PathOf;
	readonly writer: PartWriter;
}
