import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import type { Data } from "apache-arrow";
import { AsyncByteQueue, Bool, DateDay, Field, Float64, makeData, RecordBatch, RecordBatchFileWriter, Schema, Struct, TimestampMillisecond, Utf8 } from "apache-arrow";
import type { ColumnSpec, ColumnType } from "./schema.ts";
import type { Cell, TableWriter } from "./write-table.ts";
import { formatClock, renameDurably } from "./write-table.ts";
