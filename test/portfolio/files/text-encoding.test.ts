import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { decodeText, TEXT_ENCODINGS } from "../../../engine/portfolio/files/text-encoding.ts";

const TEXT = "São João; pão de açúcar; 5 € – d’água";
const textOf = (bytes: Buffer, stated?: (typeof TEXT_ENCODINGS)[number]) => {
	const { bytes: decoded, encoding } = decodeText(bytes, stated);
	return [decoded.toString(), encoding];
};
const utf16be = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();

describe("the encoding of a text", () => {
	it("is told by a byte order mark, which is no part of the text", () => {
		expect(textOf(Buffer.from(`\uFEFF${TEXT}`))).toEqual([TEXT, "UTF-8"]);
		expect(textOf(Buffer.from(`\uFEFF${TEXT}`, "utf16le"))).toEqual([TEXT, "UTF-16LE"]);
		expect(textOf(utf16be(`\uFEFF${TEXT}`))).toEqual([TEXT, "UTF-16BE"]);
	});

	it("is UTF-8 where the bytes are valid, else Windows-1252 with all its characters", () => {
		expect(textOf(Buffer.from(TEXT))).toEqual([TEXT, "UTF-8"]);
		expect(textOf(iconv.encode(TEXT, "windows-1252"))).toEqual([TEXT, "Windows-1252"]);
	});

	it("can be stated", () => {
		expect(textOf(iconv.encode("São João", "cp850"), "IBM850")).toEqual(["São João", "IBM850"]);
		expect(textOf(utf16be("São"), "UTF-16BE")).toEqual(["São", "UTF-16BE"]);
		expect(textOf(Buffer.from("São"), "Windows-1252")).toEqual(["SÃ£o", "Windows-1252"]);
	});

	it.each([
		["holds NUL bytes", Buffer.from("a\0b"), /NUL/],
		["is UTF-16 without its mark", Buffer.from("ab", "utf16le"), /UTF-16 needs its mark/],
		[
			"is UTF-8 with a byte that is not",
			Buffer.concat([Buffer.from("São João "), Buffer.from([0xe3])]),
			/characters of UTF-8 beside bytes/,
		],
		["is UTF-8 cut inside a character", Buffer.from("João João").subarray(0, 9), /characters of UTF-8 beside bytes/],
		["reads better as IBM850", iconv.encode("São João, açúcar", "cp850"), /IBM850/],
		["has a byte that Windows-1252 lacks", Buffer.from([0x41, 0x81, 0x20]), /bytes that Windows-1252 does not have/],
		["is UTF-16 of an odd length", Buffer.from("\uFEFFab", "utf16le").subarray(0, 5), /UTF-16LE does not have/],
		["is UTF-16 with half a pair", Buffer.from("\uFEFFa\uD83Cb", "utf16le"), /UTF-16LE does not have/],
		["has a mark of UTF-8 before other bytes", Buffer.from([0xef, 0xbb, 0xbf, 0x41, 0xff]), /under its mark/],
	])("is refused where the text %s", (_, bytes, message) => {
		expect(() => decodeText(bytes)).toThrow(message);
	});

	it("is taken for Windows-1252 where quotes and apostrophes stand beside letters", () => {
		const text = "“Bar” d’água nº5 — 50 £";
		expect(textOf(iconv.encode(text, "windows-1252"))).toEqual([text, "Windows-1252"]);
	});

	it("is held to it in pieces, a pair of UTF-16 across two of them included", () => {
		const text = `${"a".repeat((1 << 25) - 1)}\u{1F34C}`; // the pair's first half ends the first piece of 64 MiB
		expect(decodeText(utf16be(text), "UTF-16BE").bytes.subarray(-5).toString()).toBe("a\u{1F34C}");
	});
});
