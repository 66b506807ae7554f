import type { Policy } from "../../engine/index.ts";
import { formatDay } from "../../engine/units.ts";
import type { DesignOptions } from "./design-options.ts";

/** The policy's hold-outs with this one among them, to be laid over policy.json. */
export function holdOutFields(
	{ hold_outs: others }: Policy,
	{ experiment, from, to, share }: DesignOptions,
	drawn: Partial<Policy["hold_outs"][number]>,
) {
	const own = { experiment, from: formatDay(from), to: formatDay(to), share, customers: [], rep_days: [], left_out: [], ...drawn };
	return { hold_outs: [...others.filter((other) => other.experiment !== experiment), own] };
}
