import { buildHistory, type History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { CHURN_INPUTS } from "../../engine/scoring/churn-inputs.ts";
import { cutHistory } from "../../engine/scoring/cut-history.ts";
import { type ModelFolder, modelName, readModelFolder, type Reference } from "../../engine/scoring/model-folder.ts";
import { createPredictor, defaultModelDir } from "../../engine/scoring/predictor.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import { measure } from "./compare.ts";
import { hasSeen } from "./origin-report.ts";
import { churnLabels, customersOf } from "../churn/populations.ts";
import { churnColumns, countInto, lastWeek } from "../churn/reference.ts";

const HORIZON = 90;
/** Population stability index from which a column is looked at, and from which the model should be trained again: the usual bounds. */
const MOVED = 0.1;
const SHIFTED = 0.25;
/** An empty bin counts as half a customer, so that the index stays finite. */
const EMPTY = 0.5;

export type DriftState = "stable" | "moved" | "shifted";

/** How far a column is from what the model was trained on. */
export interface ColumnDrift {
	readonly name: string;
	/** Population stability index: Σ (now − then) × ln(now ÷ then) over the reference's bins. */
	readonly psi: number;
	/** Largest distance of the cumulative shares, at the bins' edges (Kolmogorov and Smirnov's distance is at least that). */
	readonly ks: number;
	/** `stable` also where chance alone gives such an index once in twenty times. */
	readonly state: DriftState;
}

/** What the model said at the newest finished origin, and what came. */
export interface Calibration {
	readonly origin: string;
	readonly numCustomers: number;
	/** Share that did not order within 90 days, and what the model said on average. */
	readonly baseRate: number;
	readonly meanScore: number;
	readonly logLoss: number | null;
	readonly ece: number | null;
	/** Did the model learn from days after the origin? Then the figures flatter it. */
	readonly hasSeen: boolean;
}

export interface DriftReport {
	readonly model: string;
	readonly asOf: string;
	/** That ordered in the year before. */
	readonly numCustomers: number;
	/** Most moved first; null where the model folder holds no reference. */
	readonly columns: readonly ColumnDrift[] | null;
	/** Share without an order in 90 days at the newest finished origin: when the model was trained, and now. */
	readonly baseRate: { readonly trained: number | null; readonly now: number | null };
	/** Null where nobody had ordered 90 days ago. */
	readonly calibration: Calibration | null;
}

export interface DriftOptions {
	/** Only what lies before this day counts. */
	readonly asOf: Day;
	/** Model folder; the shipped one unless said. */
	readonly model?: string;
}

/** Compares a portfolio as it was in the last week with what a model was trained on, and what it said 90 days ago with what came. */
export async function measureDrift(portfolio: Portfolio, { asOf, model }: DriftOptions): Promise<DriftReport> {
	const folder = await readModelFolder(model ?? defaultModelDir());
	const { manifest } = folder;
	const history = buildHistory(portfolio, asOf);
	const columns = churnColumns(portfolio, history, lastWeek(asOf), manifest.churn);
	const calibration = await calibrationOf(portfolio, history, folder);
	const reference = manifest.training?.reference;
	return {
		model: modelName(manifest),
		asOf: formatDay(asOf),
		numCustomers: columns[0].length,
		columns: reference && columns[0].length > 0 ? columnDrifts(reference, columns) : null,
		baseRate: { trained: reference?.baseRate ?? null, now: calibration?.baseRate ?? null },
		calibration,
	};
}

function columnDrifts(reference: Reference, columns: readonly Float32Array[]): ColumnDrift[] {
	const drifts = CHURN_INPUTS.flatMap((name, i) => {
		const bins = reference.columns[name];
		return bins ? [columnDrift(name, bins, reference.numCustomers, columns[i])] : [];
	});
	return drifts.sort((a, b) => b.psi - a.psi);
}

/** How far values are from the bins that a column had. */
export function columnDrift(name: string, bins: Reference["columns"][string], numThen: number, values: Float32Array): ColumnDrift {
	const edges = bins.flatMap(({ upTo }) => (upTo === null ? [] : [upTo]));
	const counts = countInto(edges, values);
	const shareOf = (count: number, total: number): number => Math.max(count, EMPTY) / total;
	let [psi, ks, cumulated] = [0, 0, 0];
	for (const [i, { share }] of bins.entries()) {
		const [then, now] = [shareOf(share * numThen, numThen), shareOf(counts[i], values.length)];
		psi += (now - then) * Math.log(now / then);
		cumulated += counts[i] / values.length - share;
		ks = Math.max(ks, Math.abs(cumulated));
	}
	return { name, psi, ks, state: stateOf(psi, chanceIndex(bins.length, numThen, values.length)) };
}

function stateOf(psi: number, chance: number): DriftState {
	if (psi < MOVED || psi <= chance) return "stable";
	return psi < SHIFTED ? "moved" : "shifted";
}

/**
 * The index that two samples of one distribution exceed once in twenty times: it is distributed as (1 ÷ n + 1 ÷ m) χ² with one degree
 * of freedom fewer than bins (Yurdakul 2018); its quantile by Wilson and Hilferty's cube root.
 */
export function chanceIndex(numBins: number, numThen: number, numNow: number): number {
	const freedom = numBins - 1;
	if (freedom === 0) return 0;
	const spread = 2 / (9 * freedom);
	return (1 / numThen + 1 / numNow) * freedom * (1 - spread + 1.645 * Math.sqrt(spread)) ** 3;
}

async function calibrationOf(portfolio: Portfolio, history: History, folder: ModelFolder): Promise<Calibration | null> {
	const origin = history.before - HORIZON;
	const past = cutHistory(portfolio, history, origin);
	const customers = customersOf(past, 1);
	if (customers.length === 0) return null;
	const predictor = await createPredictor(folder);
	const { churnRisk } = predictor.score(portfolio, past, { asOf: origin, suggestions: { replenish: 0, open: 0 } });
	const labels = churnLabels(history, origin, customers, () => HORIZON);
	const said = customers.map((customer) => churnRisk[customer]);
	const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
	const { logLoss, ece } = measure(labels, said);
	return {
		origin: formatDay(origin),
		numCustomers: customers.length,
		baseRate: mean(labels),
		meanScore: mean(said),
		logLoss,
		ece,
		hasSeen: hasSeen(folder.manifest, origin),
	};
}
