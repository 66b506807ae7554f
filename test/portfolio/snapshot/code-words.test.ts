import { expect, it } from "vitest";
import { codeWords } from "../../../engine/portfolio/snapshot/code-words.ts";
import { createRandom } from "../../../engine/random.ts";

it("gives each word one code in order of first appearance, whatever its bytes, and nulls none", () => {
	const random = createRandom(4);
	for (const numWords of [1, 7, 3000]) {
		const texts = Array.from({ length: 6000 }, () => {
			const nth = random.below(numWords);
			return nth === 5 ? null : nth === 3 ? "" : `${nth % 2 === 0 ? "á" : "b"}${nth}`;
		});
		const bytes = Buffer.from(texts.join(""));
		const offsets = new Int32Array(texts.length + 1);
		for (const [row, text] of texts.entries()) offsets[row + 1] = offsets[row] + Buffer.byteLength(text ?? "");
		const words = [...new Set(texts.filter((text) => text !== null))];
		const { codes, words: found } = codeWords(offsets, bytes, (row) => texts[row] === null);
		expect(found).toEqual(words);
		expect([...codes]).toEqual(texts.map((text) => (text === null ? -1 : words.indexOf(text))));
	}
});
