import { describe, expect, it } from "vitest";
import { minimise, withGradient } from "../../../models/numerics/minimise.ts";

describe("minimise", () => {
	const rosenbrock = ([x, y]: readonly number[]): number => (1 - x) ** 2 + 100 * (y - x * x) ** 2;

	it("finds the floor of Rosenbrock's valley", () => {
		const { point, value } = minimise(withGradient(rosenbrock), [-1.2, 1]);
		expect(value).toBeLessThan(1e-12);
		expect(point[0]).toBeCloseTo(1, 6);
		expect(point[1]).toBeCloseTo(1, 6);
	});

	it("walks around points where the function has no value", () => {
		// x − log x has its floor at 1; the first steps from 3 overshoot to where the logarithm has no value
		const { point } = minimise(([x]) => ({ value: 9 * (x - Math.log(x)), gradient: [9 * (1 - 1 / x)] }), [3]);
		expect(point[0]).toBeCloseTo(1, 6);
	});

	it("stops where the function is flat", () => {
		expect(minimise(([x]) => ({ value: Math.max(0, x), gradient: [x > 0 ? 1 : 0] }), [5]).value).toBe(0);
	});
});

describe("withGradient", () => {
	it("agrees with the slopes on paper", () => {
		// of (1 − x)² + 100 (y − x²)² at (0.5, 2): −2 (1 − x) − 400 x (y − x²) = −1 − 350, and 200 (y − x²) = 350
		const { value, gradient } = withGradient(rosenbrock)([0.5, 2]);
		expect(value).toBeCloseTo(306.5, 12);
		expect(gradient[0]).toBeCloseTo(-351, 5);
		expect(gradient[1]).toBeCloseTo(350, 5);

		function rosenbrock([x, y]: readonly number[]): number {
			return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
		}
	});
});
