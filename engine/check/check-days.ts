import { type Day, formatDay } from "../units.ts";
import type { Checked, RepView } from "./views.ts";
import { workDayOf } from "./work-day.ts";

/** The horizon, and that every rep of the table is there once with every day it works and no other. */
export function checkDays(context: Checked): void {
	const { plan, report, asOf, lastDay } = context;
	if (plan.horizon.from !== plan.as_of) report("horizon", "/horizon/from", `${plan.horizon.from} is not as_of ${plan.as_of}`);
	if (plan.horizon.to !== formatDay(lastDay)) {
		report(
			"horizon",
			"/horizon/to",
			`${plan.horizon.to}, expected ${formatDay(lastDay)}, working day ${context.policy.horizon_days} from ${formatDay(asOf)}`,
		);
	}
	const seen = new Map<number, string>();
	for (const rep of context.reps) {
		if (rep.rep < 0) report("unknown-id", `${rep.pointer}/rep_id`, `no rep ${rep.shape.rep_id} in the table`);
		else if (seen.has(rep.rep)) report("rep-repeated", rep.pointer, `rep ${rep.shape.rep_id} is also at ${seen.get(rep.rep)}`);
		else checkRepDays(context, rep);
		seen.set(rep.rep, rep.pointer);
	}
	for (const rep of plannedReps(context)) {
		if (!seen.has(rep)) report("rep-missing", "/reps", `rep ${context.portfolio.tables.reps.texts.rep_id.at(rep)} is missing`);
	}
}

/** Rows of the reps that the plan is for: those that the receipt says were asked for, else all. */
export function plannedReps({ plan, repRows }: Checked): number[] {
	const asked = plan.receipt.reps;
	return asked ? asked.flatMap((id) => repRows.get(id) ?? []) : [...repRows.values()];
}

function checkRepDays(context: Checked, { rep, agendas, pointer, shape }: RepView): void {
	const { asOf, lastDay, calendar, report } = context;
	const listed = new Set<Day>();
	let previous = Number.NEGATIVE_INFINITY;
	for (const agenda of agendas) {
		if (agenda.day <= previous) report("day-order", agenda.pointer, `${agenda.shape.date} follows a later day or itself`);
		previous = agenda.day;
		listed.add(agenda.day);
		if (agenda.day < asOf || agenda.day > lastDay) report("day-unexpected", agenda.pointer, `${agenda.shape.date} is outside the horizon`);
		else if (!agenda.work) report("day-unexpected", agenda.pointer, `rep ${shape.rep_id} does not work on ${agenda.shape.date}`);
	}
	for (let day = asOf; day <= lastDay; day++) {
		// Shifts on week-ends and holidays may be planned; the horizon is counted in working days, which must be.
		if (listed.has(day) || !calendar.isWorkingDay(day) || !workDayOf(context, rep, day)) continue;
		report("day-missing", `${pointer}/days`, `rep ${shape.rep_id} works on ${formatDay(day)}`);
	}
}
