import type { TextList } from "./column-file.ts";

/** Positions of some words in a list of millions, by the word; of a word that is there twice the last. No word becomes a string but those found. */
export function findWords(list: TextList, wanted: Iterable<string>): Map<string, number> {
	const found = new Map<string, number>();
	eachMatch(list, wanted, (word, at) => found.set(word, at));
	return found;
}

/** Calls back for every place of the list that holds a wanted word. */
export function eachMatch(list: TextList, wanted: Iterable<string>, onMatch: (word: string, at: number) => void): void {
	const words = [...new Set(wanted)].map((word) => ({ word, bytes: Buffer.from(word) }));
	if (words.length === 0 || list.length === 0) return;
	const slots = slotsOf(words.map(({ bytes }) => hashOf(bytes, 0, bytes.length)));
	const { offsets, bytes } = list.load();
	const mask = slots.length - 1;
	const { length } = list;
	for (let at = 0, from = 0; at < length; at++) {
		const to = offsets[at + 1];
		// As in `hashOf`: a call for each word would take longer than the rest.
		let hash = 0x811c9dc5;
		for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
		const first = from;
		from = to;
		let slot = (hash ^ (hash >>> 15)) & mask;
		if (slots[slot] < 0) continue;
		for (; slots[slot] >= 0; slot = (slot + 1) & mask) {
			const { word, bytes: wantedBytes } = words[slots[slot]];
			if (wantedBytes.length === to - first && wantedBytes.compare(bytes, first, to) === 0) onMatch(word, at);
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

/** FNV-1a, its upper bits mixed into the lower ones. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
	let hash = 0x811c9dc5;
	for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
	return (hash ^ (hash >>> 15)) >>> 0;
}
