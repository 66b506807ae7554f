import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { applyEnv, parseDockerfile } from "../helpers/dockerfile.ts";
import { freePort } from "../helpers/service-process.ts";

/** In the slice npm checks the lock alone, and the checkout's packages are used. */
const IS_SLICE = Boolean(process.env.CARTEIRA_SLICE);
const command = z.array(z.string()).min(1);
const steps = parseDockerfile(readFileSync("server/deploy/Dockerfile", "utf8"));
const lastOf = (word: string): string => steps.findLast((step) => step.word === word)?.rest ?? "";

test("the Dockerfile's own steps, done in an empty folder, give a service that its health check finds well, and that ends when asked", async () => {
	const root = mkdtempSync(join(tmpdir(), "carteira-image-"));
	onTestFinished(() => rmSync(root, { recursive: true, force: true }));
	chmodSync(root, 0o755); // for the user that the image ends with
	const isRoot = process.getuid?.() === 0;
	const me = `${process.getuid?.()}:${process.getgid?.()}`;
	/** Paths of the image as paths below the folder; where this is not root, its user is the one that the image ends with. */
	const here = (text: string): string =>
		text.replaceAll(/(?<![\w.-])\/(app|data)\b/g, `${root}/$1`).replaceAll("1000:1000", isRoot ? "1000:1000" : me);

	let [cwd, env]: [string, Record<string, string>] = [root, { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" }];
	for (const { word, rest } of steps) {
		if (word === "WORKDIR") execFileSync("mkdir", ["-p", (cwd = here(rest))]);
		else if (word === "ENV") env = applyEnv(env, here(rest));
		else if (word === "COPY") {
			const [to, ...from] = rest.split(" ").reverse();
			for (const path of from) cpSync(path, to.endsWith("/") ? join(cwd, to, path) : join(cwd, to), { recursive: true });
		} else if (word === "RUN") {
			const isInstall = rest.startsWith("npm ci");
			execFileSync("sh", ["-ec", here(IS_SLICE && isInstall ? `${rest} --dry-run` : rest)], {
				cwd,
				env,
				stdio: ["ignore", "ignore", "pipe"],
			});
			if (IS_SLICE && isInstall) symlinkSync(resolve("node_modules"), join(cwd, "node_modules"));
		}
	}

	const user = isRoot ? { uid: 1000, gid: 1000 } : {};
	const [program, ...entry] = command.parse(JSON.parse(lastOf("ENTRYPOINT")));
	const port = String(await freePort());
	const options = { cwd, env: { ...env, CARTEIRA_HOST: "0.0.0.0", CARTEIRA_PORT: port }, ...user };
	const refused = spawnSync(program, [...entry, ...command.parse(JSON.parse(lastOf("CMD")))], {
		...options,
		encoding: "utf8",
		timeout: 60_000,
	});
	expect([refused.status, refused.stderr], "no key, no address but loopback").toEqual([2, expect.stringContaining("without keys")]);
	const key = execFileSync(program, [...entry, "keys", "create", "--scopes", "admin"], {
		...options,
		encoding: "utf8",
		stdio: ["ignore", "pipe", "ignore"],
	});

	const server = spawn(program, [...entry, ...command.parse(JSON.parse(lastOf("CMD")))], options);
	onTestFinished(() => void server.kill("SIGKILL"));
	let said = "";
	server.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
	const [asker, ...question] = command.parse(JSON.parse(lastOf("HEALTHCHECK").replace(/^CMD /, "")));
	const isWell = (): number | null => spawnSync(asker, question, options).status;
	await expect.poll(isWell, { timeout: 60_000, interval: 500 }).toBe(0);
	await expect.poll(() => said).toContain("to holders of a key");
	const url = `http://127.0.0.1:${port}`;
	expect((await fetch(`${url}/v1/limits`)).status).toBe(401);
	expect((await fetch(`${url}/v1/limits`, { headers: { authorization: `Bearer ${key.trim()}` } })).status).toBe(200);
	expect((await fetch(`${url}/readyz`)).status, "the engine plans with the production packages alone").toBe(200);
	server.kill("SIGTERM");
	expect(await once(server, "close")).toEqual([0, null]);
	expect(isWell()).toBe(1);
}, 900_000);
