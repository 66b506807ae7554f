import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Runs every lane, each configuration in a process of its own. `--toy`: the sizes of CI, without thresholds. */
const isToy = process.argv.includes("--toy");
const routing = join(process.env.CARTEIRA_DATA ?? join(import.meta.dirname, "../../shared/data"), "routing");

type Lane = readonly [name: string, script: string, args: readonly string[]];

const AT_FULL_SIZE: readonly Lane[] = [
	["micro", "micro/run.ts", []],
	["scale: free", "scale/plan.ts", ["--seconds", "20"]],
	["scale: fixed", "scale/plan.ts", ["--seconds", "20", "--mode", "fixed"]],
	["scale: guided", "scale/plan.ts", ["--seconds", "20", "--mode", "guided"]],
	["scale: holiday", "scale/plan.ts", ["--seconds", "20", "--as-of", "2026-11-20"]],
	["quality: rep-week", "quality/run.ts", ["--set", "rep-week", "--routes", "5", "--seconds", "5"]],
	["quality: toptw", "quality/run.ts", ["--set", "toptw", "--routes", "1,2,3,4", "--seconds", "1"]],
];

const AT_TOY_SIZE: readonly Lane[] = [
	["micro", "micro/run.ts", ["--toy"]],
	["scale", "scale/plan.ts", ["--customers", "200", "--reps", "1", "--iterations", "200"]],
	["quality: rep-week", "quality/run.ts", ["--set", "rep-week", "--routes", "5", "--seconds", "0.2"]],
];

let numFailed = 0;
for (const [name, script, args] of isToy ? AT_TOY_SIZE : AT_FULL_SIZE) {
	console.log(`\n── ${name}`);
	if (script.startsWith("quality/") && !existsSync(routing)) {
		console.log(`skipped: the public instances are not at ${routing}`);
		continue;
	}
	const { status } = spawnSync(process.execPath, [join(import.meta.dirname, script), ...args], { stdio: "inherit" });
	if (status !== 0) numFailed++;
}
process.exitCode = numFailed === 0 ? 0 : 1;
