/** Limits of a search; the first that is reached ends it. */
export interface StopOptions {
	readonly iterations?: number;
	readonly seconds?: number;
	/** One cell, shared between threads: not 0 stops the search, and the best solution so far is returned. */
	readonly stop?: Int32Array;
}

/** Says before each iteration, by the number done, whether the search ends. */
export type StopRule = (iterations: number) => boolean;

const DEFAULT_ITERATIONS = 20_000;
/** The clock and the flag are read once in so many iterations, a few milliseconds. */
const CHECK_EVERY = 32;

/** A rule for these limits, whose clock starts now, and whether the flag ended the search. */
export function createStopRule(options: StopOptions): { readonly shallStop: StopRule; readonly isStopped: () => boolean } {
	const { stop, seconds = Infinity } = options;
	const most = options.iterations ?? (options.seconds === undefined ? DEFAULT_ITERATIONS : Infinity);
	const start = performance.now();
	let isStopped = false;
	return {
		shallStop: (iterations) => {
			if (iterations >= most) return true;
			if (iterations % CHECK_EVERY !== 0) return false;
			isStopped = stop !== undefined && Atomics.load(stop, 0) !== 0;
			return isStopped || performance.now() - start >= seconds * 1000;
		},
		isStopped: () => isStopped,
	};
}
