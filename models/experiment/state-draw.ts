import { formatDay } from "../../engine/units.ts";
import type { DesignOptions } from "./design-options.ts";
import { type ExperimentUnit, OUTCOME_METRICS, type OutcomeMetric } from "./experiment-document.ts";
import { powerOf } from "./power.ts";
import type { UpliftUnit } from "./uplift.ts";

/** What every design says of its lot: what was asked for, how many it drew of each stratum, and what effect they could find. */
export function stateDraw(
	{ experiment, seed, share, from, to, level = 0.9, power = 0.8 }: DesignOptions,
	unit: ExperimentUnit,
	units: readonly { readonly id: string; readonly stratum: string }[],
	drawn: ReadonlySet<string>,
	rowsOf: (metric: OutcomeMetric) => readonly UpliftUnit[],
) {
	return {
		experiment,
		unit,
		seed,
		share,
		from: formatDay(from),
		to: formatDay(to),
		level,
		wanted_power: power,
		num_units: units.length,
		num_held_out: drawn.size,
		strata: [...Map.groupBy(units, ({ stratum }) => stratum)].map(([name, own]) => ({
			name,
			num_units: own.length,
			num_held_out: own.filter(({ id }) => drawn.has(id)).length,
		})),
		power: OUTCOME_METRICS.map((metric) => powerOf(metric, rowsOf(metric), level, power)),
	};
}
