import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { formatDay } from "../../../engine/units.ts";
import { runMeasured } from "./process-tree.ts";
import type { StepJob, StepName, StepResult } from "./steps.ts";
import type { Run } from "./summary.ts";

type StepRun = Omit<Run, "customers" | "round" | "format">;

const ENTRY = join(import.meta.dirname, "step-process.ts");
const POLARS = join(import.meta.dirname, "../../peers/portfolio_peer.py");

/** Runs one step in a fresh process. */
export async function runStep(step: StepName, job: StepJob): Promise<StepRun> {
	const { stdout, usage } = await runMeasured(process.execPath, [ENTRY, step, JSON.stringify(job)]);
	const isPeer = step === "duckdb";
	return { engine: isPeer ? "duckdb" : "carteira", step: isPeer ? "aggregate" : step, ...lastLine(stdout), ...usage };
}

/** The questions of aggregate.sql, asked by Polars with as many threads as there are cores. */
export async function runPolars(python: string, { folder, format, asOf }: StepJob): Promise<StepRun> {
	const { stdout, usage } = await runMeasured(python, [POLARS, folder, format, formatDay(asOf)]);
	return { engine: "polars", step: "aggregate", ...lastLine(stdout), ...usage };
}

/** Why Polars cannot run with this interpreter; null where it can. */
export function absenceOfPolars(python: string): string | null {
	const { status, error, stderr } = spawnSync(python, ["-c", "import polars"], { encoding: "utf8" });
	if (error) return `${python} does not run (${error.message})`;
	return status === 0 ? null : (stderr.trim().split("\n").at(-1) ?? "polars does not load");
}

function lastLine(stdout: string): StepResult {
	return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as StepResult;
}
