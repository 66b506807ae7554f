import { POTENTIALS, KINDS } from "../policy/case.ts";
import { SERVICE_EVENT_KINDS } from "../portfolio/schema.ts";
import { SECONDS_PER_DAY } from "../units.ts";
import { actionPlansOf, escalationReps, repsOf } from "./action-plans.ts";
import { abcClasses, classOfPotential } from "./classes.ts";
import { rungOf } from "./credit.ts";
import { phasesOf } from "./phases.ts";
import { type Checked, type ContactView, contactsOf } from "./views.ts";

const COMPLAINT = SERVICE_EVENT_KINDS.indexOf("complaint");
const STOPPED: readonly string[] = ["inactivating", "inactive", "ex_customer"];
const RETAINED: readonly string[] = ["pre_inactive", "inactivating", "inactive", "ex_customer"];

/** Phase, class, potential, kind and objective of every contact. */
export function checkStanding(context: Checked): void {
	const classes = abcClasses(context);
	for (const contact of contactsOf(context.reps)) {
		checkPhase(context, contact);
		checkClass(context, contact, classes);
		checkKind(context, contact);
		checkObjective(context, contact);
	}
	for (const contacts of context.contacts.values()) checkSame(context, contacts);
	checkPotentials(context);
}

function checkPhase(context: Checked, { customer, entry, pointer }: ContactView): void {
	const phases = phasesOf(context, customer);
	if (!phases.includes(entry.phase)) context.report("phase", `${pointer}/phase`, `${entry.phase}, expected ${phases.join(" or ")}`);
}

function checkClass(context: Checked, { customer, entry, pointer }: ContactView, classes: ReadonlyMap<number, readonly string[]>): void {
	const allowed = classes.get(customer) ?? [classOfPotential(entry.potential) ?? ""];
	if (!allowed.includes(entry.class)) context.report("class", `${pointer}/class`, `${entry.class}, expected ${allowed.join(" or ")}`);
}

/** A customer's standing is that of as_of, so the same in all its entries. */
function checkSame({ report }: Checked, contacts: readonly ContactView[]): void {
	const [first, ...others] = contacts;
	for (const { entry, pointer } of others) {
		const differing = (["phase", "class", "potential"] as const).filter((member) => entry[member] !== first.entry[member]);
		if (differing.length > 0) report("classification", pointer, `${differing.join(", ")} differ from ${first.pointer}`);
	}
}

/** Potentials are known words and descend with the customers' stated potential value. */
function checkPotentials({ contacts, portfolio, report }: Checked): void {
	const ranked = [...contacts].flatMap(([customer, [{ entry, pointer }]]) => {
		const rank = POTENTIALS.findIndex((potential) => potential === entry.potential);
		if (rank < 0) report("potential", `${pointer}/potential`, `${entry.potential} is none of ${POTENTIALS.join(", ")}`);
		const value = portfolio.tables.customers.numbers.potential_value[customer];
		return rank < 0 || Number.isNaN(value) ? [] : [{ rank, value, pointer }];
	});
	ranked.sort((a, b) => b.value - a.value || a.rank - b.rank);
	let worst = ranked[0];
	for (const contact of ranked) {
		if (contact.rank < worst.rank && contact.value < worst.value) {
			report("potential", `${contact.pointer}/potential`, `higher than at ${worst.pointer}, whose potential value is larger`);
		}
		if (contact.rank > worst.rank) worst = contact;
	}
}

function checkKind(context: Checked, contact: ContactView): void {
	const { entry, pointer } = contact;
	const kinds = kindsOf(context, contact);
	const isKind = KINDS.some((kind) => kind === entry.kind);
	if (!isKind || !kinds.includes(entry.kind)) context.report("kind", `${pointer}/kind`, `${entry.kind}, expected ${kinds.join(" or ")}`);
}

/** Kinds that a contact may have: the first that applies, and the next where the text leaves open whether it does. */
function kindsOf(context: Checked, { customer, rep, day, entry, appointment }: ContactView): string[] {
	if (appointment >= 0) return ["appointment"];
	const isOwn = repsOf(context, customer, day).includes(rep);
	if (!isOwn && escalationReps(context, customer, entry).includes(rep)) return ["escalation"];
	const rung = rungOf(context, customer);
	if (rung === "collect_only") return ["collect"];
	const rest = openComplaint(context, customer) ? ["resolve"] : [sellingKind(entry.phase)];
	// On the cash rung both collecting and selling apply.
	return rung === "collect_and_sell_cash" ? ["collect", ...rest] : rest;
}

function sellingKind(phase: string): string {
	if (phase === "prospect") return "prospect";
	return RETAINED.includes(phase) ? "retain" : "sell";
}

/** Does the customer wait for an answer to a complaint made before as_of? */
function openComplaint({ portfolio, complaints, asOf }: Checked, customer: number): boolean {
	const { numbers, codes } = portfolio.tables.service_events;
	const now = asOf * SECONDS_PER_DAY;
	return (complaints.get(customer) ?? []).some(
		(row) => codes.kind[row] === COMPLAINT && numbers.at[row] < now && !(numbers.resolved_at[row] < now),
	);
}

/**
 * The objective is what the policy says of the cause for which the customer stopped, which the brief names, else the action plan's; a contact
 * that is not to sell may state its own kind instead. Only customers that are silent for long stopped.
 */
function checkObjective(context: Checked, contact: ContactView): void {
	const { entry, pointer } = contact;
	const { recovery } = entry.brief;
	if (recovery && !STOPPED.includes(entry.phase))
		context.report("objective", `${pointer}/brief/recovery`, `${recovery.cause} of a customer in phase ${entry.phase}`);
	const cured = recovery ? context.policy.recovery_objectives[recovery.cause] : null;
	const objectives = cured === null ? actionPlansOf(context, contact).map(({ objective }) => objective) : [cured];
	const own = cured !== null || ["sell", "retain", "prospect"].includes(entry.kind) ? [] : [entry.kind];
	if (objectives.length > 0 && ![...objectives, ...own].includes(entry.objective)) {
		context.report("objective", `${pointer}/objective`, `${entry.objective}, expected ${objectives.join(" or ")}`);
	}
}
