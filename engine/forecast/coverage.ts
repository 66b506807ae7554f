import { calibrate } from "./calibrate.ts";
import { FORECAST_GROUPINGS, FORECAST_METRICS, type ForecastDocument, HORIZONS } from "./forecast-document.ts";
import { STEP } from "./past-windows.ts";
import type { Pictures } from "./pictures.ts";

/** Origins that must be over before an interval counts as measured. */
export const FEWEST_ORIGINS = 4;

/** Past origins of a horizon that are over themselves, and had enough before them that were over. */
function judged({ origins }: Pictures, horizon: number): number[] {
	const steps = HORIZONS[horizon] / STEP;
	return origins.map((_, k) => k).filter((k) => k >= steps && k + steps + FEWEST_ORIGINS <= origins.length);
}

/** Counts how many of the intervals that would have been stated at past origins held what came. Parts that nobody bought in are left out. */
export function coverageOf(pictures: Pictures): ForecastDocument["calibration"]["coverage"] {
	const { parts } = pictures;
	return HORIZONS.flatMap((days, horizon) =>
		FORECAST_METRICS.flatMap((name, metric) => {
			const counts = FORECAST_GROUPINGS.map((by) => ({ horizon_days: days, metric: name, by, num_intervals: 0, num_inside: 0 }));
			for (const k of judged(pictures, horizon)) {
				const forecast = calibrate(pictures, k, metric, horizon);
				for (const [part, { by }] of parts.list.entries()) {
					const position = pictures.at(k, part, metric, horizon);
					const came = Math.max(0, pictures.actual[position]);
					if (came === 0 && pictures.model[position] < pictures.quantum[metric]) continue;
					const { lower, upper } = forecast(part);
					const count = counts[FORECAST_GROUPINGS.indexOf(by)];
					count.num_intervals++;
					count.num_inside += Number(lower <= came && came <= upper);
				}
			}
			return counts.filter(({ num_intervals }) => num_intervals > 0);
		}),
	);
}

/** Errors of the total's forecasts at past origins beside the naive ones: the window before again, and that of last year again. */
export function accuracyOf(pictures: Pictures): ForecastDocument["calibration"]["accuracy"] {
	return HORIZONS.flatMap((days, horizon) =>
		FORECAST_METRICS.map((name, metric) => {
			const at = (k: number): number => pictures.at(k, 0, metric, horizon);
			const known = judged(pictures, horizon).filter((k) => pictures.actual[at(k)] > 0);
			const withYear = known.filter((k) => !Number.isNaN(pictures.lastYear[at(k)]));
			const errorOf = (origins: readonly number[], said: (k: number) => number): number | null => {
				const error = origins.reduce((sum, k) => sum + Math.abs(said(k) / pictures.actual[at(k)] - 1), 0) / origins.length;
				return Number.isNaN(error) ? null : error;
			};
			const forecast = (k: number): number => calibrate(pictures, k, metric, horizon)(0).mean;
			return {
				horizon_days: days,
				metric: name,
				num_origins: known.length,
				forecast: errorOf(known, forecast),
				last_window: errorOf(known, (k) => pictures.lastWindow[at(k)]),
				num_with_last_year: withYear.length,
				forecast_with_last_year: errorOf(withYear, forecast),
				last_year: errorOf(withYear, (k) => pictures.lastYear[at(k)]),
			};
		}),
	);
}
