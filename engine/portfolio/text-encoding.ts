import { isUtf8 } from "node:buffer";
import iconv from "iconv-lite";
import { CarteiraError } from "../errors.ts";

/** A text file as UTF-8 bytes without its byte order mark. */
export interface DecodedText {
	readonly bytes: Buffer;
	readonly encoding: "UTF-8" | "UTF-16" | "Windows-1252";
}

/** Detects the encoding: a byte order mark first, else UTF-8 where the bytes are valid, else Windows-1252. Binary files are refused. */
export function decodeText(bytes: Buffer): DecodedText {
	if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return fromUtf8(bytes.subarray(3));
	const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
	if (isUtf16) return { bytes: Buffer.from(iconv.decode(bytes, "utf-16")), encoding: "UTF-16" };
	if (bytes.includes(0)) throw new CarteiraError("INVALID_INPUT", "binary data where a text file was expected (it holds NUL bytes)");
	if (isUtf8(bytes)) return fromUtf8(bytes);
	return { bytes: fromWindows1252(bytes), encoding: "Windows-1252" };
}

/** In pieces, because a string holds half a gigabyte at most. */
function fromWindows1252(bytes: Buffer): Buffer {
	const size = 1 << 26;
	const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
	return Buffer.concat(pieces.map((piece) => Buffer.from(iconv.decode(piece, "windows-1252"))));
}

function fromUtf8(bytes: Buffer): DecodedText {
	if (bytes.includes(0)) throw new CarteiraError("INVALID_INPUT", "binary data where a text file was expected (it holds NUL bytes)");
	if (!isUtf8(bytes)) throw new CarteiraError("INVALID_INPUT", "a UTF-8 byte order mark before bytes that are not UTF-8");
	return { bytes, encoding: "UTF-8" };
}
