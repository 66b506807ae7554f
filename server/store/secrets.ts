import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** A secret just made: its text is told to whoever asked for it and never again; its hash is kept. */
export interface NewSecret {
	readonly id: string;
	readonly text: string;
	readonly hash: string;
}

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Makes a secret that names its kind and its id. It has 256 random bits, so that a plain digest of it cannot be turned back. */
export function makeSecret(kind: string): NewSecret {
	const id = randomBytes(8).toString("hex");
	const text = `${kind}_${id}_${randomBytes(32).toString("base64url")}`;
	return { id, text, hash: digestOf(text) };
}

/** The id that a text of the kind names; undefined for any other text. */
export function secretId(kind: string, text: string): string | undefined {
	const [, named, id] = /^([a-z]+)_([0-9a-f]{16})_[\w-]{43}$/.exec(text) ?? [];
	return named === kind ? id : undefined;
}

/** Is this the text of a hash? Takes the same time whatever differs. */
export function isSecret(hash: string, text: string): boolean {
	return timingSafeEqual(Buffer.from(hash), Buffer.from(digestOf(text)));
}
