import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRandom } from "../../engine/random.ts";
import { ID, type Send, bringIn, findWords, layFiles } from "../server/erasure-story.ts";
import { createVictim } from "../server/kill-lane.ts";

const POINTS = process.env.CARTEIRA_SLICE ? 4 : 60;
const ACME = "/v1/portfolios/acme";
const rest = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const sendTo =
	(url: string): Send =>
	async (method, path, body, more = {}) => {
		const type = typeof body === "string" ? "text/csv" : "application/json";
		const headers: Record<string, string> = { ...(body !== undefined && { "content-type": type }), ...more };
		const payload = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
		const answer = await fetch(url + (path.startsWith("/v1/") ? path : ACME + path), { method, headers, ...payload });
		return { status: answer.status, body: await answer.text() };
	};

/** A data folder with a customer everywhere, two plans made and one published. */
async function makeTemplate(folder: string): Promise<void> {
	await layFiles(join(folder, "portfolios", "acme"));
	const victim = await createVictim(folder);
	victim.start();
	await victim.untilListening();
	const send = sendTo(victim.url);
	await bringIn(send);
	for (const seed of [1, 2]) {
		const order = { as_of: "2026-11-23", seed, horizon_days: 5, budget: { iterations: 50 } };
		const made = await send("POST", "/plans", order, { prefer: "wait=100" });
		expect(made.status, made.body).toBe(200);
		if (seed === 1) await send("POST", `/v1/plans/${(JSON.parse(made.body) as { id: string }).id}/publish`);
	}
	await victim.end("SIGTERM");
}

test("a server that is killed while it erases a customer has all of it or nothing when it is up again", async () => {
	const root = await mkdtemp(join(tmpdir(), "carteira-erasure-"));
	const template = join(root, "template");
	const random = createRandom(5);
	const told = { erased: 0, untouched: 0, slowest: 0 };
	try {
		await makeTemplate(template);
		expect((await findWords(template)).length).toBeGreaterThan(10);
		for (let point = -1; point < POINTS; point++) {
			const folder = join(root, "copy");
			await cp(template, folder, { recursive: true });
			const victim = await createVictim(folder);
			victim.start();
			await victim.untilListening();
			const began = Date.now();
			const asked = sendTo(victim.url)("DELETE", `/customers/${ID}`).catch(() => null);
			if (point < 0) {
				// How long one takes that is left in peace.
				expect((await asked)?.status).toBe(200);
				told.slowest = Date.now() - began;
			} else await rest(random.below(Math.ceil(told.slowest * 1.1)));
			await victim.end("SIGKILL");
			victim.start();
			await victim.untilListening();
			const send = sendTo(victim.url);
			const left = await findWords(folder);
			if (left.length === 0) told.erased++;
			else {
				// It was never accepted: all of the customer is there, and it can be erased.
				told.untouched++;
				expect(JSON.parse((await send("GET", "")).body)).toMatchObject({
					tables: { customers: { num_rows: 251 }, orders: { num_rows: 503 } },
				});
				expect((await send("DELETE", `/customers/${ID}`)).status).toBe(200);
				expect(await findWords(folder)).toEqual([]);
			}
			expect(JSON.parse((await send("GET", "")).body)).toMatchObject({
				tables: { customers: { num_rows: 250 }, orders: { num_rows: 500 } },
			});
			await victim.end("SIGTERM");
			await rm(folder, { recursive: true });
		}
		console.log(told);
		expect(told.erased).toBeGreaterThan(POINTS / 3);
	} finally {
		await rm(root, { recursive: true, force: true });
	}
}, 3_600_000);
