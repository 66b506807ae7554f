import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { forecastPortfolio } from "../../engine/forecast/forecast.ts";
import type { ForecastDocument } from "../../engine/forecast/forecast-document.ts";
import { readPortfolio } from "../../engine/portfolio/reading/read-portfolio.ts";
import { loadPredictor } from "../../engine/scoring/predictor.ts";
import { understand } from "../../engine/understand.ts";
import type { Day } from "../../engine/units.ts";
import { generate } from "../../models/generator/generate.ts";
import { MADE_AS_OF } from "./churn-options.ts";
import { makeOrderFolder } from "./order-folder.ts";

export type Calibration = ForecastDocument["calibration"];

/** Forecasts a folder and answers how its past forecasts did. */
export async function calibrationOf(folder: string, asOf: Day): Promise<Calibration> {
	const portfolio = await readPortfolio(folder, { requireTables: ["orders"] });
	const predictor = await loadPredictor();
	const context = understand(portfolio, { asOf }, predictor);
	return forecastPortfolio({ context, predictor }).calibration;
}

/** How the forecasts of made distributors did, one a seed. */
export async function calibrationsOfMade(seeds: readonly number[], customers: number, reps: number): Promise<Calibration[]> {
	const found: Calibration[] = [];
	for (const seed of seeds)
		found.push(
			await inScratch(async (folder) => {
				await generate({ customers, reps, seed, asOf: MADE_AS_OF, format: "parquet", out: folder });
				return calibrationOf(folder, MADE_AS_OF);
			}),
		);
	return found;
}

/** How the forecasts of a public order log did. */
export function calibrationOfFile(file: string, asOf: Day): Promise<Calibration> {
	return inScratch(async (folder) => {
		await makeOrderFolder(file, folder, 1);
		return calibrationOf(folder, asOf);
	});
}

async function inScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
	const folder = mkdtempSync(join(tmpdir(), "carteira-forecast-"));
	try {
		return await work(folder);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Share of the intervals of some calibrations that held what came, by a name of each count. */
export function coverageBy(
	calibrations: readonly Calibration[],
	nameOf: (count: Calibration["coverage"][number]) => string,
): Map<string, { readonly intervals: number; readonly share: number }> {
	const counts = Map.groupBy(
		calibrations.flatMap(({ coverage }) => coverage),
		nameOf,
	);
	return new Map(
		[...counts].map(([name, own]) => {
			const intervals = own.reduce((sum, { num_intervals }) => sum + num_intervals, 0);
			const inside = own.reduce((sum, { num_inside }) => sum + num_inside, 0);
			return [name, { intervals, share: inside / intervals }];
		}),
	);
}
