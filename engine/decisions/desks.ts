import type { PlanDocument } from "../agenda/plan-document.ts";
import { CarteiraError } from "../errors.ts";
import { knownPopulation, SLICED_FROM } from "../plan-snapshot.ts";
import { buildOwnership } from "../policy/ownership.ts";
import { type Population, validateSlice } from "../policy/population.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { openSnapshot, type Snapshot } from "../portfolio/snapshot/snapshot.ts";
import { createDesk, type Desk } from "../replan/desk.ts";
import type { Predictor } from "../scoring/predictor.ts";
import { createShelf } from "../shelf.ts";
import type { StoredPortfolio } from "../stored-plan.ts";
import { populationKey, understand } from "../understand.ts";
import { parseDay } from "../units.ts";

/** Desks at which stored plans are decided about; the last ones stay open. */
export interface Desks {
	/** A desk that knows all that a decision about the plan needs: of a large portfolio no more than the reps and customers that its order names. */
	of(stored: StoredPortfolio, plan: PlanDocument, published: PlanDocument | undefined, order: unknown): Desk;
}

export interface DesksOptions {
	/** Customers from which on a decision sits at a slice; default 20,000. */
	readonly slicedFrom?: number;
}

/** Desks kept open: each holds a whole portfolio and its scores in memory, or a slice's. */
const MOST_WHOLE = 2;
const MOST_SLICED = 24;
const MOST_SNAPSHOTS = 2;
/** Decisions about more reps sit at the whole portfolio. */
const MOST_REPS = 12;

export function openDesks(predictor: Predictor, { slicedFrom = SLICED_FROM }: DesksOptions = {}): Desks {
	const snapshots = createShelf<Snapshot>(MOST_SNAPSHOTS);
	const populations = createShelf<{ readonly found: Population | null }>(MOST_SNAPSHOTS);
	const wholes = createShelf<Desk>(MOST_WHOLE);
	const slices = createShelf<Desk>(MOST_SLICED);
	return {
		of({ folder, sha }, plan, published, order) {
			const asked = { asOf: parseDay(plan.as_of), policy: plan.policy };
			const place = JSON.stringify([folder, sha]);
			const inputs = JSON.stringify([place, plan.as_of, plan.receipt.policy_digest]);
			const key = JSON.stringify([inputs, published?.plan_id]);
			const snapshot = snapshots.get(place, () => openSnapshot(folder, sha));
			const whole = (): Desk => wholes.get(key, () => createDesk(understand(snapshot.portfolio(), asked, predictor), published));
			if (snapshot.manifest.tables.customers.num_rows < slicedFrom) return whole();
			const { found: population } = populations.get(inputs, () => {
				const nobody = snapshot.slice([]); // what a population is known by are the policy and the small tables
				return { found: knownPopulation(snapshot, populationKey(nobody, asked, predictor.model), nobody) };
			});
			const named = namedIn(snapshot, plan, order);
			if (population === null || named.reps.length > MOST_REPS) return whole();
			const sliced = (): Desk => {
				const { portfolio, rows } = sliceFor(snapshot, population, named);
				validateSlice(population, portfolio, rows);
				const measured = { population, populationOf: population.of.inputs };
				return createDesk(understand(portfolio, asked, predictor, measured), published);
			};
			try {
				return slices.get(JSON.stringify([key, named]), sliced);
			} catch (error) {
				// The survey is of before imports that it does not fit: other reps, or customers that are gone. The whole needs none.
				if (error instanceof CarteiraError && (error.code === "CONFLICT" || error.code === "INVALID_INPUT")) return whole();
				throw error;
			}
		},
	};
}

interface Named {
	readonly reps: readonly string[];
	readonly customers: readonly string[];
}

/** Reps of the plan that an order names, serve a customer that it names, or have or had to do with it; and those customers. */
function namedIn(snapshot: Snapshot, plan: PlanDocument, order: unknown): Named {
	const names = new Set<string>();
	collect(order, names);
	const found = snapshot.slice([], [...names]);
	const { customer_id: ids } = found.tables.customers.texts;
	const customers = new Set(Array.from({ length: ids.length }, (_, row) => ids.at(row) ?? ""));
	const reps = new Set(servers(found, plan));
	for (const { customer_id, rep_id } of plan.unplanned) if (rep_id !== null && customers.has(customer_id)) reps.add(rep_id);
	const holds = (rep: PlanDocument["reps"][number]): boolean =>
		customers.size > 0 && rep.days.some(({ entries }) => entries.some(({ customer_id }) => customers.has(customer_id)));
	return {
		reps: plan.reps.filter((rep) => names.has(rep.rep_id) || reps.has(rep.rep_id) || holds(rep)).map(({ rep_id }) => rep_id),
		customers: [...customers].sort(),
	};
}

/** Every id that stands somewhere in an order, whatever else does, too: what is no id is found nowhere. */
function collect(value: unknown, names: Set<string>): void {
	if (typeof value === "string") names.add(value);
	else if (typeof value === "object" && value !== null) for (const member of Object.values(value)) collect(member, names);
}

/** Reps that serve some of a portfolio's customers on some date of the plan. */
function servers(portfolio: Portfolio, { horizon }: PlanDocument): string[] {
	const [from, to] = [parseDay(horizon.from), parseDay(horizon.to)];
	const ownership = buildOwnership(
		portfolio,
		Array.from({ length: to - from + 1 }, (_, after) => from + after),
	);
	const { rep_id: ids } = portfolio.tables.reps.texts;
	return Array.from({ length: portfolio.tables.customers.length }, (_, row) => ownership.repsOf(row)).flatMap((rows) =>
		rows.map((rep) => ids.at(rep) ?? ""),
	);
}

/** The customers of the reps, those that managers among them are called in for, and those named. */
function sliceFor(snapshot: Snapshot, { reps: ids, cases }: Population, { reps, customers }: Named) {
	const rows = reps.map((rep) => ids.indexOf(rep));
	const called = rows.flatMap((rep) => cases.escalated.get(rep) ?? []);
	return { portfolio: snapshot.slice(reps, [...called, ...customers]), rows };
}
