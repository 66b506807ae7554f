import { expect, test } from "vitest";
import { createSlots } from "../../server/slots.ts";

test("at most so many works run at once, the others in the order they came, and one that fails leaves its place", async () => {
	const slots = createSlots(2);
	const begun: number[] = [];
	const ends: (() => void)[] = [];
	const works = [0, 1, 2, 3].map((n) =>
		slots.run(async () => {
			begun.push(n);
			await new Promise<void>((resolve) => ends.push(resolve));
			if (n === 0) throw new Error("no");
		}),
	);
	const failed = expect(works[0]).rejects.toThrow("no");
	expect([begun, slots.isFull]).toEqual([[0, 1], true]);
	for (let n = 0; n < 4; n++) {
		await expect.poll(() => ends.length).toBeGreaterThan(n);
		ends[n]();
	}
	await failed;
	await Promise.all(works.slice(1));
	expect([begun, slots.isFull]).toEqual([[0, 1, 2, 3], false]);
});
