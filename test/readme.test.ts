import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as engine from "../engine/index.ts";
import { generate } from "../models/generator/generate.ts";
import { type ServiceProcess, startServiceProcess } from "./helpers/service-process.ts";
import { runHere } from "./server/commands/run-here.ts";

const run = promisify(execFile);
const README = readFileSync("README.md", "utf8");
const blockAfter = (mark: string): string => README.slice(README.indexOf(mark)).match(/```\w*\n([\s\S]*?)```/)?.[1] ?? "";

describe("the README", () => {
	let folder: string;
	let service: ServiceProcess;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "carteira-readme-"));
		await generate({
			customers: 150,
			reps: 1,
			seed: 7,
			asOf: engine.parseDay("2026-11-23"),
			format: "csv",
			out: join(folder, "distributor"),
		});
		service = await startServiceProcess(join(folder, "data"));
	});

	afterAll(async () => {
		await service?.stop();
		await rm(folder, { recursive: true });
	});

	it("shows calls that work with curl, in its order", async () => {
		const script = blockAfter("<!-- curl -->").replaceAll("http://127.0.0.1:3210", service.url);
		expect(script.match(/curl /g)?.length).toBeGreaterThan(10);
		const { stdout } = await run("bash", ["-euo", "pipefail", "-c", script], { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
		expect(stdout).toContain('"publication":"published"');
		expect(stdout).toContain("BEGIN:VCALENDAR");
		expect(stdout).toContain('"openapi":"3.1');
	});

	it("names every command of the command line, and none that is not there", async () => {
		const { out } = await runHere("--help");
		const commands = [...out.matchAll(/^ {2}([a-z-]+) /gm)].map((match) => match[1]).filter((name) => !["help", "start"].includes(name));
		const shown = new Set([...blockAfter("## Command line").matchAll(/npx carteira ([a-z-]+)/g)].map((match) => match[1]));
		expect([...shown].sort((a, b) => a.localeCompare(b))).toEqual([...new Set(commands)].sort((a, b) => a.localeCompare(b)));
	});

	it("shows only flags that the commands take", async () => {
		for (const line of blockAfter("## Command line").trim().split("\n")) {
			const [, , command, ...words] = line.split(" ");
			const { out } = await runHere(command, ...(command === "import" ? ["online-retail"] : []), "--help");
			for (const flag of words.filter((word) => word.startsWith("--"))) expect(out, line).toContain(`${flag} `);
		}
	});

	it("imports names that the engine exports", () => {
		const names = /import \{ (.*?) \} from "carteira"/.exec(README)?.[1].split(", ") ?? [];
		expect(names.length).toBeGreaterThan(0);
		expect(names.filter((name) => !(name in engine))).toEqual([]);
	});

	it("lists every error code", () => {
		const listed = [...(/^Error codes: .*$/m.exec(README)?.[0] ?? "").matchAll(/`([A-Z_]+)`/g)].map((match) => match[1]);
		expect(listed).toEqual(Object.keys(engine.ERROR_CODES));
	});

	it("points only to files that are there", () => {
		const paths = [...README.matchAll(/\]\((?!https?:)([a-z][^)#]*)\)/g)].map((match) => match[1]);
		for (const path of paths) expect(() => readFileSync(path)).not.toThrow();
	});
});
