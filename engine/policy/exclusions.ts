import type { Exclusion, UnplannedCode } from "./case.ts";
import type { CaseContext } from "./case-context.ts";
import { type CaseDay, type Elsewhere, optionsOf } from "./options.ts";
import type { Standing } from "./standing.ts";

/** Why a customer has no option: what forbids it on some day; proven where the hard rules forbid every day. */
export function exclusionOf(
	context: CaseContext,
	rep: number,
	standing: Standing,
	days: readonly CaseDay[],
	elsewhere: Elsewhere,
): Exclusion {
	const found = new Map<UnplannedCode, string>();
	let proven = true;
	optionsOf(context, standing, days, elsewhere, ({ code, detail }, isHard) => {
		if (!found.has(code)) found.set(code, detail);
		proven &&= isHard;
	});
	if (days.length === 0 && !standing.refusal) {
		const other = context.ownership.repsOf(standing.customer).some((standIn) => standIn !== rep);
		found.set("ABSENCE", other ? "the rep is absent; another agenda has the customer" : "the rep does not work on any day of the horizon");
		proven = !other;
	}
	const reasons = [...found].map(([code, detail]) => ({ code, proven, detail }));
	return { customer: standing.customer, reasons };
}
