import { createRandom } from "../../../engine/random.ts";

/** Users that like a few of 30 products, three to eight baskets each. */
export function toyBaskets(numUsers: number): Record<string, number[][]> {
	const userOf = (user: number): number[][] => {
		const random = createRandom(7, user);
		const liked = Array.from({ length: 5 }, () => random.below(30));
		const basket = (): number[] => [...new Set([...liked.filter(() => random.next() < 0.5), random.below(30)])];
		return Array.from({ length: 3 + random.below(6) }, basket);
	};
	return Object.fromEntries(Array.from({ length: numUsers }, (_, user) => [String(user), userOf(user)]));
}
