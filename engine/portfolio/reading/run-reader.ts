import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileCacheFolder } from "../../compile-cache.ts";
import { CarteiraError, type ErrorCode, type InputProblem } from "../../errors.ts";
import { sizeAsText } from "../files/file-limits.ts";
import type { TableFile } from "../files/find-tables.ts";
import type { EraseJob, eraseRows } from "./erase-rows.ts";
import type { importRows } from "./import-rows.ts";
import type { ImportJob } from "./import-job.ts";
import type { BigFileLimits } from "./ingest-big.ts";
import type { ReadRules } from "./read-tables.ts";
import { type EventTableName, filesOf, type Manifest } from "../snapshot/manifest.ts";

/** What the reading process may use. */
export interface ReadLimits {
	/** Wall clock; grows with the size of the files unless it is given. */
	readonly seconds: number;
	/** Of private memory; enforced where `prlimit` is there. The process itself needs some 700. */
	readonly megabytes: number;
	/** Files of orders and contacts that as text have this size or more are read by the columnar engine, whose memory does not grow with them. */
	readonly bigBytes: number;
}

const DEFAULT_MEGABYTES = 8192;
const DEFAULT_BIG_BYTES = 64 << 20;
/** A minute to begin with, and a second for each of so many bytes of text: some thirty times what they take on an idle machine. */
const BASE_SECONDS = 60;
const BYTES_PER_SECOND = 1_000_000;
/** Bytes of text up to which no step of a job takes more than seconds. */
const SHORT_BYTES = 1 << 20;

export interface ReadJob {
	readonly kind: "read";
	readonly files: readonly TableFile[];
	readonly rules: ReadRules;
	/** policy.json, verbatim. */
	readonly policy: string | null;
	/** Private folder for the parts of a snapshot. */
	readonly into: string;
	/** Is the snapshot to last and to be imported into? */
	readonly isKept: boolean;
	readonly limits: BigFileLimits;
}

export interface CompactJob {
	readonly store: string;
	readonly manifest: Manifest;
	readonly tables: readonly EventTableName[];
	readonly into: string;
}

export type Job =
	| ReadJob
	| ({ readonly kind: "import" } & ImportJob)
	| ({ readonly kind: "compact" } & CompactJob)
	| ({ readonly kind: "erase" } & EraseJob);

/** What the process is told: a job, and whether it has steps that keep it from hearing for long that nobody waits any more. */
export type Order = Job & { readonly isLong: boolean };

type Imported = Awaited<ReturnType<typeof importRows>>;
type Erased = Awaited<ReturnType<typeof eraseRows>>;

/** What a job comes to. Errors lose their class between processes, and are rebuilt from this. */
export type Outcome =
	| { readonly kind: "read"; readonly manifest: Manifest }
	| { readonly kind: "imported"; readonly result: Imported }
	| { readonly kind: "compacted"; readonly manifest: Manifest }
	| { readonly kind: "erased"; readonly result: Erased }
	| {
			readonly kind: "failed";
			readonly code: ErrorCode;
			readonly message: string;
			readonly details: readonly InputProblem[];
			readonly numProblems: number;
	  };

export type Message = { readonly kind: "reading"; readonly file: string } | Outcome;

const ENTRY = fileURLToPath(new URL("./read-process.ts", import.meta.url));
const PRLIMIT = ["/usr/bin/prlimit", "/bin/prlimit"].find((path) => existsSync(path));

/** Reads the files of a portfolio into the parts of a snapshot, in a process of its own. */
export async function runRead(job: Omit<ReadJob, "kind" | "limits">, limits?: Partial<ReadLimits>): Promise<Manifest> {
	const outcome = await runJob({ kind: "read", ...job, limits: bigLimits(limits) }, limits);
	if (outcome.kind === "read") return outcome.manifest;
	throw errorOf(outcome);
}

/** Reads and validates uploads in a process of its own, and stages what is to be changed. */
export async function runImport(job: Omit<ImportJob, "limits">, limits?: Partial<ReadLimits>): Promise<Imported> {
	const outcome = await runJob({ kind: "import", ...job, limits: bigLimits(limits) }, limits);
	if (outcome.kind === "imported") return outcome.result;
	throw errorOf(outcome);
}

/** Merges deltas into their bases in a process of its own. */
export async function runCompact(job: CompactJob, limits?: Partial<ReadLimits>): Promise<Manifest> {
	const outcome = await runJob({ kind: "compact", ...job }, limits);
	if (outcome.kind === "compacted") return outcome.manifest;
	throw errorOf(outcome);
}

/** Writes a snapshot without a customer in a process of its own. */
export async function runErase(job: EraseJob, limits?: Partial<ReadLimits>): Promise<Erased> {
	const outcome = await runJob({ kind: "erase", ...job }, limits);
	if (outcome.kind === "erased") return outcome.result;
	throw errorOf(outcome);
}

function bigLimits({ megabytes = DEFAULT_MEGABYTES, bigBytes = DEFAULT_BIG_BYTES }: Partial<ReadLimits> = {}): BigFileLimits {
	return { megabytes, bigBytes };
}

function errorOf(outcome: Outcome): CarteiraError {
	if (outcome.kind !== "failed") return new CarteiraError("INTERNAL", `the reading process answered ${outcome.kind}`);
	return new CarteiraError(outcome.code, outcome.message, outcome.details, outcome.numProblems);
}

/**
 * Runs a job in a process of its own, with a deadline and a cap on memory. Its failures come back as CarteiraErrors; its death or
 * silence is one too, and names the file that it was reading. Settles when the process has ended, and so touches no file any more.
 */
function runJob(job: Job, given: Partial<ReadLimits> = {}): Promise<Outcome> {
	const numBytes = filesRead(job).reduce((sum, path) => sum + sizeAsText(path), 0);
	const limits = {
		seconds: BASE_SECONDS + Math.ceil(numBytes / BYTES_PER_SECOND),
		megabytes: DEFAULT_MEGABYTES,
		bigBytes: DEFAULT_BIG_BYTES,
		...given,
	};
	return new Promise((settle, fail) => {
		const child = startCapped(ENTRY, limits.megabytes);
		let file = nameOf(job);
		let stderr = "";
		let isLate = false;
		let outcome: Outcome | null = null;
		const deadline = setTimeout(() => {
			isLate = true;
			child.kill("SIGKILL");
		}, limits.seconds * 1000);
		child.stderr?.on("data", (text: Buffer) => {
			stderr = (stderr + text.toString()).slice(-4000);
		});
		child.on("message", (message: Message) => {
			if (message.kind === "reading") file = message.file;
			else {
				outcome = message;
				child.kill("SIGKILL"); // it has nothing left to do, and a runtime's own end was seen to hang
			}
		});
		child.on("error", (error) => {
			clearTimeout(deadline);
			fail(new CarteiraError("INTERNAL", `the reading process did not start: ${error.message}`));
		});
		child.on("close", (code, signal) => {
			clearTimeout(deadline);
			if (outcome) return settle(outcome);
			fail(
				isLate
					? died(file, "too_slow", `reading it took longer than ${limits.seconds} s`)
					: deathOf(file, signal ?? `exit ${code}`, stderr, limits),
			);
		});
		child.send({ ...job, isLong: numBytes > SHORT_BYTES } satisfies Order, (error) => {
			if (error) child.kill("SIGKILL");
		});
	});
}

function nameOf(job: Job): string {
	if (job.kind === "read") return "the folder";
	return job.kind === "import" ? (job.imports[0]?.file.path ?? job.store) : job.store;
}

/** All files that the job may read; one that is gone or cannot be reached is told by the job itself. */
function filesRead(job: Job): string[] {
	if (job.kind === "read") return job.files.map(({ path }) => path);
	const uploads = job.kind === "import" ? job.imports.map(({ file }) => file.path) : [];
	return [...uploads, ...[...filesOf(job.manifest)].map((name) => join(job.store, "parts", name))];
}

/** Starts a process that may hold so much private memory. */
export function startCapped(entry: string, megabytes: number): ChildProcess {
	const node = [process.execPath, `--max-old-space-size=${Math.floor(megabytes * 0.75)}`, entry];
	const [command, ...args] = PRLIMIT ? [PRLIMIT, `--data=${megabytes * 1_048_576}`, ...node] : node;
	const cache = compileCacheFolder();
	const env = { PATH: process.env.PATH, ...(cache !== undefined && { NODE_COMPILE_CACHE: cache }) };
	return spawn(command, args, { stdio: ["ignore", "ignore", "pipe", "ipc"], env });
}

function deathOf(file: string, how: string, stderr: string, { megabytes }: ReadLimits): CarteiraError {
	const isMemory = /heap out of memory|allocation failed|bad_alloc|ENOMEM|Out of memory/i.test(stderr);
	if (isMemory) return died(file, "too_large", `reading it needs more than ${megabytes} MB`);
	return died(file, "unreadable_file", `the reading process died on it (${how})`);
}

function died(file: string, code: string, reason: string): CarteiraError {
	return new CarteiraError("INVALID_INPUT", `${file}: ${reason}`, [{ code, value: file, message: reason }]);
}
