import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { CarteiraError } from "../../engine/index.ts";
import { DEFAULT_LIMITS } from "../../server/config.ts";
import { ENVIRONMENT, readEnvironment } from "../../server/environment.ts";

const NAMES = Object.keys(ENVIRONMENT.shape).sort();
const namesIn = (text: string): string[] => [...new Set([...text.matchAll(/CARTEIRA_[A-Z_]*[A-Z]/g)].map(([name]) => name))].sort();

/** Starts `carteira` with variables and collects what it says on both streams. */
function carteira(args: readonly string[], variables: Readonly<Record<string, string>>) {
	const child = spawn(process.execPath, ["server/main.ts", ...args], { env: { PATH: process.env.PATH, ...variables } });
	onTestFinished(() => void child.kill("SIGKILL"));
	const texts: string[] = [];
	for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => texts.push(text));
	return { child, said: () => texts.join(""), code: async () => ((await once(child, "close")) as [number])[0] };
}

test("the README's table holds every variable, and none that is not read", () => {
	const README = readFileSync("README.md", "utf8");
	const table = README.slice(README.indexOf("| variable |")).split("\n\n")[0];
	expect(namesIn(table)).toEqual(NAMES);
});

test("serve --help tells every variable, the limits by their rule", async () => {
	const help = carteira(["serve", "--help"], { CARTEIRA_PORT: "12" });
	expect(await help.code()).toBe(0);
	const limits = Object.keys(DEFAULT_LIMITS).map((name) => `CARTEIRA_${name.toUpperCase()}`);
	const told = namesIn(help.said().replaceAll(/\s+/g, " "));
	expect(told.filter((name) => !limits.includes(name))).toEqual(NAMES.filter((name) => !limits.includes(name)));
	expect(help.said()).toContain("CARTEIRA_MAX_QUEUED_PLANS");
});

test("without variables the defaults hold; with them each value is what was written", () => {
	expect(readEnvironment({ PATH: "/bin" })).toEqual({ limits: DEFAULT_LIMITS });
	expect(readEnvironment({ CARTEIRA_ALLOW_PRIVATE_WEBHOOKS: "0", CARTEIRA_MAX_WEBHOOKS: "3", CARTEIRA_THREADS: "2" })).toEqual({
		allowPrivateWebhooks: false,
		threads: 2,
		limits: { ...DEFAULT_LIMITS, max_webhooks: 3 },
	});
});

test.each([
	["CARTEIRA_PORT", "70000", "a whole number from 0 to 65535"],
	["CARTEIRA_PORT", "", "a whole number from 0 to 65535"],
	["CARTEIRA_THREADS", "1e1", "a whole number from 1 to 1024"],
	["CARTEIRA_LOG_LEVEL", "loud", "one of silent, error, warn, info, debug"],
	["CARTEIRA_ALLOW_PRIVATE_WEBHOOKS", "perhaps", "one of true, false, 1, 0"],
	["CARTEIRA_DATA_FOLDER", " ", "a folder"],
	["CARTEIRA_MAX_JSON_BYTES", "0", "a whole number from 1 to 1073741824"],
])("%s=%s is refused with its value and what was expected", (name, value, expectation) => {
	let refusal: unknown;
	try {
		readEnvironment({ [name]: value });
	} catch (error) {
		refusal = error;
	}
	expect(refusal).toBeInstanceOf(CarteiraError);
	expect(refusal).toMatchObject({ code: "USAGE", message: `the environment is wrong: ${name}: expected ${expectation}, got "${value}"` });
});

test("the service does not start on wrong variables: it names all of them, shows no password, and ends with 2", async () => {
	const wrong = { CARTEIRA_PORT: "abc", CARTEIRA_MAX_WEBHOOKS: "-1", CARTEIRA_DATABASE_URL: "mysql://user:hush@host/db" };
	const refused = carteira(["serve", "--port", "0"], wrong);
	expect(await refused.code()).toBe(2);
	expect(namesIn(refused.said())).toEqual(Object.keys(wrong).sort());
	expect(refused.said()).toContain('"abc"');
	expect(refused.said()).not.toContain("hush");
	const other = carteira(["generate", "--help"], wrong);
	expect(await other.code(), "commands that serve nothing do not mind").toBe(0);
});

test("variables set the service, flags go before them, and one that is not known is told", async () => {
	const folder = await mkdtemp(join(tmpdir(), "carteira-environment-"));
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	const service = carteira(["serve", "--port", "0"], {
		CARTEIRA_PORT: "1",
		CARTEIRA_DATA_FOLDER: join(folder, "data"),
		CARTEIRA_MAX_WEBHOOKS: "3",
		CARTEIRA_DATABSE_URL: "postgresql://…",
	});
	await expect.poll(service.said, { timeout: 60_000 }).toMatch(/serves http/);
	const url = /http:\/\/127\.0\.0\.1:\d+/.exec(service.said())?.[0];
	expect(await (await fetch(`${url}/v1/limits`)).json()).toEqual({ ...DEFAULT_LIMITS, max_webhooks: 3 });
	expect(service.said()).toContain("CARTEIRA_DATABSE_URL is no variable of the service");
	service.child.kill("SIGTERM");
	expect(await service.code()).toBe(0);
	expect(readFileSync(join(folder, "data", "store.sqlite")).length).toBeGreaterThan(0);
});
