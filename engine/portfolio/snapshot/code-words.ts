import type { CodedTexts } from "../portfolio.ts";

/** FNV-1a. */
const SEED = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * Texts as codes in order of first appearance, told apart by their bytes: only words that are new become strings. Text i lies from byte
 * offsets[i] to offsets[i + 1].
 */
export function codeWords(offsets: Int32Array, bytes: Buffer, isNull: (row: number) => boolean): CodedTexts {
	const length = offsets.length - 1;
	const codes = new Int32Array(length).fill(-1);
	const words: string[] = [];
	/** By code: the row that had it first, and its hash. */
	const [firsts, hashes]: [number[], number[]] = [[], []];
	let slots = new Int32Array(1024).fill(-1);
	for (let row = 0; row < length; row++) {
		if (isNull(row)) continue;
		const [from, to] = [offsets[row], offsets[row + 1]];
		let hash = SEED;
		for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at], PRIME);
		const mask = slots.length - 1;
		let slot = (hash ^ (hash >>> 15)) & mask;
		while (slots[slot] >= 0 && !isSame(bytes, offsets, firsts[slots[slot]], from, to)) slot = (slot + 1) & mask;
		if (slots[slot] < 0) {
			slots[slot] = words.length;
			words.push(bytes.toString("utf8", from, to));
			firsts.push(row);
			hashes.push(hash);
			if (2 * words.length > slots.length) slots = roomier(slots.length, hashes);
			codes[row] = words.length - 1;
		} else codes[row] = slots[slot];
	}
	return { codes, words };
}

function isSame(bytes: Buffer, offsets: Int32Array, first: number, from: number, to: number): boolean {
	const start = offsets[first];
	if (offsets[first + 1] - start !== to - from) return false;
	for (let i = 0; i < to - from; i++) if (bytes[start + i] !== bytes[from + i]) return false;
	return true;
}

/** A table of four times as many slots. */
function roomier(size: number, hashes: readonly number[]): Int32Array<ArrayBuffer> {
	const slots = new Int32Array(4 * size).fill(-1);
	const mask = slots.length - 1;
	for (const [code, hash] of hashes.entries()) {
		let slot = (hash ^ (hash >>> 15)) & mask;
		while (slots[slot] >= 0) slot = (slot + 1) & mask;
		slots[slot] = code;
	}
	return slots;
}
