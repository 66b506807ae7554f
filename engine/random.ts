import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A seeded stream of random numbers; the same seed gives the same stream everywhere. */
export interface Random {
	/** Uniform in [0, 1). */
	next(): number;
	/** Whole, uniform in [0, limit). */
	below(limit: number): number;
	/** Standard normal. */
	normal(): number;
}

/** A stream for a seed; `stream` separates independent uses of one seed. */
export function createRandom(seed: number, stream = 0): Random {
	const generator = xoroshiro128plus((seed ^ Math.imul(stream + 1, 0x9e3779b1)) | 0);
	for (let burn = 0; burn < 8; burn++) generator.next(); // a small seed leaves the first outputs nearly zero
	const next = (): number => (generator.next() >>> 0) / 4294967296;
	return {
		next,
		below: (limit) => Math.floor(next() * limit),
		normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
	};
}
