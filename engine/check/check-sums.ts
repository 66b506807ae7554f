import { checkFloors } from "./floors.ts";
import type { AgendaView, Checked, ContactView, RepView } from "./views.ts";

/** Tolerance of shares and gaps, which are not whole. */
const NEAR = 1e-6;

/** Values, floors, bounds and gaps of every rep, key figures of the plan, and that everything counted is whole. */
export function checkSums(context: Checked): void {
	for (const rep of context.reps) {
		checkValue(context, rep);
		checkBound(context, rep);
		if (rep.rep >= 0) checkFloors(context, rep);
	}
	checkKpis(context);
	checkWhole(context);
}

function checkValue({ report }: Checked, { agendas, shape, pointer }: RepView): void {
	const entries = sum(agendas, ({ contacts }) => sum(contacts, ({ entry }) => entry.value_cents));
	const value = entries - sum(agendas, (agenda) => agenda.shape.travel_cost_cents) - shape.floor_cents;
	if (shape.value_cents !== value)
		report("rep-value", `${pointer}/value_cents`, `${shape.value_cents}, entries less travel and floors are ${value}`);
}

function checkBound({ report }: Checked, { shape, pointer }: RepView): void {
	const { value_cents: value, upper_bound_cents: bound, gap } = shape;
	if (bound < value) report("upper-bound", `${pointer}/upper_bound_cents`, `${bound} is below the value ${value}`);
	const expected = bound > 0 ? (bound - value) / bound : null;
	// A plan made by people has no bound but its value: that it is null is no claim.
	const isGap = gap === null ? expected === null || bound === value : expected !== null && Math.abs(gap - expected) <= NEAR;
	if (!isGap) report("gap", `${pointer}/gap`, `${gap}, expected ${expected}`);
}

/** Compares the key figures that the plan states, by name; names that are not here are not judged. */
function checkKpis(context: Checked): void {
	const { plan, report } = context;
	const expected = kpisOf(context);
	for (const [name, shown] of Object.entries(plan.kpis)) {
		const value = expected.get(name);
		if (value === undefined) continue;
		const isSame = value === null || typeof shown !== "number" ? shown === value : Math.abs(shown - value) <= NEAR;
		if (!isSame) report("kpi", `/kpis/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, `${String(shown)}, expected ${value}`);
	}
}

function kpisOf({ plan, reps }: Checked): ReadonlyMap<string, number | null> {
	const agendas = reps.flatMap((rep) => rep.agendas);
	const contacts = agendas.flatMap((agenda) => agenda.contacts);
	const visits = contacts.filter(({ isVisit }) => isVisit).length;
	const service = sum(contacts, ({ start, end }) => end - start);
	const travel = sum(agendas, ({ shape }) => shape.travel_seconds);
	const work = sum(agendas, (agenda) => agenda.work?.workSeconds ?? 0);
	const gaps = plan.reps.flatMap(({ gap }) => gap ?? []);
	return new Map<string, number | null>([
		["contacts", contacts.length],
		["visits", visits],
		["remote_contacts", contacts.length - visits],
		["customers_planned", new Set(contacts.map(({ entry }) => entry.customer_id)).size],
		["customers_unplanned", plan.unplanned.length],
		["value_cents", sum(plan.reps, (rep) => rep.value_cents)],
		["upper_bound_cents", sum(plan.reps, (rep) => rep.upper_bound_cents)],
		["mean_gap", gaps.length === 0 ? null : sum(gaps, (gap) => gap) / gaps.length],
		["floor_cents", sum(plan.reps, (rep) => rep.floor_cents)],
		["travel_cost_cents", sum(agendas, ({ shape }) => shape.travel_cost_cents)],
		["travel_seconds", travel],
		["travel_metres", sum(agendas, ({ shape }) => shape.travel_metres)],
		["service_seconds", service],
		["busy_share", work === 0 ? null : (service + travel) / work],
		["value_forgone_cents", sum(plan.unplanned, (customer) => customer.value_forgone_cents)],
	]);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
	return items.reduce((total, item) => total + of(item), 0);
}

function checkWhole(context: Checked): void {
	for (const { agendas, shape, pointer } of context.reps) {
		requireWhole(context, pointer, {
			value_cents: shape.value_cents,
			upper_bound_cents: shape.upper_bound_cents,
			floor_cents: shape.floor_cents,
		});
		for (const agenda of agendas) checkWholeDay(context, agenda);
	}
	for (const [at, { value_forgone_cents }] of context.plan.unplanned.entries())
		requireWhole(context, `/unplanned/${at}`, { value_forgone_cents });
}

function checkWholeDay(context: Checked, { shape, pointer, contacts }: AgendaView): void {
	const { travel_seconds, travel_metres, travel_cost_cents } = shape;
	requireWhole(context, pointer, { travel_seconds, travel_metres, travel_cost_cents });
	for (const contact of contacts) checkWholeEntry(context, contact);
}

function checkWholeEntry(context: Checked, { entry, pointer }: ContactView): void {
	const { travel_seconds, travel_metres, min_gap_days, value_cents } = entry;
	requireWhole(context, pointer, { travel_seconds, travel_metres, min_gap_days, value_cents });
	for (const [at, { cents }] of entry.terms.entries()) requireWhole(context, `${pointer}/terms/${at}`, { cents });
	for (const [at, { expected_cents }] of entry.products.entries()) requireWhole(context, `${pointer}/products/${at}`, { expected_cents });
}

function requireWhole({ report }: Checked, pointer: string, members: Readonly<Record<string, number>>): void {
	for (const [name, value] of Object.entries(members)) {
		if (!Number.isSafeInteger(value)) report("whole-numbers", `${pointer}/${name}`, `${value} is not whole`);
	}
}
