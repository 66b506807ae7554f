import { CarteiraError, type ErrorCode } from "../../engine/index.ts";

/** Exit codes of the command line. */
export const EXIT = { fine: 0, violations: 1, usage: 2, invalidInput: 3, internal: 4 } as const;

/** How a command that ends well sets its exit code. */
export type SetExit = (code: number) => void;

const EXIT_OF: Readonly<Record<ErrorCode, number>> = {
	USAGE: EXIT.usage,
	INVALID_INPUT: EXIT.invalidInput,
	INVALID_POLICY: EXIT.invalidInput,
	IMPORT_REFUSED: EXIT.invalidInput,
	NOT_FOUND: EXIT.invalidInput,
	CONFLICT: EXIT.invalidInput,
	MODEL_MISMATCH: EXIT.invalidInput,
	NOT_ENOUGH_HISTORY: EXIT.invalidInput,
	BUSY: EXIT.internal,
	STORAGE_FAILED: EXIT.internal,
	INTERNAL: EXIT.internal,
};

/** Exit code of an error that ended a command. */
export function exitCodeOf(error: unknown): number {
	return error instanceof CarteiraError ? EXIT_OF[error.code] : EXIT.internal;
}
