import { createHash } from "node:crypto";
import { type Item, readItems } from "../../engine/index.ts";
import type { FastifyRequest } from "fastify";
import { auditEntryOf } from "../http/audit-log.ts";
import type { Once } from "../http/idempotency.ts";
import { HttpError } from "../http/problem.ts";
import { readBody } from "../http/receive-upload.ts";
import type { Services } from "../services.ts";
import type { PostedContact, PostOutcome } from "../store/held-contacts.ts";
import type { FirstAnswer } from "../store/store.ts";

/** Contacts that wait for a snapshot, beyond which they are brought into one though nobody asks for it. */
const MOST_WAITING = 20_000;

const OK = 200;

/** What became of one contact. */
interface Result {
	readonly contact_id: string | null;
	readonly result: "accepted" | "unchanged" | "stale" | "rejected";
	readonly code?: string;
	readonly column?: string;
	readonly message?: string;
}

/** A contact as it was read; null where it is rejected. */
interface Read {
	readonly item: Item;
	readonly contact: PostedContact | null;
}

function parseJson(text: string): { readonly value: unknown } | null {
	try {
		return { value: JSON.parse(text) };
	} catch {
		return null;
	}
}

/** A body's text, without a byte order mark. What is not UTF-8 is refused: replaced bytes would make another id or text of it. */
function textOf(bytes: Uint8Array): string {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		throw new HttpError("MALFORMED", "the body is not UTF-8");
	}
}

/** The values of a body: those of an array, one alone, or one a line. A line that is no JSON is a value that no row can be. */
function valuesOf(text: string, format: "json" | "ndjson"): readonly unknown[] {
	if (format === "ndjson") {
		const lines = text.split("\n").filter((line) => line.trim() !== "");
		return lines.map((line) => parseJson(line)?.value ?? line);
	}
	const parsed = parseJson(text);
	if (parsed === null) throw new HttpError("MALFORMED", "the body is not JSON");
	return Array.isArray(parsed.value) ? parsed.value : [parsed.value];
}

/** Rows as JSON has them, each with what is wrong with it. */
export function readContacts(values: readonly unknown[]): Read[] {
	return readItems("contacts", values).map((found) => {
		const id = found.row.contact_id;
		const item = { ...found, problem: found.problem ?? (id === undefined ? found.unsent : null) };
		if (item.problem !== null || typeof id !== "string") return { item, contact: null };
		const digest = createHash("sha256")
			.update(JSON.stringify(item.row, Object.keys(item.row).sort()))
			.digest("hex");
		const { source_version: stated } = item.row;
		const version = stated === undefined || stated === null || stated === "" ? null : Number(stated);
		return { item, contact: { contactId: id, row: item.row, digest, isWhole: item.unsent === null, version } };
	});
}

function resultOf({ item, contact }: Read, outcome: PostOutcome | undefined): Result {
	const id = item.row.contact_id;
	const contact_id = typeof id === "string" && id !== "" ? id : null;
	if (contact !== null && outcome !== undefined && outcome !== "unknown") return { contact_id, result: outcome };
	const { code = "unknown", column, message = "" } = item.problem ?? item.unsent ?? {};
	return { contact_id, result: "rejected", code, ...(column !== undefined && { column }), message };
}

function answerOf(read: readonly Read[], outcomes: readonly PostOutcome[]): FirstAnswer {
	let next = 0;
	const results = read.map((one) => resultOf(one, one.contact === null ? undefined : outcomes[next++]));
	const count = (result: Result["result"]): number => results.filter((one) => one.result === result).length;
	const counts = { accepted: count("accepted"), unchanged: count("unchanged"), stale: count("stale"), rejected: count("rejected") };
	return { status: OK, location: null, body: JSON.stringify({ ...counts, results }) };
}

/**
 * Takes contacts one by one: each is a durable row when it is acknowledged, and part of the snapshot that the next plan, decision or
 * import reads. They may come in any order, and again.
 */
export async function postContacts(
	request: FastifyRequest,
	portfolio: string,
	format: "json" | "ndjson",
	once: Once,
	{ config: { limits }, tenants, log }: Services,
): Promise<FirstAnswer> {
	const contentDigest = request.headers["content-digest"]?.toString();
	const { bytes, digest } = await readBody(request.raw, { maxBytes: limits.max_json_bytes, contentDigest });
	const values = valuesOf(textOf(bytes), format);
	const most = limits.max_contacts_at_once;
	if (values.length > most)
		throw new HttpError("TOO_LARGE", `${values.length} contacts; at most ${most} in one post, or any number as CSV, Parquet or Arrow`);
	const read = readContacts(values);
	const contacts = read.flatMap(({ contact }) => contact ?? []);
	const { name: tenant, portfolios } = request.tenant;
	return once(request, digest, async (key) => {
		let answer: FirstAnswer | null = null;
		const answerWith = (outcomes: readonly PostOutcome[]): FirstAnswer => (answer = answerOf(read, outcomes));
		const audit = auditEntryOf(request, OK);
		const outcomes = await tenants.held.post({ tenant, portfolio, contacts, audit, ...(key && { once: { key, answerOf: answerWith } }) });
		request.auditedAs = OK;
		if (tenants.held.of(tenant).countWaiting(portfolio) > MOST_WAITING)
			portfolios.fold(portfolio).catch((error: unknown) => log.error({ err: error }, "contacts wait that should be in a snapshot"));
		return answer ?? answerWith(outcomes);
	});
}
