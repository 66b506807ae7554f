import { isAscii, isUtf8 } from "node:buffer";
import iconv from "iconv-lite";
import { CarteiraError } from "../../errors.ts";

/** Encodings of text files. IBM850 is that of old DOS systems; it is never guessed. */
export const TEXT_ENCODINGS = ["UTF-8", "UTF-16LE", "UTF-16BE", "Windows-1252", "IBM850"] as const;
export type TextEncoding = (typeof TEXT_ENCODINGS)[number];

/** A text file as UTF-8 bytes without its byte order mark. */
export interface DecodedText {
	readonly bytes: Buffer;
	readonly encoding: TextEncoding;
}

/** Bytes are decoded in pieces, because a string holds half a gigabyte at most. */
const PIECE = 1 << 26;

/**
 * Text in the stated encoding, else in the one that is detected: a byte order mark first, else UTF-8 where the bytes are valid, else
 * Windows-1252. Throws INVALID_INPUT for binary files, for bytes that the encoding does not have, and where the bytes speak against
 * Windows-1252 without telling what else they are.
 */
export function decodeText(bytes: Buffer, stated?: TextEncoding): DecodedText {
	const encoding = stated ?? detectEncoding(bytes);
	const marked = MARKS.find((mark) => mark.encoding === encoding && startsWith(bytes, mark.bytes));
	const text = marked ? bytes.subarray(marked.bytes.length) : bytes;
	if (encoding === "UTF-8" && !isUtf8(text)) throw invalid(`bytes that are not UTF-8, ${stated ? "as is stated" : "under its mark"}`);
	const decoded = encoding === "UTF-8" ? text : transcode(text, encoding);
	if (decoded.includes(0)) throw invalid("binary data where a text file was expected (it holds NUL bytes)");
	return { bytes: decoded, encoding };
}

/** Byte order marks. */
export const MARKS: readonly { readonly encoding: TextEncoding; readonly bytes: readonly number[] }[] = [
	{ encoding: "UTF-8", bytes: [0xef, 0xbb, 0xbf] },
	{ encoding: "UTF-16LE", bytes: [0xff, 0xfe] },
	{ encoding: "UTF-16BE", bytes: [0xfe, 0xff] },
];

function startsWith(bytes: Buffer, mark: readonly number[]): boolean {
	return mark.every((byte, i) => bytes[i] === byte);
}

function detectEncoding(bytes: Buffer): TextEncoding {
	const marked = MARKS.find((mark) => startsWith(bytes, mark.bytes));
	if (marked) return marked.encoding;
	if (bytes.includes(0)) throw invalid("binary data where a text file was expected (it holds NUL bytes; UTF-16 needs its mark)");
	if (isUtf8(bytes)) return "UTF-8";
	refuseDoubtful(bytes);
	return "Windows-1252";
}

function transcode(bytes: Buffer, encoding: TextEncoding): Buffer {
	const decode = decoderOf(encoding);
	const pieces: Buffer[] = [];
	for (let at = 0; at < bytes.length; at += PIECE) {
		const text = decode(bytes.subarray(at, at + PIECE), at + PIECE >= bytes.length);
		if (text === null || text.includes("\ufffd")) throw invalid(`bytes that ${encoding} does not have; state the encoding`);
		pieces.push(Buffer.from(text));
	}
	return Buffer.concat(pieces);
}

/** Decodes a file piece by piece; what the encoding does not have comes as U+FFFD or as null. */
export function decoderOf(encoding: TextEncoding): (piece: Buffer, isLast: boolean) => string | null {
	if (encoding === "Windows-1252" || encoding === "IBM850") {
		const name = encoding === "IBM850" ? "cp850" : encoding; // the runtime's own Windows-1252 lacks €, ’ and –
		return (piece) => iconv.decode(piece, name);
	}
	const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
	return (piece, isLast) => {
		try {
			return decoder.decode(piece, { stream: !isLast });
		} catch {
			return null;
		}
	};
}

/** Letters of Portuguese beyond ASCII. */
const LETTERS = "ÀÁÂÃÇÉÊÍÓÔÕÚÜàáâãçéêíóôõúü";
const isLetterOf = (encoding: string): readonly boolean[] => {
	const codes = iconv.encode(LETTERS, encoding);
	return Array.from({ length: 256 }, (_, byte) => codes.includes(byte));
};

function refuseDoubtful(bytes: Buffer): void {
	const judge = createWindowsJudge();
	judge.look(bytes, 0, bytes.length);
	judge.decide();
}

/**
 * Refuses bytes that are not UTF-8 and may be no Windows-1252 either: with characters of UTF-8 among them, which is a damaged file or
 * two files in one; or with more letters inside words if they are read as IBM850. `look` judges the bytes `from` … `to` - 1 and may
 * need one before and three behind them.
 */
export function createWindowsJudge() {
	const [inWindows, inDos] = [isLetterOf("windows-1252"), isLetterOf("cp850")];
	let numWindows = 0;
	let numDos = 0;
	return {
		look(bytes: Buffer, from: number, to: number): void {
			for (let i = from; i < to; i++) {
				if (bytes[i] < 0x80) continue;
				const length = characterLength(bytes, i);
				if (length > 1) throw invalid("characters of UTF-8 beside bytes that are not UTF-8; state the encoding if this is right");
				if (!isAsciiLetter(bytes[i - 1]) || !isAsciiLetter(bytes[i + 1])) continue;
				if (inWindows[bytes[i]]) numWindows++;
				if (inDos[bytes[i]]) numDos++;
			}
		},
		decide(): void {
			if (numDos > numWindows) throw invalid("bytes that read better as IBM850 than as Windows-1252; state the encoding");
		},
	};
}

/** Bytes of the UTF-8 character that begins at a byte; 1 where none does. */
function characterLength(bytes: Buffer, at: number): number {
	const length = bytes[at] >= 0xf0 ? 4 : bytes[at] >= 0xe0 ? 3 : 2;
	const character = bytes.subarray(at, at + length);
	return bytes[at] >= 0xc2 && character.length === length && isUtf8(character) && !isAscii(character) ? length : 1;
}

function isAsciiLetter(byte: number): boolean {
	return (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
}

function invalid(message: string): CarteiraError {
	return new CarteiraError("INVALID_INPUT", message);
}
