/** Which number a word has, by its 64-bit hash: open addressing over two halves of 32 bits, for tens of millions of words. */
export interface HashCodes {
	/** Gives the next hash the next number; false where it is there already. */
	add(low: number, high: number): boolean;
	/** -1 for a hash that was not added. */
	codeOf(low: number, high: number): number;
}

/** Room for so many hashes, 12 to 16 bytes each. */
export function createHashCodes(size: number): HashCodes {
	const capacity = 2 ** Math.ceil(Math.log2(Math.max(16, size * 1.5)));
	const mask = capacity - 1;
	const slots = new Int32Array(capacity).fill(-1);
	const lows = new Uint32Array(size);
	const highs = new Uint32Array(size);
	let length = 0;
	const find = (low: number, high: number): number => {
		let slot = (low ^ (high >>> 7)) & mask;
		while (slots[slot] >= 0 && (lows[slots[slot]] !== low || highs[slots[slot]] !== high)) slot = (slot + 1) & mask;
		return slot;
	};
	return {
		add(low, high) {
			const slot = find(low, high);
			if (slots[slot] >= 0) return false;
			lows[length] = low;
			highs[length] = high;
			slots[slot] = length++;
			return true;
		},
		codeOf: (low, high) => slots[find(low, high)],
	};
}
