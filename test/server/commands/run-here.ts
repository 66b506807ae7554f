import { vi } from "vitest";
import { runCommandLine } from "../../../server/commands/run.ts";

/** Runs a command in this process: its exit code, and what it wrote on stdout and stderr. */
export async function runHere(...args: readonly string[]): Promise<{ exit: number; out: string; told: string }> {
	const [out, told]: [string[], string[]] = [[], []];
	const spies = [
		vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0),
		vi.spyOn(process.stderr, "write").mockImplementation((text) => told.push(String(text)) > 0),
	];
	const exit = await runCommandLine(["node", "carteira", ...args]);
	for (const spy of spies) spy.mockRestore();
	return { exit, out: out.join(""), told: told.join("") };
}
