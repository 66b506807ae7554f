import type { Random } from "../../../engine/random.ts";

/** What befalls a file: on its way, on its disk, or by someone's hand. */
export const MUTATIONS = {
	flip(bytes: Buffer, random: Random): Buffer {
		for (let hits = 1 + random.below(8); hits > 0; hits--) bytes[random.below(bytes.length)] ^= 1 << random.below(8);
		return bytes;
	},
	overwrite(bytes: Buffer, random: Random): Buffer {
		for (let hits = 1 + random.below(4); hits > 0; hits--) bytes[random.below(bytes.length)] = random.below(256);
		return bytes;
	},
	truncate: (bytes: Buffer, random: Random): Buffer => bytes.subarray(0, random.below(bytes.length)),
	/** A length or an offset becomes tiny, huge or negative. */
	length(bytes: Buffer, random: Random): Buffer {
		const values = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), random.below(bytes.length), random.below(1 << 30)];
		for (let hits = 1 + random.below(2); hits > 0; hits--) {
			// Lengths crowd at the ends of these formats.
			const span = random.below(2) === 0 ? bytes.length : Math.min(bytes.length, 2000);
			const at = Math.max(0, (random.below(2) === 0 ? random.below(span) : bytes.length - 4 - random.below(span)) & ~(random.below(2) * 3));
			if (at + 4 <= bytes.length) bytes.writeInt32LE(values[random.below(values.length)], at);
		}
		return bytes;
	},
	zeroes(bytes: Buffer, random: Random): Buffer {
		const at = random.below(bytes.length);
		return bytes.fill(0, at, Math.min(bytes.length, at + 1 + random.below(512)));
	},
	cut(bytes: Buffer, random: Random): Buffer {
		const at = random.below(bytes.length);
		return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(64))]);
	},
	/** A piece of the file comes twice, or where another one was. */
	splice(bytes: Buffer, random: Random): Buffer {
		const piece = Buffer.from(bytes.subarray(random.below(bytes.length)).subarray(0, 1 + random.below(256)));
		const at = random.below(bytes.length);
		return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(random.below(2) === 0 ? at : at + piece.length)]);
	},
} as const;

export type Mutation = keyof typeof MUTATIONS;
export const MUTATION_NAMES = Object.keys(MUTATIONS) as readonly Mutation[];
