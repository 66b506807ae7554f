/** How many of some ascending numbers are less than a number. */
export function countBelow(ascending: Int32Array, limit: number): number {
	let [low, high] = [0, ascending.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (ascending[middle] < limit) low = middle + 1;
		else high = middle;
	}
	return low;
}
