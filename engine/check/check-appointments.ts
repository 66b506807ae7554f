import { formatDay, formatTime, parseDay } from "../units.ts";
import { CHANNELS } from "../portfolio/schema.ts";
import { couldBeKept } from "./appointment-fit.ts";
import { plannedReps } from "./check-days.ts";
import { appointmentKey } from "./context.ts";
import { type Checked, type ContactView, contactsOf } from "./views.ts";

/** Every appointment of the horizon is planned as promised, or said to be unmet. */
export function checkAppointments(context: Checked): void {
	const { plan, report, customerRows, repRows } = context;
	const planned = new Map<number, ContactView>();
	for (const contact of contactsOf(context.reps)) {
		if (contact.appointment < 0) continue;
		planned.set(contact.appointment, contact);
		if (!contact.isFact) checkPromise(context, contact);
	}
	const unmet = new Set<number>();
	for (const [at, { customer_id, rep_id, on }] of plan.unmet_required.entries()) {
		const row = appointmentRow(context, customerRows.get(customer_id), repRows.get(rep_id), on);
		const pointer = `/unmet_required/${at}`;
		if (row === undefined || unmet.has(row))
			report(
				"unmet-unknown",
				pointer,
				`customer ${customer_id} has no ${row === undefined ? "" : "second "}appointment with rep ${rep_id} on ${on}`,
			);
		else if (planned.has(row)) report("unmet-planned", pointer, `the appointment is kept at ${planned.get(row)?.pointer}`);
		else if (!isExcused(context, row) && couldBeKept(context, row))
			report("unmet-feasible", pointer, "nothing stands against the appointment");
		if (row !== undefined) unmet.add(row);
	}
	const reps = new Set(plannedReps(context));
	for (const row of context.appointments.values()) {
		const isMissing = !planned.has(row) && !unmet.has(row) && reps.has(context.portfolio.tables.appointments.refs.rep_id[row]);
		if (isMissing) report("appointment-missing", "/unmet_required", `${describe(context, row)} is neither planned nor unmet`);
	}
}

/** Did an event of the day, or of an earlier one, stand against it? */
function isExcused({ plan, portfolio }: Checked, row: number): boolean {
	const { revision } = plan.receipt;
	const { refs, days } = portfolio.tables.appointments;
	if (!revision) return false;
	const rep = portfolio.tables.reps.texts.rep_id.at(refs.rep_id[row]);
	const customer = portfolio.tables.customers.texts.customer_id.at(refs.customer_id[row]);
	const date = formatDay(days.on[row]);
	return (
		revision.resumptions.some((day) => day.rep_id === rep && day.date === date) ||
		revision.absences.some((away) => away.rep_id === rep && away.from.slice(0, 10) <= date && date <= away.until) ||
		revision.rules.some((rule) => rule.rep_id === rep && rule.customer_id === customer && rule.from <= date && date <= rule.until)
	);
}

function appointmentRow(context: Checked, customer: number | undefined, rep: number | undefined, on: string): number | undefined {
	if (customer === undefined || rep === undefined) return undefined;
	return context.appointments.get(appointmentKey(customer, rep, parseDay(on)));
}

function describe({ portfolio: { tables } }: Checked, row: number): string {
	const { refs, days } = tables.appointments;
	const customer = tables.customers.texts.customer_id.at(refs.customer_id[row]);
	const rep = tables.reps.texts.rep_id.at(refs.rep_id[row]);
	return `the appointment of customer ${customer} with rep ${rep} on ${formatDay(days.on[row])}`;
}

function checkPromise({ portfolio, report }: Checked, { appointment, start, entry, pointer }: ContactView): void {
	const { numbers, codes } = portfolio.tables.appointments;
	const at = numbers.at[appointment];
	if (!Number.isNaN(at) && start !== at) report("appointment-time", `${pointer}/start`, `${entry.start}, promised for ${formatTime(at)}`);
	const channel = CHANNELS[codes.channel[appointment]];
	if (channel !== undefined && entry.channel !== channel)
		report("appointment-channel", `${pointer}/channel`, `${entry.channel}, promised as ${channel}`);
}
