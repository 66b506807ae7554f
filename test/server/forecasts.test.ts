import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { forecastDocument, type ForecastDocument, parseDay } from "../../engine/index.ts";
import { generate } from "../../models/generator/generate.ts";
import { buildApp } from "../../server/app.ts";
import { DEFAULT_CONFIG } from "../../server/config.ts";
import { PAGE_POLICY } from "../../server/pages/frame.ts";
import { createServices } from "../../server/services.ts";
import { runHere } from "./commands/run-here.ts";

test("a forecast is the same by command line and by HTTP, where it may be asked for one grouping", async () => {
	const dataDir = await mkdtemp(join(tmpdir(), "carteira-forecasts-"));
	const folder = join(dataDir, "made");
	await generate({ customers: 60, reps: 1, seed: 5, asOf: parseDay("2026-11-23"), format: "csv", out: folder });
	const policy = join(folder, "policy.json");
	await writeFile(policy, JSON.stringify({ ...JSON.parse(await readFile(policy, "utf8")), language: "en-GB" }));
	await cp(folder, join(dataDir, "portfolios", "acme"), { recursive: true });
	const services = await createServices({ ...DEFAULT_CONFIG, dataDir, logLevel: "silent", threads: 1 });
	const app = await buildApp(services);
	try {
		const get = (query: string) => app.inject({ method: "GET", url: `/v1/portfolios/acme/forecast?${query}` });
		const [answer, again] = await Promise.all([get("as_of=2026-11-23"), get("as_of=2026-11-23&by=segment")]);
		const { exit, out } = await runHere("forecast", folder, "--as-of", "2026-11-23", "--json");
		expect(exit).toBe(0);
		expect(forecastDocument.safeParse(answer.json()).error).toBeUndefined();
		expect(answer.json()).toEqual(JSON.parse(out));
		expect(new Set(again.json<ForecastDocument>().groups.map(({ by }) => by))).toEqual(new Set(["total", "segment"]));
		const page = await app.inject({
			method: "GET",
			url: "/v1/portfolios/acme/forecast?as_of=2026-11-23&language=en",
			headers: { accept: "text/html" },
		});
		expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
		expect(page.headers["content-security-policy"]).toContain(PAGE_POLICY);
		expect(page.body).toContain('href="/v1/portfolios/acme/monitor?as_of=2026-11-23&amp;language=en"');
		const english = await app.inject({
			method: "GET",
			url: "/v1/portfolios/acme/forecast?as_of=2026-11-23",
			headers: { accept: "text/html" },
		});
		expect(english.headers["content-language"]).toBe("en"); // nobody asks: the policy's
		expect((await get("language=de")).statusCode).toBe(400);
		const written = join(dataDir, "page.html");
		expect((await runHere("forecast", folder, "--as-of", "2026-11-23", "--out", written, "--language", "en")).exit).toBe(0);
		const titleOf = (text: string): string | undefined => /<title>(.*)<\/title>/.exec(text)?.[1];
		expect(titleOf(await readFile(written, "utf8"))).toBe("Forecast · Carteira");
		expect(titleOf(page.body)).toBe("Forecast · Carteira");
		expect((await get("by=city")).statusCode).toBe(400);
		expect((await get("plan=nobody")).statusCode).toBe(404);
		const table = await runHere("forecast", folder, "--as-of", "2026-11-23");
		expect(table.out).toContain("positivated customers");
		expect((await runHere("forecast", folder, "--as-of", "2026-11-23", "--plan", join(folder, "policy.json"))).exit).toBe(3);
	} finally {
		await app.close();
		await services.close();
		await rm(dataDir, { recursive: true, force: true });
	}
});
