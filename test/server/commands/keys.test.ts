import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startServiceProcess } from "../../helpers/service-process.ts";
import { runHere } from "./run-here.ts";

let data: string;
beforeEach(async () => {
	data = await mkdtemp(join(tmpdir(), "carteira-keys-"));
});
afterEach(() => rm(data, { recursive: true, force: true }));

const keys = (...args: string[]) => runHere("keys", ...args, "--data", data);

test("a key is shown once, kept as a digest, listed without its secret and revoked by its id", async () => {
	const made = await keys("create", "--tenant", "acme", "--scopes", "read,write", "--name", "erp", "--expires-days", "30");
	expect(made.exit).toBe(0);
	const text = made.out.trim();
	expect(text).toMatch(/^ck_[0-9a-f]{16}_[\w-]{43}$/);
	const secret = text.slice(20);
	for (const file of await readdir(data)) expect((await readFile(join(data, file))).includes(secret), file).toBe(false);
	const [listed] = JSON.parse((await keys("list", "--json")).out) as Record<string, unknown>[];
	expect(listed).toMatchObject({ id: text.slice(3, 19), tenant: "acme", name: "erp", scopes: ["read", "write"], revoked_at: null });
	const days = (Date.parse(String(listed.expires_at)) - Date.now()) / 86_400_000;
	expect(days).toBeGreaterThan(29.9);
	expect(days).toBeLessThan(30);
	const shown = await keys("list");
	expect(shown.out).toContain("acme");
	expect(shown.out).not.toContain(secret);
	const revoked = await keys("revoke", text.slice(3, 19));
	expect([revoked.exit, revoked.out]).toEqual([0, expect.stringContaining("revoked")]);
});

test.each([
	[2, "some of read,write,plan,admin", ["create", "--scopes", "read,everything"]],
	[2, "--scopes", ["create"]],
	[2, "expected up to 63", ["create", "--scopes", "read", "--tenant", "../up"]],
	[2, "expected the id of a key", ["revoke", "nothing"]],
	[3, "no key has the id", ["revoke", "0123456789abcdef"]],
	[2, "begins with postgres://", ["list", "--database", "mysql://user:hush@host/db"]],
])("wrong use ends with %i and says %s", async (exit, words, args) => {
	const told = await keys(...args);
	expect(told.exit).toBe(exit);
	expect(told.told).toContain(words);
	expect(told.told).not.toContain("hush");
});

test("keys made and revoked beside a running server hold at once", async () => {
	const service = await startServiceProcess(data);
	try {
		await service.call("GET", "/v1/limits");
		const key = (await keys("create", "--scopes", "read")).out.trim();
		const status = (headers: Record<string, string> = {}) =>
			service.call("GET", "/v1/limits", { headers, expected: [200, 401] }).then((answer) => answer.status);
		await expect.poll(() => status(), { timeout: 10_000 }).toBe(401);
		expect(await status({ authorization: `Bearer ${key}` })).toBe(200);
		await service.call("GET", "/healthz");
		await keys("revoke", key);
		expect(await status({ authorization: `Bearer ${key}` })).toBe(401);
		expect(await status()).toBe(401); // the last key is revoked, and nobody gets in without one
	} finally {
		await service.stop();
	}
});

test("an address that others can reach is listened to once there is a key", async () => {
	expect((await runHere("serve", "--host", "0.0.0.0", "--data", data)).exit).toBe(2);
	await keys("create", "--scopes", "read");
	const service = await startServiceProcess(data, ["--host", "0.0.0.0"]);
	await service.call("GET", "/v1/limits", { expected: [401] });
	await service.stop();
});
