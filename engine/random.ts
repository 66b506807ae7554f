import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
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
	return new Stream((seed ^ Math.imul(stream + 1, 0x9e3779b1)) | 0);
}

/** A class, so that compiled code that draws holds no stream's own functions and outlives each of them. */
class Stream implements Random {
	readonly #generator: RandomGenerator;

	constructor(seed: number) {
		this.#generator = xoroshiro128plus(seed);
		for (let burn = 0; burn < 8; burn++) this.#generator.next(); // a small seed leaves the first outputs nearly zero
	}

	next(): number {
		return (this.#generator.next() >>> 0) / 4294967296;
	}

	below(limit: number): number {
		return Math.floor(this.next() * limit);
	}

	normal(): number {
		return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
	}
}
