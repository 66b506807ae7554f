import { createHash, type Hash, randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { HttpError } from "./problem.ts";

/** A request body on disk. */
export interface Received {
	readonly path: string;
	readonly numBytes: number;
	/** SHA-256 of the bytes, hex. */
	readonly digest: string;
}

const DIGESTS: Readonly<Record<string, string>> = { "sha-256": "sha256", "sha-512": "sha512" };

/** The digests that a Content-Digest header promises (RFC 9530), of the algorithms that are safe; others are passed over. */
function promisedDigests(header: string | undefined): { readonly name: string; readonly hash: Hash; readonly base64: string }[] {
	if (header === undefined) return [];
	return header.split(",").flatMap((member) => {
		const match = /^\s*([a-z0-9-]+)=:([A-Za-z0-9+/]+=*):\s*$/.exec(member);
		if (!match) throw new HttpError("MALFORMED", `Content-Digest ${member.trim()} is not written like sha-256=:…:`);
		const algorithm = DIGESTS[match[1]];
		return algorithm === undefined ? [] : [{ name: match[1], hash: createHash(algorithm), base64: match[2] }];
	});
}

/** What a body brings; where its connection ends too soon the client is to blame, not the service. */
async function* chunksOf(body: Readable): AsyncGenerator<Buffer> {
	try {
		// Destroying the body would close the connection before the refusal is sent.
		yield* body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
	} catch {
		throw new HttpError("MALFORMED", "the body ended before it was complete");
	}
}

/** What a body may be and must be. */
interface Expected {
	readonly maxBytes: number;
	readonly contentDigest: string | undefined;
}

/** A body's chunks, counted and hashed as they come, so that one without a length is held to the limit as well. */
function openBody(body: Readable, { maxBytes, contentDigest }: Expected) {
	const promised = promisedDigests(contentDigest);
	const hash = createHash("sha256");
	let numBytes = 0;
	return {
		async *chunks(): AsyncGenerator<Buffer> {
			for await (const chunk of chunksOf(body)) {
				numBytes += chunk.length;
				if (numBytes > maxBytes) throw new HttpError("TOO_LARGE", `the body is larger than ${maxBytes} bytes`);
				hash.update(chunk);
				for (const { hash: other } of promised) other.update(chunk);
				yield chunk;
			}
		},
		/** Once all of it is there. */
		finish() {
			for (const { name, hash: other, base64 } of promised) {
				const found = other.digest("base64");
				if (found !== base64) throw new HttpError("DIGEST_MISMATCH", `the body's ${name} is :${found}:, Content-Digest says :${base64}:`);
			}
			return { numBytes, digest: hash.digest("hex") };
		},
	};
}

/** Reads a body that memory can hold. */
export async function readBody(body: Readable, expected: Expected): Promise<{ readonly bytes: Buffer; readonly digest: string }> {
	const open = openBody(body, expected);
	const chunks: Buffer[] = [];
	for await (const chunk of open.chunks()) chunks.push(chunk);
	return { bytes: Buffer.concat(chunks), digest: open.finish().digest };
}

/** Streams a body into a file of its own and gives the file to `use`, after which it is gone. */
export async function receiveUpload<T>(
	body: Readable,
	options: Expected & { readonly folder: string },
	use: (received: Received) => Promise<T>,
): Promise<T> {
	const open = openBody(body, options);
	const path = join(options.folder, randomBytes(12).toString("hex"));
	try {
		await pipeline(open.chunks(), createWriteStream(path));
		return await use({ path, ...open.finish() });
	} finally {
		await rm(path, { force: true });
	}
}
