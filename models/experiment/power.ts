import { probit } from "simple-statistics";
import type { ExperimentDesign, OutcomeMetric } from "./experiment-document.ts";
import { slopeOf, type UpliftUnit } from "./uplift.ts";

function centred(values: readonly number[]): number[] {
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	return values.map((value) => value - mean);
}

/** What is found with `power` by intervals of `level`, by the spread of the time before: `units` are its rows, in the arms that the lot drew. */
export function powerOf(
	metric: OutcomeMetric,
	units: readonly UpliftUnit[],
	level: number,
	power: number,
): ExperimentDesign["power"][number] {
	const strata = [...Map.groupBy(units, ({ stratum }) => stratum).values()];
	const slope = slopeOf(strata);
	const residuals = strata.flatMap((own) => centred(own.map(({ outcome, before }) => outcome - slope * before)));
	const deviation = Math.sqrt(residuals.reduce((sum, one) => sum + one ** 2, 0) / Math.max(1, units.length - strata.length - 1));
	const baseline = units.reduce((sum, { outcome }) => sum + outcome, 0) / units.length;
	const detectable = (probit((1 + level) / 2) + probit(power)) * deviation * scaleOf(units);
	return {
		metric,
		baseline,
		deviation,
		minimum_detectable: detectable,
		minimum_detectable_share: baseline > 0 ? detectable / baseline : null,
	};
}

/** Deviation of a difference of the arms' means, in deviations of a unit. */
function scaleOf(units: readonly UpliftUnit[]): number {
	const numHeldOut = units.filter(({ isHeldOut }) => isHeldOut).length;
	return Math.sqrt(1 / numHeldOut + 1 / (units.length - numHeldOut));
}

/** By how many standard errors the arms differ before anything is done. */
export function imbalanceOf(units: readonly UpliftUnit[]): number {
	const mean = (own: readonly UpliftUnit[]): number => own.reduce((sum, { outcome }) => sum + outcome, 0) / own.length;
	const squares = centred(units.map(({ outcome }) => outcome)).reduce((sum, one) => sum + one ** 2, 0);
	const spread = Math.sqrt(squares / units.length) * scaleOf(units);
	const [planned, held] = [units.filter(({ isHeldOut }) => !isHeldOut), units.filter(({ isHeldOut }) => isHeldOut)];
	return spread > 0 ? Math.abs(mean(planned) - mean(held)) / spread : 0;
}
