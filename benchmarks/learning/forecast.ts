import { join } from "node:path";
import { Command } from "commander";
import { cpuSeconds } from "../cpu-seconds.ts";
import { dayOf, parseWords, wholeOf } from "../option-values.ts";
import { type Calibration, calibrationOfFile, calibrationsOfMade, coverageBy } from "./forecast-lane.ts";

const command = new Command("forecast")
	.description("How often forecasts' 80 % intervals hold what came, and their errors beside naive ones.")
	.option("--seeds <n>", "made distributors (10)")
	.option("--first-seed <n>", "seed of the first (201)")
	.option("--customers <n>", "customers of each (600)")
	.option("--reps <n>", "reps of each (4)")
	.option("--as-of <date>", "day of the public log's forecast (2011-06-10)")
	.option("--file <csv>", "order lines as Online Retail II has them (default: those of CARTEIRA_DATA)")
	.option("--no-public", "made distributors only");

type Given = Partial<Record<"seeds" | "firstSeed" | "customers" | "reps" | "asOf" | "file", string>> & { public: boolean };

const percent = (share: number | null): string => (share === null ? "–" : `${(100 * share).toFixed(1)} %`);

function tell(title: string, calibrations: readonly Calibration[]): void {
	console.log(title);
	const names = [
		() => "all",
		...(["by", "metric", "horizon_days"] as const).map((key) => (count: Calibration["coverage"][number]) => `${key} ${count[key]}`),
	];
	for (const nameOf of names)
		for (const [name, { intervals, share }] of coverageBy(calibrations, nameOf))
			console.log(`  inside ${name.padEnd(20)} ${percent(share).padStart(7)} of ${intervals}`);
	for (const { metric, horizon_days } of calibrations[0].accuracy) {
		const own = calibrations.flatMap(({ accuracy }) =>
			accuracy.filter((row) => row.metric === metric && row.horizon_days === horizon_days),
		);
		const mean = (key: "forecast" | "last_window" | "forecast_with_last_year" | "last_year"): number | null => {
			const known = own.flatMap((row) => row[key] ?? []);
			return known.length > 0 ? known.reduce((sum, error) => sum + error, 0) / known.length : null;
		};
		const count = (key: "num_origins" | "num_with_last_year"): number => own.reduce((sum, row) => sum + row[key], 0);
		console.log(
			`  MAPE ${`${metric} ${horizon_days}`.padEnd(16)} ${percent(mean("forecast"))}, window before ${percent(mean("last_window"))} (${count("num_origins")} origins); ` +
				`${percent(mean("forecast_with_last_year"))}, last year ${percent(mean("last_year"))} (${count("num_with_last_year")})`,
		);
	}
}

if (parseWords(command, process.argv.slice(2))) {
	const given: Given = command.opts();
	const first = wholeOf("--first-seed", given.firstSeed ?? "201", 0, 1e6);
	const numSeeds = wholeOf("--seeds", given.seeds ?? "10", 0, 1000);
	const seeds = Array.from({ length: numSeeds }, (_, i) => first + i);
	const [customers, reps] = [wholeOf("--customers", given.customers ?? "600", 1, 1e6), wholeOf("--reps", given.reps ?? "4", 1, 1000)];
	if (numSeeds > 0)
		tell(`${numSeeds} made distributors of ${customers} customers (synthetic)`, await calibrationsOfMade(seeds, customers, reps));
	const data = process.env.CARTEIRA_DATA ?? join(import.meta.dirname, "../../../shared/data");
	const file = given.file ?? join(data, "online-retail/online_retail_II.csv.gz");
	if (given.public) tell(file, [await calibrationOfFile(file, dayOf(given.asOf ?? "2011-06-10"))]);
	console.log(`${cpuSeconds().toFixed(0)} CPU s`);
}
