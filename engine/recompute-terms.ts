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
	const taken = takenBefore(context, cases, plan);
	const built = new Map<number, { repCase: RepCase; optionsOf: ReadonlyMap<string, readonly number[]> }>();
	const caseOf = (rep: number) => {
		const known = built.get(rep);
		if (known) return known;
		const repCase = cases.build(rep, taken(rep));
		const optionsOf = new Map<string, number[]>();
		for (const [at, { customer, day, channel }] of repCase.options.entries()) {
			const key = keyOf(customer, repCase.days[day], CHANNELS[channel]);
			optionsOf.set(key, [...(optionsOf.get(key) ?? []), at]);
		}
		const fresh = { repCase, optionsOf };
		built.set(rep, fresh);
		return fresh;
	};
	const out = new Int32Array(TERMS.length);
	return ({ rep, customer, day, channel, start, previous }) => {
		const { repCase, optionsOf } = caseOf(rep);
		const holds = (at: number): boolean => repCase.options[at].windows.some(([open, close]) => open <= start && start <= close);
		const option = optionsOf.get(keyOf(customer, day, channel))?.find(holds);
		if (option === undefined) return null;
		repCase.termsInto(option, previous, start > repCase.options[option].cutoff, out);
		return new Map(TERMS.flatMap((name, at) => (out[at] === 0 ? [] : [[name, out[at]]])));
	};
}

function keyOf(customer: number, day: Day, channel: string): string {
	return `${customer} ${day} ${channel}`;
}

/** For each rep: what the agendas of earlier waves contact, as when the plan was made. Who was not reached was not contacted. */
export function takenBefore({ portfolio }: PlanContext, cases: Cases, plan: Agendas): (rep: number) => ReadonlyMap<number, readonly Day[]> {
	const { customers, reps } = portfolio.tables;
	const customerRows = rowsById(customers, "customer_id");
	const plans = new Map(plan.reps.map((rep) => [rep.rep_id, rep]));
	const byWave = cases.waves.map((_, wave) => {
		const taken = new Map<number, Day[]>();
		for (const rep of cases.waves.slice(0, wave).flat()) {
			for (const { date, entries } of plans.get(reps.texts.rep_id.at(rep) ?? "")?.days ?? []) {
				for (const { customer_id, status } of entries) {
					const customer = status === "not_reached" ? undefined : customerRows.get(customer_id);
					if (customer !== undefined) taken.set(customer, [...(taken.get(customer) ?? []), parseDay(date)]);
				}
			}
		}
		return taken;
	});
	return (rep) => byWave[cases.waves.findIndex((wave) => wave.includes(rep))] ?? new Map();
}
