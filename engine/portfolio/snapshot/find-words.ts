import type { TextList, TextPiece } from "./column-file.ts";

/** Positions of some words in a list of millions, by the word; of a word that is there twice the last. No word becomes a string but those found. */
export function findWords(list: TextList, wanted: Iterable<string>): Map<string, number> {
	const found = new Map<string, number>();
	eachMatch(list, wanted, (word, at) => found.set(word, at));
	return found;
}

/** Calls back for every place of the list that holds a wanted word. */
export function eachMatch(list: TextList, wanted: Iterable<string>, onMatch: (word: string, at: number) => void): void {
	const words = [...new Set(wanted)].map((word) => ({ word, bytes: Buffer.from(word) }));
	if (words.length === 0) return;
	const slots = slotsOf(words.map(({ bytes }) => hashOf(bytes)));
	list.eachPiece((piece) => matchPiece(piece, slots, words, onMatch));
}

interface Word {
	readonly word: string;
	readonly bytes: Buffer;
}

function matchPiece(
	{ first, length, offsets, bytes }: TextPiece,
	slots: Int32Array,
	words: readonly Word[],
	onMatch: (word: string, at: number) => void,
): void {
	const mask = slots.length - 1;
	const base = offsets[0];
	for (let row = 0, from = 0; row < length; row++) {
		const to = offsets[row + 1] - base;
		const start = from;
		// As in `hashOf`: a call for each word would take longer than the rest.
		let hash = SEED;
		for (; from < to; from++) hash = Math.imul(hash ^ bytes[from], PRIME);
		for (let slot = (hash ^ (hash >>> 15)) & mask; slots[slot] >= 0; slot = (slot + 1) & mask) {
			const { word, bytes: own } = words[slots[slot]];
			if (own.length === to - start && own.compare(bytes, start, to) === 0) onMatch(word, first + row);
		}
	}
}

/** An open table of hashes, a quarter full at most: index of the word, -1 for none. */
function slotsOf(hashes: readonly number[]): Int32Array {
	const slots = new Int32Array(2 ** Math.ceil(Math.log2(hashes.length * 4 + 1))).fill(-1);
	const mask = slots.length - 1;
	for (const [index, hash] of hashes.entries()) {
		let slot = hash & mask;
		while (slots[slot] >= 0) slot = (slot + 1) & mask;
		slots[slot] = index;
	}
	return slots;
}

const SEED = 0x811c9dc5;
const PRIME = 0x01000193;

/** FNV-1a, its upper bits mixed into the lower ones. */
function hashOf(bytes: Uint8Array): number {
	let hash = SEED;
	for (const byte of bytes) hash = Math.imul(hash ^ byte, PRIME);
	return hash ^ (hash >>> 15);
}
