import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openMonitor, parseDay, type Portfolio, readPortfolio } from "../../engine/index.ts";
import { generate } from "../../models/generator/generate.ts";
import { type CustomerTruth, readTruth } from "../../models/generator/truth.ts";
import { dayOf, isReachedRow, plainRows } from "../monitor/slow-figures.ts";

const AS_OF = parseDay("2026-11-23");
const SEEDS = process.env.CARTEIRA_SLICE ? [1] : [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
/** Days before the end of the history at which debts are foretold: what then happened is in it. */
const BACK = [10, 24, 38];

/** Customers whose cadence broke of those that were foretold as in debt, by whether somebody reached them in time, and as many as expected. */
function debtOf(portfolio: Portfolio, asOf: number): { expected: number; happened: number } {
	const debt = openMonitor(portfolio, { asOf }).customers("cadence_debt", { limit: 100_000 }).customers;
	const reached = plainRows(portfolio.tables.contacts).filter((row) => isReachedRow(row) && dayOf(row) >= asOf);
	const daysOf = Map.groupBy(reached, (row) => portfolio.tables.customers.texts.customer_id.at(Number(row.customer_id)));
	let [expected, happened] = [0, 0];
	for (const { customer_id: id, on, measures } of debt) {
		expected += Number(measures.expected_breaches);
		if (!(daysOf.get(id) ?? []).some((row) => dayOf(row) < parseDay(on ?? ""))) happened++;
	}
	return { expected, happened };
}

/** Breaks whose cause is the true one where the tables tell it, and unknown where they do not. */
async function causesOf(portfolio: Portfolio, folder: string) {
	const truths = new Map<string, CustomerTruth>();
	for await (const truth of readTruth(folder)) truths.set(truth.customer.id, truth);
	const tally = { evident: 0, right: 0, hidden: 0, unknown: 0 };
	for (const { customer_id: id, cell } of openMonitor(portfolio, { asOf: AS_OF }).customers("breaks", { limit: 100_000 }).customers) {
		const truth = truths.get(id);
		if (truth?.state.mode !== "gone") continue; // it only pauses
		if (truth.isEvident) {
			tally.evident++;
			if (cell.cause === truth.state.cause) tally.right++;
		} else {
			tally.hidden++;
			if (cell.cause === "unknown") tally.unknown++;
		}
	}
	return tally;
}

it(`finds the planted causes of breaks and foretells broken cadences in ${SEEDS.length} generated companies`, async () => {
	const causes = { evident: 0, right: 0, hidden: 0, unknown: 0 };
	for (const seed of SEEDS) {
		const folder = await mkdtemp(join(tmpdir(), "carteira-truth-"));
		try {
			await generate({ customers: 1500, reps: 10, seed, asOf: AS_OF, format: "arrow", out: folder });
			const portfolio = await readPortfolio(folder);
			const tally = await causesOf(portfolio, folder);
			for (const name of ["evident", "right", "hidden", "unknown"] as const) causes[name] += tally[name];
			const debts = BACK.map((days) => debtOf(portfolio, AS_OF - days));
			const expected = debts.reduce((sum, debt) => sum + debt.expected, 0);
			const happened = debts.reduce((sum, debt) => sum + debt.happened, 0);
			console.log(`seed ${seed}: ${expected.toFixed(1)} breaches expected, ${happened} happened; causes ${JSON.stringify(tally)}`);
			expect(happened).toBeGreaterThan(100);
			expect(Math.abs(expected / happened - 1), `seed ${seed}`).toBeLessThan(0.15);
		} finally {
			await rm(folder, { recursive: true, force: true });
		}
	}
	expect(causes.evident).toBeGreaterThan(50 * SEEDS.length);
	expect(causes.right / causes.evident).toBeGreaterThan(0.8);
	expect(causes.unknown / causes.hidden).toBeGreaterThan(0.8);
}, 600_000);
