import { createHash } from "node:crypto";
import type { Receipt } from "./plan-document.ts";

/** JSON with keys sorted at every depth and no white space: equal values have equal text. */
export function canonicalJson(value: unknown): string {
	if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
	if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
	const members = Object.entries(value).filter(([, member]) => member !== undefined);
	members.sort(([a], [b]) => (a < b ? -1 : 1));
	return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(",")}}`;
}

/** SHA-256 of a text, hex. */
export function digestOf(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}

/** A plan's name is its receipt's digest: the same inputs, policy, model, engine, seed and iterations are the same plan. */
export function planIdOf(receipt: Receipt): string {
	return digestOf(canonicalJson(receipt)).slice(0, 32);
}

/** Name of a contact that stays the same from plan to plan while rep, date and customer do. */
export function entryIdOf(repId: string, date: string, customerId: string): string {
	return digestOf(JSON.stringify([repId, date, customerId])).slice(0, 16);
}
