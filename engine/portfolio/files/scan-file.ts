import { createHash } from "node:crypto";
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { basename } from "node:path";
import { CarteiraError } from "../../errors.ts";
import { MAX_FILE_BYTES } from "./file-limits.ts";

/** Files larger than this are refused: rows are counted in 32 bits, and disks end. */
const MAX_STREAMED_BYTES = 200_000_000_000;
export const PIECE_BYTES = 1 << 24;

/** Gives the bytes of a file piece by piece; the buffer is used again for the next one. */
export function eachPiece(path: string, onPiece: (piece: Buffer, isLast: boolean) => void, from = 0, pieceBytes = PIECE_BYTES): void {
	const file = openSync(path, "r");
	try {
		const { size } = fstatSync(file);
		const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, Math.max(1, size - from)));
		for (let at = from; at < size; ) {
			const read = readSync(file, buffer, 0, buffer.length, at);
			if (read === 0) break;
			at += read;
			onPiece(buffer.subarray(0, read), at >= size);
		}
	} finally {
		closeSync(file);
	}
}

/** Refuses what is no file, an empty one and one too large; answers its bytes. */
export function sizeOfFile(path: string, most = MAX_STREAMED_BYTES): number {
	const file = reached(() => statSync(path));
	if (!file.isFile()) throw new CarteiraError("INVALID_INPUT", "something else than a file; expected a table");
	if (file.size > most) throw new CarteiraError("INVALID_INPUT", `${file.size} bytes; at most ${most} are read`);
	if (file.size === 0) throw new CarteiraError("INVALID_INPUT", "an empty file; expected a table");
	return file.size;
}

/** Bytes of a file that one buffer holds; refuses what `sizeOfFile` does. */
export function loadBytes(path: string): Buffer {
	sizeOfFile(path, MAX_FILE_BYTES);
	return reached(() => readFileSync(path));
}

function reached<Found>(look: () => Found): Found {
	try {
		return look();
	} catch (error) {
		const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
		throw new CarteiraError("INVALID_INPUT", `cannot be read (${code})`);
	}
}

/** SHA-256 of a file's bytes, hex. */
export function digestOfFile(path: string): string {
	const hash = createHash("sha256");
	eachPiece(path, (piece) => void hash.update(piece));
	return hash.digest("hex");
}

/** Refuses a file with another SHA-256 than a file beside it states, where there is one. */
export function verifyDigest(path: string, digest: string): void {
	const stated = `${path}.sha256`;
	if (!existsSync(stated)) return;
	const expected = loadBytes(stated).toString("latin1", 0, 64).toLowerCase();
	if (digest !== expected)
		throw new CarteiraError("INVALID_INPUT", `its SHA-256 is ${digest}; expected ${expected}, as ${basename(stated)} says`);
}
