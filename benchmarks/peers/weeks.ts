import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { problemOf } from "../../engine/agenda/problem-of.ts";
import { parseDay, readPortfolio } from "../../engine/index.ts";
import { understand } from "../../engine/understand.ts";
import { prepareCases } from "../../engine/policy/cases.ts";
import { loadPredictor } from "../../engine/scoring/predictor.ts";
import type { ProblemSpec } from "../../engine/solver/problem-spec.ts";
import { generate } from "../../models/generator/generate.ts";

/** A rep's days of a generated portfolio, as the plan itself hands them to the solver. */
export interface Week {
	readonly repId: string;
	readonly spec: ProblemSpec;
}

const CUSTOMERS_A_REP = 300;
const HORIZON_DAYS = 10;

/** The first `numReps` selling reps of a synthetic distributor with about 300 customers a rep and ten days each. */
export async function generateWeeks(numReps: number, seed: number): Promise<Week[]> {
	const out = await mkdtemp(join(tmpdir(), "carteira-peers-"));
	try {
		const asOf = parseDay("2026-11-23");
		await generate({ customers: CUSTOMERS_A_REP * numReps, reps: numReps, seed, asOf, format: "csv", out });
		const portfolio = await readPortfolio(out);
		const context = understand(portfolio, { asOf, horizonDays: HORIZON_DAYS }, await loadPredictor(undefined));
		const cases = prepareCases({ ...context, published: new Map() });
		const ids = portfolio.tables.reps.texts.rep_id;
		const weeks = cases.order.map((rep) => ({
			repId: ids.at(rep) ?? "",
			spec: problemOf(cases.build(rep, new Map()), portfolio, context.policy),
		}));
		return weeks.filter(({ spec }) => spec.numCustomers >= CUSTOMERS_A_REP / 2).slice(0, numReps);
	} finally {
		await rm(out, { recursive: true });
	}
}
