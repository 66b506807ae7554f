import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

/** A text, or what a file holds. */
type Source = { readonly text: string } | { readonly from: string };

/** Writes a new file, its folders with it, and puts its bytes on disk; answers their number and SHA-256. */
export async function saveFile(path: string, source: Source): Promise<{ readonly bytes: number; readonly sha256: string }> {
	await mkdir(dirname(path), { recursive: true });
	const hash = createHash("sha256");
	let bytes = 0;
	const file = await open(path, "wx");
	try {
		// Opened here and not before: a stream that fails while nobody reads it would end the process.
		const pieces: AsyncIterable<Buffer> | Buffer[] = "from" in source ? createReadStream(source.from) : [Buffer.from(source.text)];
		for await (const piece of pieces) {
			hash.update(piece);
			bytes += piece.length;
			await file.writeFile(piece);
		}
		await file.sync();
	} finally {
		await file.close();
	}
	return { bytes, sha256: hash.digest("hex") };
}
