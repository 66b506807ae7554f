import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Runs every lane, each configuration in a process of its own. `--toy`: the sizes of CI, without thresholds. */
const isToy = process.argv.includes("--toy");
const data = process.env.CARTEIRA_DATA ?? join(import.meta.dirname, "../../shared/data");

type Lane = readonly [name: string, script: string, args: readonly string[]];

const AT_FULL_SIZE: readonly Lane[] = [
	["micro", "micro/run.ts", []],
	["micro: search", "micro/search.ts", []],
	["scale: free", "scale/plan.ts", ["--seconds", "20"]],
	["scale: fixed", "scale/plan.ts", ["--seconds", "20", "--mode", "fixed"]],
	["scale: guided", "scale/plan.ts", ["--seconds", "20", "--mode", "guided"]],
	["scale: holiday", "scale/plan.ts", ["--seconds", "20", "--as-of", "2026-11-20"]],
	["scale: thousand reps", "scale/solve.ts", ["--reps", "1000", "--customers", "300", "--days", "10", "--threads", "2"]],
	["scale: threads", "scale/threads.ts", ["--reps", "60", "--threads", "1,2"]],
	["scale: churn net", "scale/churn.ts", []],
	["scale: portfolio", "scale/portfolio.ts", ["--rounds", "3"]],
	["scale: rep plan", "scale/rep-plan.ts", []],
	["scale: decisions", "scale/decisions.ts", []],
	["scale: first decision", "scale/first-decision.ts", []],
	["scale: monitor", "scale/monitor.ts", ["--customers", "1000000"]],
	["http", "http/run.ts", []],
	["quality: ablation", "quality/ablation.ts", []],
	["quality: portfolio", "quality/run.ts", ["--set", "portfolio", "--seconds", "5"]],
	["quality: rep-week", "quality/run.ts", ["--set", "rep-week", "--seconds", "5"]],
	["quality: toptw", "quality/run.ts", ["--set", "toptw", "--routes", "1,2,3,4", "--seconds", "1"]],
	["quality: mctopmtw", "quality/run.ts", ["--set", "mctopmtw", "--seconds", "1"]],
	["quality: pvrp", "quality/run.ts", ["--set", "pvrp", "--seconds", "5"]],
	["learning: churn", "learning/churn.ts", []],
	["learning: churn, made (synthetic)", "learning/churn.ts", ["--made", "3000", "--horizon", "21"]],
	["learning: effects", "learning/effects.ts", []],
];

const AT_TOY_SIZE: readonly Lane[] = [
	["micro", "micro/run.ts", ["--toy"]],
	["micro: search", "micro/search.ts", ["--toy"]],
	["scale", "scale/plan.ts", ["--customers", "200", "--reps", "1", "--iterations", "200"]],
	["scale: reps", "scale/solve.ts", ["--toy"]],
	["scale: threads", "scale/threads.ts", ["--toy", "--threads", "1,2", "--rounds", "1"]],
	["scale: churn net", "scale/churn.ts", ["--customers", "1000"]],
	["scale: portfolio", "scale/portfolio.ts", ["--toy"]],
	["scale: rep plan", "scale/rep-plan.ts", ["--customers", "400", "--reps", "2", "--sample", "2"]],
	["scale: monitor", "scale/monitor.ts", ["--toy"]],
	["scale: decisions", "scale/decisions.ts", ["--customers", "200", "--reps", "1", "--iterations", "200", "--days", "4"]],
	["scale: first decision", "scale/first-decision.ts", ["--customers", "120", "--reps", "1", "--iterations", "50"]],
	["http", "http/run.ts", ["--toy"]],
	["quality: portfolio", "quality/run.ts", ["--set", "portfolio", "--customers", "60", "--reps", "1", "--seconds", "0.2"]],
	["quality: rep-week", "quality/run.ts", ["--set", "rep-week", "--seconds", "0.2"]],
	["quality: toptw", "quality/run.ts", ["--set", "toptw", "--files", "c101.txt,pr01.txt", "--routes", "1,2", "--seconds", "0.2"]],
	["quality: mctopmtw", "quality/run.ts", ["--set", "mctopmtw", "--files", "MCTOPMTW-1-c101,MCTOPMTW-3-pr01", "--seconds", "0.2"]],
	["quality: pvrp", "quality/run.ts", ["--set", "pvrp", "--files", "p01,p14,pr01", "--seconds", "0.2"]],
	["learning: churn, made (synthetic)", "learning/churn.ts", ["--made", "150", "--cutoffs", "2026-08-24", "--no-champion"]],
	["learning: effects", "learning/effects.ts", ["--customers", "100", "--reps", "1", "--seeds", "1", "--contacts", "20", "--lives", "20"]],
];

/** Folder of the public data that a lane reads. */
const NEEDS: Readonly<Record<string, string>> = { "quality/run.ts": "routing", "learning/churn.ts": "online-retail" };
/** Words of a lane that has its data made on the spot, so that it runs without the public ones. */
const MADE = ["portfolio", "--made"];

let numFailed = 0;
for (const [name, script, args] of isToy ? AT_TOY_SIZE : AT_FULL_SIZE) {
	console.log(`\n── ${name}`);
	const needed = join(data, NEEDS[script] ?? "");
	if (!existsSync(needed) && NEEDS[script] && !MADE.some((word) => args.includes(word))) {
		console.log(`skipped: the public data are not at ${needed}`);
		continue;
	}
	const { status } = spawnSync(process.execPath, [join(import.meta.dirname, script), ...args], { stdio: "inherit" });
	if (status !== 0) numFailed++;
}
process.exitCode = numFailed === 0 ? 0 : 1;
