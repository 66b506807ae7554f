/** Lanes, where nothing else is said: what is run mostly waits for threads and processes of its own. */
const LANES = 4;

/** Runs something for the numbers from `first` to `first + count - 1`, a few at a time; every lane asks for what it alone uses. */
export async function inLanes<T>(
	first: number,
	count: number,
	openLane: () => T,
	run: (number: number, lane: T) => Promise<void>,
): Promise<void> {
	let next = first;
	const goOn = async (): Promise<void> => {
		const lane = openLane();
		while (next < first + count) await run(next++, lane);
	};
	await Promise.all(Array.from({ length: LANES }, goOn));
}
