import { createHash } from "node:crypto";
import { canonicalJson } from "../portfolio/files/canonical-json.ts";
import type { Receipt } from "./plan-document.ts";

export { canonicalJson };

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
