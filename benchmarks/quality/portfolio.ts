import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { problemOf } from "../../engine/agenda/problem-of.ts";
import { CarteiraError } from "../../engine/errors.ts";
import { understand } from "../../engine/understand.ts";
import { prepareCases } from "../../engine/policy/cases.ts";
import { isManager } from "../../engine/policy/ownership.ts";
import { readPortfolio } from "../../engine/portfolio/reading/read-portfolio.ts";
import { loadPredictor } from "../../engine/scoring/predictor.ts";
import type { ProblemSpec } from "../../engine/solver/problem-spec.ts";
import type { Day } from "../../engine/units.ts";
import { generate } from "../../models/generator/generate.ts";
import type { Instance } from "./instance.ts";

/** What `readGenerated` makes, the same every time. */
export interface GeneratedShape {
	readonly seeds: readonly number[];
	readonly reps: number;
	readonly customersPerRep: number;
}

/** A portfolio folder's problems, one a rep that visits, by the path that a plan takes. Reps do not see what the others of the team contact. */
export async function readPortfolioSet(folder: string, asOf: Day): Promise<Instance[]> {
	if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
		throw new CarteiraError("NOT_FOUND", `${folder}: is no folder; expected a portfolio folder`);
	const portfolio = await readPortfolio(folder);
	const context = understand(portfolio, { asOf }, await loadPredictor());
	const cases = prepareCases({ ...context, published: new Map() });
	const { reps } = portfolio.tables;
	const ids = reps.texts.rep_id;
	return cases.order.flatMap((rep): Instance[] => {
		if (isManager(reps, rep)) return [];
		const spec = problemOf(cases.build(rep, new Map()), portfolio, context.policy);
		if (!isOnTheRoad(spec)) return [];
		return [
			{
				set: "portfolio",
				name: `${basename(folder)}/${ids.at(rep) ?? rep}`,
				path: "",
				m: spec.slots.length,
				spec,
				numberOf: Array.from({ length: spec.numCustomers }, (_, customer) => customer),
				valueScale: 1,
				tours: spec.slots.map(({ day }) => ({ day: day + 1, vehicle: 1 })),
			},
		];
	});
}

/** Problems of made portfolios: written to a folder for the time of reading only. */
export async function readGenerated({ seeds, reps, customersPerRep }: GeneratedShape, asOf: Day): Promise<Instance[]> {
	const instances: Instance[] = [];
	for (const seed of seeds) {
		const parent = mkdtempSync(join(tmpdir(), "carteira-quality-"));
		try {
			const out = join(parent, `generated-${seed}`);
			await generate({ customers: customersPerRep * reps, reps, seed, asOf, format: "csv", out });
			instances.push(...(await readPortfolioSet(out, asOf)));
		} finally {
			rmSync(parent, { recursive: true });
		}
	}
	return instances;
}

/** Whether the rep has anything to visit: inside sales have not. */
function isOnTheRoad(spec: ProblemSpec): boolean {
	return spec.options.some(({ channel }) => channel === 0) && spec.slots.some(({ maxVisits }) => maxVisits > 0);
}
