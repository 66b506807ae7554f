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
			const last = size - 1;
			if (best.length === size && (newValue < value[last] || (newValue === value[last] && newItem >= item[last]))) return;
			let at = best.length < size ? best.length++ : last;
			for (; at > 0 && (newValue > value[at - 1] || (newValue === value[at - 1] && newItem < item[at - 1])); at--) {
				item[at] = item[at - 1];
				value[at] = value[at - 1];
			}
			item[at] = newItem;
			value[at] = newValue;
		},
	};
	return best;
}
