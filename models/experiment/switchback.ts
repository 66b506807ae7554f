import { CarteiraError } from "../../engine/errors.ts";
import { type Policy, validatePolicy } from "../../engine/index.ts";
import { buildHistory } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { formatDay, parseDay } from "../../engine/units.ts";
import type { DesignOptions } from "./design-options.ts";
import { type ExperimentDesign, type Guardrail } from "./experiment-document.ts";
import { balanceOf, guardrail, MOST_SHARE, mostOf } from "./guardrails.ts";
import { holdOutFields } from "./hold-out-fields.ts";
import { drawHoldOut } from "./lot.ts";
import { findLeftOut, findParticipants } from "./participants.ts";
import { knownUntil } from "./outcomes.ts";
import { FEWEST_DAYS, findRepDays, observeDays, type RepDay, rowsOf } from "./rep-days.ts";
import { stateDraw } from "./state-draw.ts";

/** Longest run of calendar days from one day planned to the next. */
const LONGEST = 14;

/** Draws days of each rep, some in every fortnight, and states what effect of a planned day they could find. */
export function designSwitchback(portfolio: Portfolio, options: DesignOptions): ExperimentDesign {
	const { from, to, share } = options;
	const policy = validatePolicy(portfolio.policy);
	const past = buildHistory(portfolio, from);
	const leftOut = findLeftOut(portfolio, past);
	const participants = findParticipants(portfolio, past, policy, { share: 1, leftOut });
	const units = findRepDays(portfolio, policy, participants, from, to);
	const drawn = drawHoldOut(units, options, share, FEWEST_DAYS);
	if (drawn.size === 0)
		throw new CarteiraError(
			"NOT_ENOUGH_HISTORY",
			`${units.length} working days of reps, none in a fortnight with ${2 * FEWEST_DAYS}; expected a later --to, and reps whose customers ordered in the past year`,
		);
	const shift = 7 * Math.ceil((to + 1 - knownUntil(portfolio, from)) / 7);
	const observed = observeDays({ portfolio, history: past, policy }, participants, units, drawn, shift);
	return {
		...stateDraw(options, "rep_day", units, drawn, (metric) => rowsOf(observed, metric)),
		guardrails: [...dayFairness(units, drawn, drawn.size / units.length), balanceOf(rowsOf(observed, "revenue"))],
		policy: holdOutFields(policy, options, { rep_days: datesByRep(units, drawn), left_out: leftOut }),
	};
}

/** Ids of the units that a hold-out of the policy drew. */
export function drawnDays({ rep_days }: Policy["hold_outs"][number]): ReadonlySet<string> {
	return new Set(rep_days.flatMap(({ rep_id, dates }) => dates.map((date) => `${rep_id} ${formatDay(parseDay(date))}`)));
}

/** Fairness to reps, and how long none of a rep's customers is planned. */
export function dayFairness(units: readonly RepDay[], drawn: ReadonlySet<string>, share: number): Guardrail[] {
	const byRep = [...Map.groupBy(units, ({ rep }) => rep).values()];
	const silences = byRep.map((own) => {
		const planned = own.filter(({ id }) => !drawn.has(id)).map(({ day }) => day);
		return Math.max(0, ...planned.slice(1).map((day, at) => day - planned[at]));
	});
	return [
		guardrail(
			"rep_share",
			mostOf(byRep, drawn, () => 1, 1),
			MOST_SHARE * share,
			"largest share of a rep's days that is held out, one day apart",
		),
		guardrail("longest_silence", Math.max(0, ...silences), LONGEST, "days from one day of a rep with planned contacts to the next"),
	];
}

function datesByRep(units: readonly RepDay[], drawn: ReadonlySet<string>): { rep_id: string; dates: string[] }[] {
	const held = Map.groupBy(
		units.filter(({ id }) => drawn.has(id)),
		({ repId }) => repId,
	);
	return [...held].map(([rep_id, own]) => ({ rep_id, dates: own.map(({ day }) => formatDay(day)) }));
}
