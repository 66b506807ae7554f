/** Places for works of which only some may run at once; the others wait, in the order they came. */
export interface Slots {
	readonly isFull: boolean;
	run<T>(work: () => Promise<T>): Promise<T>;
}

/** So many places. */
export function createSlots(size: number): Slots {
	let numRunning = 0;
	const waiting: (() => void)[] = [];
	return {
		get isFull() {
			return numRunning >= size;
		},
		async run(work) {
			// A place that becomes free is handed on, so that nobody overtakes those who wait.
			if (numRunning >= size) await new Promise<void>((resolve) => waiting.push(resolve));
			else numRunning++;
			try {
				return await work();
			} finally {
				const next = waiting.shift();
				if (next) next();
				else numRunning--;
			}
		},
	};
}
