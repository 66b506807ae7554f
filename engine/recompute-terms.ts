import type { PlanDocument } from "./agenda/plan-document.ts";
import type { PlanContext } from "./agenda/context.ts";
import type { TermsOf } from "./check/context.ts";
import { rowsById } from "./portfolio/portfolio.ts";
import { CHANNELS } from "./portfolio/schema.ts";
import { type RepCase, TERMS } from "./policy/case.ts";
import { type Cases, prepareCases } from "./policy/cases.ts";
import { publishedContacts, publishedDates } from "./agenda/published.ts";
import { type Day, parseDay } from "./units.ts";

/** Who is contacted when: all that is read of the plan. */
interface Agendas {
	readonly reps: readonly {
		readonly rep_id: string;
		readonly days: readonly {
			readonly date: string;
			readonly entries: readonly { readonly customer_id: string; readonly status?: unknown }[];
		}[];
	}[];
}

/**
 * Values a plan's contacts anew, for `check`: from the inputs and the model alone, with no word of the solver's. A contact that the
 * cases do not offer is left to the rules that say why.
 */
export function recomputeTerms(context: PlanContext, plan: Agendas, published: PlanDocument | undefined): TermsOf {
	const cases = prepareCases({
		...context,
		published: publishedContacts(context.portfolio, published),
		publishedDates: publishedDates(published),
	});
	const customerRows = rowsById(context.portfolio.tables.customers, "customer_id");
	const taken = takenBefore(context, cases, plan, (part) => contactsIn(customerRows, part));
	const built = new Map<number, RepCase>();
	return termsIn((rep) => {
		const repCase = built.get(rep) ?? cases.build(rep, taken(rep));
		built.set(rep, repCase);
		return repCase;
	});
}

/** Values contacts by the cases of their reps, which lie beside the plan's other agendas. */
export function termsIn(caseOf: (rep: number) => RepCase): TermsOf {
	const out = new Int32Array(TERMS.length);
	return ({ rep, customer, day, channel, start, previous }) => {
		const repCase = caseOf(rep);
		const holds = (at: number): boolean => repCase.options[at].windows.some(([open, close]) => open <= start && start <= close);
		const option = optionsOf(repCase)
			.get(keyOf(customer, day, channel))
			?.find(holds);
		if (option === undefined) return null;
		repCase.termsInto(option, previous, start > repCase.options[option].cutoff, out);
		return new Map(TERMS.flatMap((name, at) => (out[at] === 0 ? [] : [[name, out[at]]])));
	};
}

/** Options of a case by customer, date and channel; looked up once for each case. */
function optionsOf(repCase: RepCase): ReadonlyMap<string, readonly number[]> {
	const known = indexed.get(repCase);
	if (known) return known;
	const index = new Map<string, number[]>();
	for (const [at, { customer, day, channel }] of repCase.options.entries()) {
		const key = keyOf(customer, repCase.days[day], CHANNELS[channel]);
		const list = index.get(key);
		if (list) list.push(at);
		else index.set(key, [at]);
	}
	indexed.set(repCase, index);
	return index;
}

const indexed = new WeakMap<RepCase, ReadonlyMap<string, readonly number[]>>();

function keyOf(customer: number, day: Day, channel: string): string {
	return `${customer} ${day} ${channel}`;
}

/** A customer's row, and a date on which an agenda contacts it. */
export type DatedContact = readonly [customer: number, date: Day];

/** Whom a rep's agendas contact, and when, in their order. Who was not reached was not contacted. */
export function contactsIn(customerRows: ReadonlyMap<string, number>, { days }: Agendas["reps"][number]): DatedContact[] {
	return days.flatMap(({ date, entries }) => {
		const day = parseDay(date);
		return entries.flatMap(({ customer_id, status }): DatedContact[] => {
			const customer = status === "not_reached" ? undefined : customerRows.get(customer_id);
			return customer === undefined ? [] : [[customer, day]];
		});
	});
}

/** For each rep: what the agendas of earlier waves contact, as when the plan was made. */
export function takenBefore<Part extends Agendas["reps"][number]>(
	{ portfolio }: PlanContext,
	{ waves }: Cases,
	plan: { readonly reps: readonly Part[] },
	contactsOf: (part: Part) => readonly DatedContact[],
): (rep: number) => ReadonlyMap<number, readonly Day[]> {
	const { rep_id: ids } = portfolio.tables.reps.texts;
	const parts = new Map(plan.reps.map((part) => [part.rep_id, part]));
	const byWave = new Map<number, ReadonlyMap<number, readonly Day[]>>();
	const takenIn = (earlier: readonly (readonly number[])[]): ReadonlyMap<number, readonly Day[]> => {
		const taken = new Map<number, Day[]>();
		for (const rep of earlier.flat()) {
			const part = parts.get(ids.at(rep) ?? "");
			for (const [customer, date] of part ? contactsOf(part) : []) taken.set(customer, [...(taken.get(customer) ?? []), date]);
		}
		return taken;
	};
	return (rep) => {
		const wave = waves.findIndex((reps) => reps.includes(rep));
		const known = byWave.get(wave);
		if (known) return known;
		const taken = takenIn(waves.slice(0, Math.max(0, wave)));
		byWave.set(wave, taken);
		return taken;
	};
}
