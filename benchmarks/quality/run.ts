import { join } from "node:path";
import { CarteiraError } from "../../engine/errors.ts";
import { readBestKnown } from "./best-known.ts";
import { readInstances } from "./read-instances.ts";
import { type Line, runInstance, warmUp } from "./run-instance.ts";
import { parseRunOptions } from "./run-options.ts";
import { describeLine, summarise } from "./summary.ts";

/**
 * Solves instances and prints a line a file × m × seed, then the gaps. Exit code 1 where a recount finds a fault, 2 for options and 3 for
 * files that are wrong.
 */
async function main(words: readonly string[]): Promise<number> {
	const options = parseRunOptions(words);
	if (!options) return 0;
	const folder = join(process.env.CARTEIRA_DATA ?? join(import.meta.dirname, "../../../shared/data"), "routing");
	const bestKnown = readBestKnown(join(folder, "best-known.csv"));
	const lines: Line[] = [];
	let numFaulty = 0;
	const instances = await readInstances(options, folder, bestKnown);
	if (instances.length > 0 && options.seconds >= 1) warmUp(instances[0]);
	for (const instance of instances) {
		for (const seed of options.seeds) {
			const { line, faults } = runInstance(instance, seed, options.seconds, options.boundWork);
			console.log(options.json ? JSON.stringify(line) : describeLine(line, bestKnown));
			for (const fault of faults) console.error(`${line.instance} m ${line.m} seed ${seed}: recount: ${fault}`);
			if (faults.length > 0) numFaulty++;
			else lines.push({ ...line, routes: [] });
		}
	}
	const summary = summarise(lines, bestKnown) + (numFaulty > 0 ? `\nleft out for the faults above: ${numFaulty} runs` : "");
	if (options.json) console.error(summary);
	else console.log(summary);
	return numFaulty === 0 ? 0 : 1;
}

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	console.error((error as Error).message);
	const code = error instanceof CarteiraError ? error.code : "INTERNAL";
	process.exitCode = code === "USAGE" ? 2 : code === "INTERNAL" ? 4 : 3;
}
