import type { Day } from "../../engine/units.ts";
import type { ExperimentUnit } from "./experiment-document.ts";

/** Which hold-out is drawn. */
export interface DesignOptions {
	readonly experiment: string;
	readonly from: Day;
	/** Last day. */
	readonly to: Day;
	readonly share: number;
	readonly seed: number;
	readonly level?: number;
	readonly power?: number;
	/** Customers for the whole time, or days of each rep, which switch back and forth. Default customer. */
	readonly unit?: ExperimentUnit;
}
