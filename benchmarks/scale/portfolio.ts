import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CarteiraError } from "../../engine/errors.ts";
import { differences } from "./portfolio/customer-totals.ts";
import { type LaneData, makeLaneData } from "./portfolio/lane-data.ts";
import { type LaneOptions, type LanePeer, parseLaneOptions } from "./portfolio/lane-options.ts";
import { absenceOfPolars, runPolars, runStep } from "./portfolio/run-steps.ts";
import { type Run, tablesOf } from "./portfolio/summary.ts";
import type { StepJob } from "./portfolio/steps.ts";

/**
 * A portfolio from files to slices at growing sizes: what every step takes, in a process of its own, beside the columnar engine bare and Polars asking
 * the same of the same file in the same round. The data are synthetic. Exit code 1 where two engines have different answers.
 */
async function main(words: readonly string[]): Promise<number> {
	const options = parseLaneOptions(words);
	if (!options) return 0;
	const peers = options.peers.filter((peer) => isPresent(peer, options));
	const root = options.data ?? mkdtempSync(join(tmpdir(), "carteira-portfolio-"));
	const runs: Run[] = [];
	let numFaults = 0;
	try {
		mkdirSync(root, { recursive: true });
		for (const customers of options.customers) {
			const data = await makeLaneData(options, customers, root);
			for (let round = 1; round <= options.rounds; round++) {
				const made = await runRound({ options, peers, data, customers, round, root });
				runs.push(...made);
				numFaults += countFaults(made);
			}
		}
	} finally {
		if (options.data === null) rmSync(root, { recursive: true, force: true });
	}
	(options.json ? console.error : console.log)(tablesOf(runs));
	return numFaults === 0 ? 0 : 1;
}

function isPresent(peer: LanePeer, { python, json }: LaneOptions): boolean {
	const absence = peer === "polars" ? absenceOfPolars(python) : null;
	if (absence === null) return true;
	console.log(
		json
			? JSON.stringify({ engine: peer, absent: absence })
			: `ABSENT ${peer}: ${absence} (benchmarks/peers/README.md says how to install it)`,
	);
	return false;
}

interface Round {
	readonly options: LaneOptions;
	readonly peers: readonly LanePeer[];
	readonly data: LaneData;
	readonly customers: number;
	readonly round: number;
	readonly root: string;
}

/** All steps once, format by format: the peers' answers, then ours from the file to an append that a slice shows. */
async function runRound({ options, peers, data, customers, round, root }: Round): Promise<Run[]> {
	const runs: Run[] = [];
	const tell = (run: Omit<Run, "customers" | "round">): void => {
		runs.push({ customers, round, ...run });
		if (options.json) console.log(JSON.stringify(runs.at(-1)));
		else console.error(`${customers} customers  round ${round}  ${run.format}  ${run.engine} ${run.step}  ${run.seconds.toFixed(2)} s`);
	};
	for (const [format, folder] of data.folders) {
		const store = mkdtempSync(join(root, "store-"));
		const job: StepJob = { folder, format, store, asOf: options.asOf, upload: data.upload, repId: data.repId, orderId: data.orderId };
		try {
			if (peers.includes("duckdb")) tell({ format, ...(await runStep("duckdb", job)) });
			if (peers.includes("polars")) tell({ format, ...(await runPolars(options.python, job)) });
			for (const step of ["ingest", "features", "slice", "append"] as const) tell({ format, ...(await runStep(step, job)) });
		} finally {
			rmSync(store, { recursive: true, force: true });
		}
	}
	return runs;
}

/** How many of a round's engines have another answer than the first; each is told. */
function countFaults(runs: readonly Run[]): number {
	let numFaults = 0;
	const answers = runs.flatMap(({ engine, format, totals }) => (totals ? [{ name: `${engine} from ${format}`, totals }] : []));
	for (const { name, totals } of answers.slice(1)) {
		const wrong = differences(answers[0].totals, totals);
		if (wrong.length === 0) continue;
		numFaults++;
		console.error(`${answers[0].name} and ${name} differ: ${wrong.join("; ")}`);
	}
	return numFaults;
}

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = error instanceof CarteiraError && error.code === "USAGE" ? 2 : 4;
}
