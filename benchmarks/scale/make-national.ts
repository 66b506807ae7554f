import { Command } from "commander";
import { CarteiraError } from "../../engine/errors.ts";
import { dayOf, parseWords, usage, wholeOf } from "../option-values.ts";
import { makeNational } from "./national/make-national.ts";
import { NATIONAL_FORMATS } from "./national/national-options.ts";

/** Makes a distributor of national size: a portfolio folder for the lanes that ask whether the software holds load (synthetic). */
async function main(words: readonly string[]): Promise<void> {
	const command = new Command("make-national")
		.option("--customers <n>", "customers, from 100 on; a rep for 200 (10000)", "10000")
		.option("--seed <n>", "seed of everything", "7")
		.option("--as-of <date>", "first day planned; two years of history end before it", "2026-11-23")
		.option("--format <format>", `${NATIONAL_FORMATS.join(", ")}: how the tables are written`, "parquet")
		.option("--threads <n>", "threads of the columnar engine (as many as cores)")
		.requiredOption("--out <folder>", "the portfolio folder");
	if (!parseWords(command, words)) return;
	const { customers, seed, asOf, format, threads, out } = command.opts<
		Record<"customers" | "seed" | "asOf" | "format" | "out", string> & { threads?: string }
	>();
	const known = NATIONAL_FORMATS.find((name) => name === format);
	if (!known) throw usage(`--format is ${format}; expected one of ${NATIONAL_FORMATS.join(", ")}`);
	const summary = await makeNational({
		customers: wholeOf("--customers", customers, 100, 10_000_000),
		seed: wholeOf("--seed", seed, 0, 2 ** 31 - 1),
		asOf: dayOf(asOf),
		format: known,
		...(threads && { threads: wholeOf("--threads", threads, 1, 1024) }),
		out,
	});
	const peak = Math.round(process.resourceUsage().maxRSS / 1024);
	console.log(JSON.stringify({ data: "synthetic", ...summary, seconds: Number(summary.seconds.toFixed(1)), peak_megabytes: peak }));
}

try {
	await main(process.argv.slice(2));
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = error instanceof CarteiraError && error.code === "USAGE" ? 2 : 4;
}
