import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PEER_COLUMNS, writePeerTable } from "../../../benchmarks/learning/peer-table.ts";
import { buildWholeHistory, situationAt } from "../../../benchmarks/learning/situation.ts";
import { CHURN_INPUTS } from "../../../engine/scoring/churn-inputs.ts";
import { LAST_DAY, syntheticPortfolio } from "../../scoring/synthetic-portfolio.ts";

const CUTOFF = LAST_DAY - 200;
let scratch: string;
beforeAll(() => {
	scratch = mkdtempSync(join(tmpdir(), "carteira-peer-table-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function rowsOf(whole: boolean): { rows: Float64Array[]; numAsked: number } {
	const portfolio = syntheticPortfolio(60, 4, 20);
	const history = buildWholeHistory(portfolio);
	const situation = situationAt(portfolio, whole ? history : situationAt(portfolio, history, CUTOFF, 90).past, CUTOFF, 90);
	const table = writePeerTable(scratch, situation, 90, 60);
	const bytes = readFileSync(table.file);
	const values = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
	const width = PEER_COLUMNS.length;
	const rows = Array.from({ length: table.numRows }, (_, row) => values.slice(row * width, (row + 1) * width));
	return { rows, numAsked: situation.customers.length };
}

describe("the peers' table", () => {
	const at = (name: string): number => PEER_COLUMNS.indexOf(name);

	it("has past origins whose windows were over, then the cutoff's customers", () => {
		const { rows, numAsked } = rowsOf(true);
		const known = rows.map((row) => row[at("days_known")]);
		expect(known.filter((days) => days === 0)).toHaveLength(numAsked);
		expect(known.lastIndexOf(0)).toBe(rows.length - 1);
		expect(known.filter((days) => days > 0).every((days) => days >= 90 && (days - 90) % 60 === 0)).toBe(true);
		expect(known.filter((days) => days > 90).length).toBeGreaterThan(100);
	});

	it("has our own inputs, finite throughout", () => {
		const { rows } = rowsOf(true);
		expect(PEER_COLUMNS.slice(-CHURN_INPUTS.length)).toEqual(CHURN_INPUTS);
		expect(rows.every((row) => row.every(Number.isFinite))).toBe(true);
	});

	it("holds nothing of what came after the cutoff", () => {
		const [whole, cut] = [rowsOf(true), rowsOf(false)];
		expect(whole.rows.filter((row) => row[at("days_known")] > 0)).toEqual(cut.rows.filter((row) => row[at("days_known")] > 0));
		const features = (rows: Float64Array[]): number[][] =>
			rows.slice(-whole.numAsked).map((row) => Array.from(row).slice(at("plain_orders")));
		expect(features(whole.rows)).toEqual(features(cut.rows));
	});
});
