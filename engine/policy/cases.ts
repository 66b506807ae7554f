import type { Portfolio } from "../portfolio/portfolio.ts";
import type { Day } from "../units.ts";
import { type Basis, basisOf } from "./basis.ts";
import type { Exclusion, RepCase } from "./case.ts";
import { buildContext, type CaseContext, type CaseInputs } from "./case-context.ts";
import { exclusionOf } from "./exclusions.ts";
import { floorsOf } from "./floors.ts";
import { type CaseDay, optionsOf, type ValuedOption } from "./options.ts";
import { isManager } from "./ownership.ts";
import type { CommonCases } from "./population.ts";
import { promisedOptions, type Unmet } from "./promises.ts";
import { productsOf } from "./suggestions.ts";
import { caseDays, placeOf, slotOf } from "./slots.ts";
import { standingOf } from "./standing.ts";
import { type Amounts, amountsOf, writeTerms } from "./terms.ts";
import { wavesOf } from "./waves.ts";

export type { CaseInputs } from "./case-context.ts";

/** The cases of all reps. */
export interface Cases {
	/** Every real row of reps, managers with escalations first. */
	readonly order: readonly number[];
	/** The same reps in groups: those of a group share no customer, and what earlier groups contact must be known to later ones. */
	readonly waves: readonly (readonly number[])[];
	/** Customers that no rep plans for. */
	readonly orphans: readonly Exclusion[];
	/** `taken`: dates on which other agendas already contact a customer. `only`: of the rep's customers, these; default: all of them. */
	build(rep: number, taken: ReadonlyMap<number, readonly Day[]>, only?: ReadonlySet<number>): RepCase;
}

/** Works out what all cases share; cases are then built one by one, so that only those being solved are in memory. */
export function prepareCases(inputs: CaseInputs): Cases {
	const context = buildContext(inputs);
	const plannedBy = customersByRep(context);
	const waves = inputs.population?.cases.waves ?? wavesOf(context, plannedBy.length);
	return {
		order: waves.flat(),
		waves,
		orphans: orphansOf(context),
		build: (rep, taken, only) =>
			buildCase(context, rep, only ? plannedBy[rep].filter((customer) => only.has(customer)) : plannedBy[rep], taken),
	};
}

/** Customers that each rep may contact, ascending: its own, for managers those escalated to them, and those it has appointments with. */
function customersByRep(context: CaseContext): number[][] {
	const { reps, customers, appointments } = context.portfolio.tables;
	const lists: number[][] = Array.from({ length: reps.numRows }, () => []);
	for (let customer = 0; customer < customers.length; customer++) {
		for (const rep of context.ownership.repsOf(customer)) if (!isManager(reps, rep)) lists[rep].push(customer);
		const manager = context.escalatedTo(customer);
		if (manager >= 0) lists[manager].push(customer);
	}
	return lists.map((list, rep) => {
		const promised = context.appointments.of(rep).map((row) => appointments.refs.customer_id[row]);
		return promised.length === 0 ? list : [...new Set([...list, ...promised])].sort((a, b) => a - b);
	});
}

/** Customers that no rep plans for, in order of rows. */
export function orphansOf({
	portfolio,
	ownership,
	escalatedTo,
	appointments,
}: Pick<CaseContext, "portfolio" | "ownership" | "escalatedTo" | "appointments">): Exclusion[] {
	const { customers, reps } = portfolio.tables;
	const orphans: Exclusion[] = [];
	for (let customer = 0; customer < customers.length; customer++) {
		const own = ownership.repsOf(customer);
		if (escalatedTo(customer) >= 0 || own.some((rep) => !isManager(reps, rep)) || appointments.datesOf(customer).length > 0) continue;
		const detail = own.length > 0 ? "its rep has escalations and appointments only" : "no rep is assigned";
		orphans.push({ customer, reasons: [{ code: "NO_REP", proven: true, detail }] });
	}
	return orphans;
}

/** Orphans as they are called outside of a portfolio in memory. */
export function namedOrphans(orphans: Cases["orphans"], { tables: { customers } }: Portfolio): CommonCases["orphans"] {
	return orphans.map(({ customer, reasons }) => ({ customerId: customers.texts.customer_id.at(customer) ?? "", reasons }));
}

/** One customer's part of a case. */
interface Candidate {
	/** Index of its first option in the case. */
	readonly first: number;
	readonly basis: Basis;
	readonly options: readonly ValuedOption[];
	/** One row an option. */
	readonly amounts: Amounts;
}

function buildCase(context: CaseContext, rep: number, planned: readonly number[], taken: ReadonlyMap<number, readonly Day[]>): RepCase {
	const days = caseDays(context, rep);
	const promises = promisedOptions(context, rep, days);
	const exclusions: Exclusion[] = [];
	const unmet: Unmet[] = [];
	const candidates: Candidate[] = [];
	let numOptions = 0;
	for (const customer of planned) {
		const standing = standingOf(context, rep, customer, context.escalatedTo(customer) === rep);
		const promise = promises.get(customer);
		const free = daysWith(context, rep, customer, days);
		const elsewhere = { promised: context.appointments.datesOf(customer), taken: taken.get(customer) ?? [] };
		const options = [...optionsOf(context, standing, free, elsewhere), ...(promise?.options ?? [])];
		options.sort((a, b) => a.option.day - b.option.day || a.option.channel - b.option.channel);
		unmet.push(...(promise?.unmet ?? []));
		if (options.length === 0) {
			if (!promise) exclusions.push(exclusionOf(context, rep, standing, free, elsewhere));
			continue;
		}
		const basis = basisOf(context, standing, days, elsewhere.taken);
		candidates.push({ first: numOptions, basis, options, amounts: amountsOf(context, rep, basis, options, days) });
		numOptions += options.length;
	}
	return assemble(context, rep, days, planned, candidates, exclusions, unmet);
}

/** Days on which the rep is the one to contact the customer. */
function daysWith(
	{ ownership, escalatedTo, portfolio }: CaseContext,
	rep: number,
	customer: number,
	days: readonly CaseDay[],
): readonly CaseDay[] {
	if (escalatedTo(customer) === rep) return days;
	if (isManager(portfolio.tables.reps, rep)) return [];
	return days.filter(({ date }) => ownership.repOn(customer, date) === rep);
}

function assemble(
	context: CaseContext,
	rep: number,
	days: readonly CaseDay[],
	customers: readonly number[],
	candidates: readonly Candidate[],
	exclusions: readonly Exclusion[],
	unmet: readonly Unmet[],
): RepCase {
	const options = candidates.flatMap((candidate) => candidate.options.map(({ option }) => option));
	const candidateOf = candidates.flatMap((candidate) => candidate.options.map(() => candidate));
	return {
		rep,
		days: days.map(({ date }) => date),
		slots: days.map((day) => slotOf(context, rep, day)),
		places: { start: placeOf(context, rep, "start"), end: placeOf(context, rep, "end") },
		customers: Int32Array.from(customers),
		options,
		exclusions,
		floors: floorsOf(context, customers, days),
		unmet,
		termsInto: (option, previous, afterCutoff, out) => {
			const { basis, amounts, first } = candidateOf[option];
			return writeTerms(context, basis, amounts, option - first, days[options[option].day].date, previous, afterCutoff, out);
		},
		productsOf: (option) => productsOf(context, candidateOf[option].basis, options[option], days[options[option].day].date),
	};
}
