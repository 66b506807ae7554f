type Size = "small" | "medium";

/** Random problems whose optimum the search does not find in 4000 iterations. The list may only shrink. */
const KNOWN_MISSES: Readonly<Record<Size, readonly number[]>> = {
	small: [126, 274, 445, 533, 592, 1618],
	medium: [12, 15, 25, 39, 44, 49, 94, 102, 104, 137, 159, 182, 257, 274],
};

/** Random problems on which the search does not end. The list may only shrink. */
const KNOWN_HANGS: Readonly<Record<Size, readonly number[]>> = { small: [], medium: [112] };

/** Whether the search is known to miss the optimum of `smallProblem(seed)` or `mediumProblem(seed)`. */
export function isKnownMiss(size: Size, seed: number): boolean {
	return KNOWN_MISSES[size].includes(seed);
}

/** Whether the search is known not to end on `smallProblem(seed)` or `mediumProblem(seed)`. */
export function isKnownHang(size: Size, seed: number): boolean {
	return KNOWN_HANGS[size].includes(seed);
}
