/**
 * Every code that a CarteiraError can carry, with what it means. The README lists them from here; the command line maps them to
 * exit codes and the server to HTTP status.
 */
export const ERROR_CODES = {
	USAGE: "the call itself is wrong: an unknown flag, a missing argument",
	INVALID_INPUT: "a file, row or value does not say what the contract asks for",
	INVALID_POLICY: "policy.json breaks its schema or contradicts itself",
	IMPORT_REFUSED: "more rows are bad than the policy tolerates; the previous version stays",
	NOT_FOUND: "what the call names is not there",
	CONFLICT: "the thing named is in a state that does not allow the call",
	MODEL_MISMATCH: "a model folder does not fit this engine's features",
	NOT_ENOUGH_HISTORY: "there are too few orders to train on",
	BUSY: "the bounded queue is full; try again later",
	STORAGE_FAILED: "the disk is full or fails: what the call would have kept is not kept, what was kept before stays",
	INTERNAL: "a defect of the engine",
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One place that is wrong in the input. `row` is 1-based in the file, header included, so that an editor's line number finds it. */
export interface InputProblem {
	readonly table?: string;
	readonly row?: number;
	readonly column?: string;
	readonly pointer?: string;
	readonly value?: string;
	readonly code: string;
	readonly message: string;
}

/** The one error of the engine: a stable code, a message that says what came, what was expected and where, and the first 100 problems. */
export class CarteiraError extends Error {
	readonly code: ErrorCode;
	readonly details: readonly InputProblem[];
	/** How many problems there were in all; `details` holds at most 100. */
	readonly numProblems: number;

	constructor(code: ErrorCode, message: string, details: readonly InputProblem[] = [], numProblems = details.length) {
		super(message);
		this.name = "CarteiraError";
		this.code = code;
		this.details = details.slice(0, 100);
		this.numProblems = numProblems;
	}
}
