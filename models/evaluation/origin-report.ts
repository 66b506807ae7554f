import type { ModelManifest } from "../../engine/scoring/model-folder.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import type { ChurnReport } from "./evaluate-churn.ts";
import type { MixFigures } from "./evaluate-mix.ts";

/** Everything measured at one origin. */
export interface OriginReport extends ChurnReport {
	readonly origin: string;
	readonly model: string;
	/** Did the model learn from days on or after the origin? Then its figures flatter it. */
	readonly hasSeen: boolean;
	/** False where fewer than 90 days follow the origin in the data. */
	readonly isOver: boolean;
	/** By name of the model. */
	readonly mix: Readonly<Record<string, MixFigures>>;
	readonly seconds: number;
}

/**
 * Did a model learn from days on or after an origin? One that was trained on made-up orders has seen nobody's; one that does not say what it
 * learned from is taken to have seen what lay before its day.
 */
export function hasSeen({ training, asOf }: ModelManifest, origin: Day): boolean {
	return training?.synthetic !== true && asOf > formatDay(origin);
}
