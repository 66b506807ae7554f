import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseDay, type PlanDocument, type ReviewDocument, reviewDocument } from "../../engine/index.ts";
import { generate } from "../../models/generator/generate.ts";
import { buildApp } from "../../server/app.ts";
import { DEFAULT_CONFIG } from "../../server/config.ts";
import { createServices } from "../../server/services.ts";
import { runHere } from "./commands/run-here.ts";

test("a month's review is the same by command line and by HTTP, with the plans that were published and what reps decided about them", async () => {
	const dataDir = await mkdtemp(join(tmpdir(), "carteira-reviews-"));
	const folder = join(dataDir, "made");
	await generate({ customers: 60, reps: 1, seed: 5, asOf: parseDay("2026-11-23"), format: "csv", out: folder });
	await cp(folder, join(dataDir, "portfolios", "acme"), { recursive: true });
	const services = await createServices({ ...DEFAULT_CONFIG, dataDir, logLevel: "silent", threads: 1 });
	const app = await buildApp(services);
	try {
		const get = (url: string, accept = "application/json") =>
			app.inject({ method: "GET", url: `/v1/portfolios/acme/${url}`, headers: { accept } });
		const post = (url: string, payload: object) =>
			app.inject({ method: "POST", url: `/v1/${url}`, payload, headers: { prefer: "wait=60" } });
		// The plan of a day in October is made from what is known in November, which is no matter here.
		const made = await post("portfolios/acme/plans", { as_of: "2026-10-05", budget: { iterations: 50 } });
		const id = String(made.headers.location).split("/").at(-1);
		await app.inject({ method: "POST", url: `/v1/plans/${id}/publish` });
		const plan = await services.tenants.ofThisMachine.store.readPlan(String(id));
		const entries = plan.reps.flatMap(({ rep_id, days }) =>
			days.flatMap(({ date, entries: of }) => of.map(({ customer_id }) => ({ date, customer_id, rep_id }))),
		);
		const events = [
			{ type: "accept", ...entries[2] },
			{ type: "refuse", ...entries[3], reason: "closed on Mondays" },
		];
		const revised = await post(`plans/${id}/revisions`, { now: "2026-10-05T07:00", events });
		expect([revised.statusCode, revised.json<{ detail?: string }>().detail]).toEqual([201, undefined]);
		const revision = String(revised.headers.location).split("/").at(-1);
		expect((await get("reviews/2026-10")).json<ReviewDocument>().overrides[0].num_over).toBe(0); // not in force yet
		await app.inject({ method: "POST", url: `/v1/plans/${revision}/publish` });

		const answer = await get("reviews/2026-10");
		const review = answer.json<ReviewDocument>();
		expect(reviewDocument.safeParse(review).error).toBeUndefined();
		expect(review.receipt.plans.length).toBe(2);
		expect(review.overrides.map(({ num_over, num_open }) => num_over + num_open)).toEqual([1, 0, 1, expect.any(Number)]);
		expect(review.overrides[2].reasons.map(({ reason }) => reason)).toEqual(["closed on Mondays"]);

		const files = [plan, await services.tenants.ofThisMachine.store.readPlan(String(revision))];
		const paths = await Promise.all(
			files.map(
				async (file: PlanDocument, i) => (await writeFile(join(dataDir, `p${i}.json`), JSON.stringify(file)), join(dataDir, `p${i}.json`)),
			),
		);
		const { exit, out } = await runHere("review", folder, "--month", "2026-10", "--plan", ...paths, "--json");
		expect(exit).toBe(0);
		expect(JSON.parse(out)).toEqual(review);

		const page = await get("reviews/2026-10?language=en", "text/html");
		expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
		expect(page.body.includes("Review of October 2026")).toBe(true);
		expect((await get("reviews/2026-13")).statusCode).toBe(400);
		expect((await get("reviews/2026-10", "image/png")).statusCode).toBe(406);
		const written = join(dataDir, "page.html");
		expect((await runHere("review", folder, "--month", "2026-10", "--out", written)).exit).toBe(0);
		expect((await readFile(written, "utf8")).includes("Revisão de outubro de 2026")).toBe(true);
		expect((await runHere("review", folder, "--month", "october")).exit).toBe(3);
		expect((await runHere("review", folder, "--month", "2026-10", "--plan", join(folder, "policy.json"))).exit).toBe(3);
	} finally {
		await app.close();
		await services.close();
		await rm(dataDir, { recursive: true, force: true });
	}
});
