import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { CarteiraError } from "../../engine/errors.ts";
import { createRandom } from "../../engine/random.ts";

/** A user's baskets, oldest first, as product numbers. */
export type Baskets = readonly (readonly number[])[];

/** Users without dates, split by user: the last basket of each is what the others before it should foretell. */
export interface BasketSplit {
	readonly numProducts: number;
	/** Last basket included. */
	readonly train: readonly Baskets[];
	readonly judged: readonly { readonly baskets: Baskets; readonly target: readonly number[] }[];
}

const basket = z.array(z.number().int().nonnegative());
const taFeng = z.object({ baskets: z.record(z.string(), z.array(basket)), held_out_users: z.array(z.string()) });
const part = z.record(z.string(), z.array(basket));
const dunnhumby = z.object({ train: part, validate: part, test: part });

/** Share of the users that may be seen that judge, by the seed. */
const VALIDATION_SHARE = 0.2;

/**
 * Ta-Feng as `{baskets: {user: [basket]}, held_out_users}`. The users that are not held out are split by a seed; the held-out ones, whose
 * last basket is absent, lend what is known of them. With `isComplete` the last basket of the held-out users is there, and they judge.
 */
export function readTaFeng(path: string, { seed = 1, isComplete = false } = {}): BasketSplit {
	const { baskets, held_out_users: heldOut } = parse(path, taFeng);
	const hidden = new Set(heldOut);
	const users = Object.keys(baskets).sort((a, b) => Number(a) - Number(b));
	const known = users.filter((user) => !hidden.has(user));
	if (isComplete)
		return splitOf(
			known.map((user) => baskets[user]),
			heldOut.map((user) => baskets[user]),
		);
	const order = shuffled(known, seed);
	const numJudged = Math.round(VALIDATION_SHARE * order.length);
	return splitOf(
		order.slice(numJudged).map((user) => baskets[user]),
		order.slice(0, numJudged).map((user) => baskets[user]),
	);
}

/** Dunnhumby as `{train, validate, test}`, each of them `{user: [basket]}`. */
export function readDunnhumby(path: string, judged: "validate" | "test"): BasketSplit {
	const parts = parse(path, dunnhumby);
	const others = judged === "test" ? [parts.train, parts.validate] : [parts.train];
	return splitOf(
		others.flatMap((users) => Object.values(users)),
		Object.values(parts[judged]),
	);
}

function splitOf(train: readonly Baskets[], judged: readonly Baskets[]): BasketSplit {
	const last = [...train, ...judged].flat(2).reduce((max, product) => Math.max(max, product), -1);
	return { numProducts: last + 1, train, judged: judged.map((all) => ({ baskets: all.slice(0, -1), target: all[all.length - 1] })) };
}

function shuffled(users: readonly string[], seed: number): string[] {
	const random = createRandom(seed, 5);
	const order = [...users];
	for (let i = order.length - 1; i > 0; i--) {
		const j = random.below(i + 1);
		[order[i], order[j]] = [order[j], order[i]];
	}
	return order;
}

function parse<T>(path: string, schema: z.ZodType<T>): T {
	let bytes: Buffer;
	try {
		bytes = readFileSync(path);
	} catch {
		throw new CarteiraError("NOT_FOUND", `${path} cannot be read; expected the data set as JSON, gzipped or not`);
	}
	try {
		const parsed = schema.safeParse(JSON.parse((path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8")));
		if (parsed.success) return parsed.data;
		const { path: at, message } = parsed.error.issues[0];
		throw new CarteiraError("INVALID_INPUT", `${path} at /${at.join("/")}: ${message}`);
	} catch (error) {
		if (error instanceof CarteiraError) throw error;
		throw new CarteiraError("INVALID_INPUT", `${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
	}
}
