import { CarteiraError, type ErrorCode, type InputProblem } from "./errors.ts";

/** An error in a form that survives the way between threads, where errors lose their class and their fields. */
export interface Failure {
	readonly code: ErrorCode;
	readonly message: string;
	readonly details: readonly InputProblem[];
	readonly numProblems: number;
}

/** What every entry returns. */
export type Outcome<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly failure: Failure };

/** Runs an entry's work; errors become failures, unknown ones a defect of the engine. */
export function outcomeOf<Value>(work: () => Value): Outcome<Value> {
	try {
		return { ok: true, value: work() };
	} catch (error) {
		return { ok: false, failure: failureOf(error) };
	}
}

/** The same of work that takes its time. */
export async function outcomeLater<Value>(work: () => Promise<Value>): Promise<Outcome<Value>> {
	try {
		return { ok: true, value: await work() };
	} catch (error) {
		return { ok: false, failure: failureOf(error) };
	}
}

function failureOf(error: unknown): Failure {
	if (error instanceof CarteiraError) {
		const { code, message, details, numProblems } = error;
		return { code, message, details, numProblems };
	}
	const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
	return { code: "INTERNAL", message, details: [], numProblems: 0 };
}

/** The value of an outcome, or its failure thrown as the CarteiraError that it was. */
export function valueOf<Value>(outcome: Outcome<Value>): Value {
	if (outcome.ok) return outcome.value;
	const { code, message, details, numProblems } = outcome.failure;
	throw new CarteiraError(code, message, details, numProblems);
}
