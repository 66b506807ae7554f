import fc from "fast-check";
import { expect, it } from "vitest";
import { openColumnFile } from "../../../engine/portfolio/snapshot/column-file.ts";
import { findWords } from "../../../engine/portfolio/snapshot/find-words.ts";
import { openPartWriter } from "../../../engine/portfolio/snapshot/part-writer.ts";
import { pathsIn } from "../../../engine/portfolio/snapshot/store-folder.ts";
import { TextBytes } from "../../../engine/portfolio/cells/growing-arrays.ts";
import { temporaryFolder } from "../sample-folder.ts";

it("finds the words that a list has, where a map of the list finds them", () => {
	const folder = temporaryFolder();
	const words = fc.array(fc.oneof(fc.string(), fc.constantFrom("a", "ab", "ção", "", "aaaaaaaaaaaaaaaaaaaaaaaaaaa")), { maxLength: 60 });
	fc.assert(
		fc.property(words, words, (list, wanted) => {
			const texts = new TextBytes();
			for (const word of list) texts.append(word.toWellFormed());
			const sha = openPartWriter(folder, false).columns({ word: texts });
			const found = findWords(
				openColumnFile(pathsIn(folder, folder)(sha)).texts("word"),
				wanted.map((word) => word.toWellFormed()),
			);
			const rows = new Map(list.map((word, row): [string, number] => [word.toWellFormed(), row]));
			const expected = new Map([...rows].filter(([word]) => wanted.some((one) => one.toWellFormed() === word)));
			expect(found).toEqual(expected);
		}),
	);
});
