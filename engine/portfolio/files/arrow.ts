import { createRequire } from "node:module";

/**
 * What the product's own files are written and read with: the library of Arrow in the one file that it is published as too, for its 146 modules
 * take every process and thread longer to load than most have to do. That file has the documented members alone; files of strangers,
 * of which more is to be known, are opened with the modules. Types are the library's own.
 */
export const {
	AsyncByteQueue,
	Bool,
	DataType,
	DateDay,
	Field,
	Float64,
	Int32,
	makeData,
	MessageReader,
	RecordBatch,
	RecordBatchFileWriter,
	RecordBatchReader,
	Schema,
	Struct,
	Table,
	tableToIPC,
	TimestampSecond,
	Uint8,
	Utf8,
} = createRequire(import.meta.url)("apache-arrow/Arrow.es2015.min") as typeof import("apache-arrow");
