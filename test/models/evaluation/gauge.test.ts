import fc from "fast-check";
import { expect, it } from "vitest";
import { createGauge } from "../../../models/evaluation/gauge.ts";
import { areaUnderCurve, brierLoss, calibrationLoss, logLoss } from "../../../models/evaluation/metrics.ts";

const row = fc.record({
	label: fc.constantFrom(0, 1),
	score: fc.integer({ min: 0, max: 20 }).map((n) => n / 20), // few values, so that there are ties
	count: fc.integer({ min: 0, max: 4 }),
});

it("measures rows that are there several times as the plain figures measure them written out", () => {
	fc.assert(
		fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (rows) => {
			fc.pre(rows.some(({ count }) => count > 0));
			const ascending = rows.toSorted((a, b) => a.score - b.score);
			const repeated = ascending.flatMap((one) => Array.from({ length: one.count }, () => one));
			const [labels, scores] = [repeated.map(({ label }) => label), repeated.map(({ score }) => score)];
			const gauged = createGauge(
				ascending.map(({ label }) => label),
				ascending.map(({ score }) => score),
			)(ascending.map(({ count }) => count));
			const area = areaUnderCurve(labels, scores);
			if (Number.isFinite(area)) expect(gauged.auc).toBeCloseTo(area, 10);
			else expect(gauged.auc).toBeNaN();
			expect(gauged.logLoss).toBeCloseTo(logLoss(labels, scores), 10);
			expect(gauged.brier).toBeCloseTo(brierLoss(labels, scores), 10);
			expect(gauged.ece).toBeCloseTo(calibrationLoss(labels, scores), 10);
		}),
		{ seed: 3 },
	);
});
