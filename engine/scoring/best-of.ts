/** The best few of many items, kept in order while they are offered: far cheaper than sorting them all. */
export interface BestOf {
	/** Items kept, best first; ties by the smaller item. */
	readonly item: Int32Array;
	readonly value: Float64Array;
	length: number;
	offer(item: number, value: number): void;
}

/** Keeps at most `size` items. Set `length` to 0 to start over. */
export function createBestOf(size: number): BestOf {
	const item = new Int32Array(size);
	const value = new Float64Array(size);
	const best: BestOf = {
		item,
		value,
		length: 0,
		offer(newItem, newValue) {
			const isBefore = (at: number): boolean => newValue > value[at] || (newValue === value[at] && newItem < item[at]);
			if (best.length === size && !isBefore(size - 1)) return;
			let at = best.length < size ? best.length++ : size - 1;
			for (; at > 0 && isBefore(at - 1); at--) {
				item[at] = item[at - 1];
				value[at] = value[at - 1];
			}
			item[at] = newItem;
			value[at] = newValue;
		},
	};
	return best;
}
