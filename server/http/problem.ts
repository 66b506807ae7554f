import { CarteiraError, type ErrorCode, type InputProblem } from "../../engine/index.ts";
import { isDiskFailure } from "../file-error.ts";

/** Codes of refusals that are HTTP's own, with their status and meaning. The engine's codes are in `ERROR_CODES`. */
export const HTTP_CODES = {
	MALFORMED: { status: 400, meaning: "the request cannot be read: broken JSON, an unknown or badly written parameter" },
	DIGEST_MISMATCH: { status: 400, meaning: "the body is not the one that Content-Digest promises" },
	UNAUTHORIZED: { status: 401, meaning: "no key was sent, or one that is unknown, expired or revoked" },
	FORBIDDEN: { status: 403, meaning: "the key lacks the call's scope; without keys, another site or name than this machine's" },
	UNKNOWN_ROUTE: { status: 404, meaning: "no call of the API has this method and path" },
	NOT_ACCEPTABLE: { status: 406, meaning: "none of the media types in Accept can be given" },
	IN_PROGRESS: { status: 409, meaning: "the first request with this Idempotency-Key has not been answered yet" },
	TOO_SLOW: { status: 408, meaning: "the request did not arrive in time" },
	TOO_LARGE: { status: 413, meaning: "the body is larger than the limit in `GET /v1/limits`" },
	UNSUPPORTED_MEDIA_TYPE: { status: 415, meaning: "the body's Content-Type or Content-Encoding is not one that the call takes" },
	UNPROCESSABLE: { status: 422, meaning: "the body is JSON, and its fields are not those of the call" },
	EXPECTATION_FAILED: { status: 417, meaning: "the request expects something else than 100-continue" },
	HEADERS_TOO_LARGE: { status: 431, meaning: "the request's headers are larger than 16 KiB" },
	RATE_LIMITED: { status: 429, meaning: "too many requests in a minute" },
	TIMED_OUT: { status: 503, meaning: "the call took longer than it may" },
} as const;
export type HttpCode = keyof typeof HTTP_CODES;

/** HTTP status of each error of the engine. */
export const ENGINE_STATUS: Readonly<Record<ErrorCode, number>> = {
	USAGE: 400,
	INVALID_INPUT: 422,
	INVALID_POLICY: 422,
	IMPORT_REFUSED: 422,
	NOT_FOUND: 404,
	CONFLICT: 409,
	MODEL_MISMATCH: 409,
	NOT_ENOUGH_HISTORY: 422,
	BUSY: 503,
	STORAGE_FAILED: 507,
	INTERNAL: 500,
};

const TITLES: Readonly<Record<number, string>> = {
	400: "Bad request",
	401: "Unauthorized",
	403: "Forbidden",
	404: "Not found",
	406: "Not acceptable",
	408: "Request timeout",
	409: "Conflict",
	413: "Too large",
	415: "Unsupported media type",
	417: "Expectation failed",
	422: "Unprocessable",
	429: "Too many requests",
	431: "Headers too large",
	500: "Internal error",
	503: "Unavailable",
	507: "Insufficient storage",
};

/** A refusal that only HTTP knows. */
export class HttpError extends Error {
	readonly code: HttpCode;
	readonly problems: readonly InputProblem[];

	constructor(code: HttpCode, message: string, problems: readonly InputProblem[] = []) {
		super(message);
		this.name = "HttpError";
		this.code = code;
		this.problems = problems;
	}
}

/** Body of an error answer (RFC 9457). */
export interface Problem {
	readonly type: string;
	readonly title: string;
	readonly status: number;
	readonly code: string;
	readonly detail: string;
	readonly trace_id: string;
	/** The first of them. */
	readonly errors: readonly InputProblem[];
	/** How many there are in all. */
	readonly num_errors: number;
}

interface Refusal {
	readonly status: number;
	readonly code: string;
	readonly detail: string;
	readonly errors?: readonly InputProblem[];
	readonly numErrors?: number;
}

function buildProblem({ status, code, detail, errors = [], numErrors = errors.length }: Refusal, traceId: string): Problem {
	const type = `urn:carteira:error:${code.toLowerCase().replaceAll("_", "-")}`;
	return {
		type,
		title: TITLES[status] ?? "Error",
		status,
		code,
		detail,
		trace_id: traceId,
		errors: errors.slice(0, 100),
		num_errors: numErrors,
	};
}

const INTERNAL: Refusal = { status: 500, code: "INTERNAL", detail: "a defect of the service; its log has the cause under the trace id" };

/** Codes by which the HTTP framework names what clients can get wrong, and ours for them. */
const FRAMEWORK_CODES: Readonly<Record<string, HttpCode>> = {
	FST_ERR_CTP_INVALID_MEDIA_TYPE: "UNSUPPORTED_MEDIA_TYPE",
	FST_ERR_CTP_BODY_TOO_LARGE: "TOO_LARGE",
	FST_ERR_HANDLER_TIMEOUT: "TIMED_OUT",
};

/** A path such as `/budget/seconds` and what is wrong there, from the validator. */
interface ValidationIssue {
	readonly instancePath: string;
	readonly message?: string;
	readonly params?: { readonly keys?: readonly string[] };
}
interface FrameworkError {
	readonly code?: string;
	readonly statusCode?: number;
	readonly message: string;
	readonly validation?: readonly ValidationIssue[];
	readonly validationContext?: string;
}

function validationRefusal(issues: readonly ValidationIssue[], context: string): Refusal {
	const code = context === "body" ? "UNPROCESSABLE" : "MALFORMED";
	const errors = issues.flatMap(({ instancePath, message = "not accepted", params }) => {
		const path = instancePath.replace(/\/$/, ""); // the root is the empty pointer (RFC 6901)
		const paths = params?.keys?.map((key) => `${path}/${key}`) ?? [path]; // fields that the call does not know
		return paths.map((pointer) => ({ pointer: context === "body" ? pointer : `${context}:${pointer}`, code, message }));
	});
	const where = errors.map(({ pointer, message }) => `${pointer || "the whole"}: ${message}`);
	return { status: HTTP_CODES[code].status, code, detail: `the ${context} is not accepted: ${where.slice(0, 3).join("; ")}`, errors };
}

const STORAGE_FAILED: Refusal = {
	status: ENGINE_STATUS.STORAGE_FAILED,
	code: "STORAGE_FAILED",
	detail: "the disk is full or fails; nothing of the call was kept, and what was kept before stays",
};

function frameworkRefusal(error: FrameworkError): Refusal {
	if (error.validation) return validationRefusal(error.validation, error.validationContext ?? "body");
	const status = error.statusCode ?? 500;
	const named = FRAMEWORK_CODES[error.code ?? ""];
	if (named) return { status: HTTP_CODES[named].status, code: named, detail: error.message };
	if (status === 429) return { status, code: "RATE_LIMITED", detail: error.message };
	if (status >= 400 && status < 500) return { status: 400, code: "MALFORMED", detail: error.message };
	return INTERNAL;
}

/** What a client is told of an error: everything about its own mistakes, nothing about ours but the trace id. */
export function problemOf(error: unknown, traceId: string): Problem {
	if (error instanceof HttpError) {
		return buildProblem(
			{ status: HTTP_CODES[error.code].status, code: error.code, detail: error.message, errors: error.problems },
			traceId,
		);
	}
	if (isDiskFailure(error)) return buildProblem(STORAGE_FAILED, traceId); // whose own words name folders of this machine
	if (error instanceof CarteiraError && error.code !== "INTERNAL") {
		const { code, message, details, numProblems } = error;
		return buildProblem({ status: ENGINE_STATUS[code], code, detail: message, errors: details, numErrors: numProblems }, traceId);
	}
	if (error instanceof Error && !(error instanceof CarteiraError)) return buildProblem(frameworkRefusal(error), traceId);
	return buildProblem(INTERNAL, traceId);
}
