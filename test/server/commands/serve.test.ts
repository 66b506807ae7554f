import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const MAIN = join(import.meta.dirname, "../../../server/main.ts");

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "carteira-serve-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts the server and collects what it says. */
function serve(...flags: string[]): { readonly child: ChildProcess; readonly said: () => string } {
	const child = spawn(process.execPath, [MAIN, "serve", ...flags], { cwd: folder });
	const texts: string[] = [];
	child.stderr.setEncoding("utf8").on("data", (text: string) => texts.push(text));
	return { child, said: () => texts.join("") };
}

test("serve says where it listens, keeps port and folder to itself, and ends when asked", async () => {
	const first = serve("--port", "0", "--data", "one");
	await expect.poll(first.said, { timeout: 30_000 }).toMatch(/http:\/\/127\.0\.0\.1:\d+ to this machine only/);
	const address = /http:\/\/127\.0\.0\.1:(\d+)/.exec(first.said());
	expect(await (await fetch(`${address?.[0]}/healthz`)).json()).toEqual({ status: "ok" });
	const samePort = serve("--port", address?.[1] ?? "", "--data", "two");
	const sameFolder = serve("--port", "0", "--data", "one");
	const codes = await Promise.all([samePort, sameFolder].map(async ({ child }) => ((await once(child, "close")) as [number])[0]));
	expect(codes).toEqual([3, 3]);
	expect(samePort.said()).toContain("is in use; choose another with --port");
	expect(sameFolder.said()).toContain("in use by another server");
	first.child.kill("SIGTERM");
	expect(await once(first.child, "close")).toEqual([0, null]);
});
