import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { CarteiraError } from "../../../engine/errors.ts";
import { decodeText, type TextEncoding } from "../../../engine/portfolio/files/text-encoding.ts";
import { openText, openUtf8File } from "../../../engine/portfolio/ingest/utf8-file.ts";
import { temporaryFolder } from "../sample-folder.ts";

/** Bytes of a piece: far fewer than in use, so that characters of 2, 3 and 4 bytes lie across cuts at each of their bytes. */
const PIECES = [4, 5, 7, 64, 1021];
const LONG = "açúcar; € – 😀; R$ 1.234,56\r\n".repeat(100);
const LATIN = "açúcar;pão de ló\n".repeat(220);

interface TextFile {
	readonly name: string;
	readonly make: () => Buffer;
	readonly stated?: TextEncoding;
}

const FILES: readonly TextFile[] = [
	{ name: "UTF-8", make: () => Buffer.from(LONG) },
	{ name: "UTF-8 that begins one byte later", make: () => Buffer.from(`x${LONG}`) },
	{ name: "UTF-8 that begins two bytes later, under its mark", make: () => Buffer.from(`\uFEFFxx${LONG}`) },
	{ name: "UTF-8 that is cut inside a character", make: () => Buffer.from(`${LONG}é`).subarray(0, -1) },
	{ name: "UTF-16 under its mark", make: () => Buffer.from(`\uFEFF${LONG}`, "utf16le") },
	{ name: "UTF-16 that begins one character later", make: () => Buffer.from(`\uFEFFx${LONG}`, "utf16le") },
	{ name: "UTF-16 the other way round", make: () => Buffer.from(`\uFEFF${LONG}`, "utf16le").swap16() },
	{ name: "Windows-1252", make: () => iconv.encode(LATIN, "windows-1252") },
	{ name: "IBM850, which is not guessed", make: () => iconv.encode(LATIN, "cp850") },
	{ name: "IBM850, stated", make: () => iconv.encode(LATIN, "cp850"), stated: "IBM850" },
	{ name: "Windows-1252 with one character of UTF-8", make: () => Buffer.concat([iconv.encode(LATIN, "windows-1252"), Buffer.from("é")]) },
	{ name: "a NUL byte behind everything", make: () => Buffer.from(`${LATIN}\0`) },
	{ name: "a NUL of UTF-16", make: () => Buffer.from(`\uFEFF${LATIN}\0`, "utf16le") },
	{ name: "bytes that are not UTF-8, stated as such", make: () => iconv.encode("ção", "windows-1252"), stated: "UTF-8" },
	{ name: "a mark alone", make: () => Buffer.from("\uFEFF") },
];

type Answer = { encoding: string; bytes: Buffer } | { message: string };

function answerOf(read: () => Answer): Answer {
	try {
		return read();
	} catch (error) {
		if (!(error instanceof CarteiraError)) throw error;
		return { message: error.message };
	}
}

describe("a text file that is read in pieces", () => {
	it.each(FILES.flatMap((file) => PIECES.map((pieceBytes) => ({ ...file, pieceBytes }))))(
		"is decoded as it would be whole: $name, in pieces of $pieceBytes bytes",
		({ make, stated, pieceBytes }) => {
			const folder = temporaryFolder();
			const path = join(folder, "file.csv");
			const bytes = make();
			writeFileSync(path, bytes);
			const whole = answerOf(() => decodeText(bytes, stated));
			const pieces = answerOf(() => {
				const file = openUtf8File(path, join(folder, "text.csv"), stated, pieceBytes);
				const text = openText(file);
				const all = Buffer.from(text.subarray(0, text.length));
				text.close();
				if (file.encoding !== "UTF-8") expect(readFileSync(join(folder, "text.csv")).equals(all)).toBe(true);
				return { encoding: file.encoding, bytes: all };
			});
			if ("message" in whole || "message" in pieces) expect(pieces).toEqual(whole);
			else expect([pieces.encoding, pieces.bytes.equals(whole.bytes)]).toEqual([whole.encoding, true]);
		},
	);

	it.each([
		["a\nb\n", { numLineEnds: 2, lineEnd: "\n", endsOpen: false }],
		["a\r\nb", { numLineEnds: 1, lineEnd: "\r\n", endsOpen: true }],
		["a\rb\r", { numLineEnds: 2, lineEnd: null, endsOpen: false }],
		["a\r\nb\n", { numLineEnds: 2, lineEnd: null, endsOpen: false }],
		['a;"b";c\n', { hasLooseQuote: false }],
		['a; "b";c\n', { hasLooseQuote: true }],
		['a;"b"\t;c\n', { hasLooseQuote: true }],
	])("tells its lines and quotes: %j", (text, facts) => {
		const folder = temporaryFolder();
		writeFileSync(join(folder, "file.csv"), text);
		expect(openUtf8File(join(folder, "file.csv"), join(folder, "text.csv"), undefined).facts).toMatchObject(facts);
	});
});
