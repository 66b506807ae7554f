import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDay } from "../../../engine/index.ts";
import { generate } from "../../../models/generator/generate.ts";
import { type DaySheets, daySheetPage } from "../../../server/pages/day-sheet-page.ts";
import { PAGE_POLICY } from "../../../server/pages/frame.ts";
import { createSpeech, LANGUAGES } from "../../../server/pages/speech.ts";
import { runHere } from "../commands/run-here.ts";
import { samplePlan } from "../sample-plan.ts";
import { makePlan, startService } from "../service.ts";

const HOSTILE = '<script>alert("x")</script>';

/** Rep r1's first day: its customer's name, reason and product are markup. */
function sheets(): DaySheets {
	const [{ days }] = samplePlan().reps;
	const [entry] = days[0].entries;
	const brief = {
		...entry.brief,
		customer_name: HOSTILE,
		overdue_cents: 12_345,
		overdue_days: 7,
		last_objection: "price",
		order_by: "16:00:00",
	};
	const product = { ...entry.products[0], name: HOSTILE };
	const hostile = { ...entry, reason: HOSTILE, objective: "win_back", products: [product], brief };
	return {
		plan_ids: ["pl_1"],
		horizon: samplePlan().horizon,
		agendas: [{ rep_id: "r1", day: { ...days[0], entries: [hostile] } }],
		placeOf: (id) => (id === "r1-a" ? "3550308 / SP" : null),
	};
}

describe.each(LANGUAGES)("a day sheet in %s", (language) => {
	const speech = createSpeech(language, "BRL");
	const isPt = language === "pt-BR";

	it("says when, whom, where, how, why and what to offer, with boxes to fill in", async () => {
		const page = await daySheetPage(speech, sheets(), null);
		const words = isPt
			? [
					"Folha do dia",
					"Visita",
					"reconquistar",
					"está na hora",
					"R$\u00a09,00",
					"Vencido: R$\u00a0123",
					"Pedido até 16:00",
					"☐ Sem pedido",
				]
			: ["Day sheet", "Visit", "win back", "due again", "R$9.00", "Overdue: R$123", "Order by 16:00", "☐ No order"];
		for (const word of ["08:10–08:40", "r1-a", "3550308 / SP", ...words]) expect(page).toContain(word);
		expect(page.match(/☐/g)).toHaveLength(4);
		expect(/undefined|NaN|\[object/.exec(page)?.[0]).toBeUndefined();
	});

	it("shows names as text, runs and loads nothing, and its style is the one that its policy allows", async () => {
		const page = await daySheetPage(speech, sheets(), null);
		expect(page).not.toContain("<script");
		expect(page.split("&lt;script&gt;").length - 1).toBeGreaterThanOrEqual(3);
		expect(/<(img|link|iframe|object)\b|\son\w+=|\sstyle="|url\(/i.exec(page)?.[0]).toBeUndefined();
		const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? "";
		expect(PAGE_POLICY).toContain(createHash("sha256").update(style).digest("base64"));
		expect(style.slice(style.indexOf("@media print"))).toContain("break-before: page");
	});

	it("leaves words of the company's own as they are", async () => {
		const all = sheets();
		const { day } = all.agendas[0];
		const own = { ...day, entries: day.entries.map((entry) => ({ ...entry, objective: "constructor" })) };
		expect(await daySheetPage(speech, { ...all, agendas: [{ rep_id: "r1", day: own }] }, null)).toContain(" · constructor · ");
	});

	it("says so where there is nothing to do", async () => {
		const all = sheets();
		const free = await daySheetPage(speech, { ...all, agendas: [{ rep_id: "r1", day: { ...all.agendas[0].day, entries: [] } }] }, null);
		expect(free).toContain(isPt ? "Nenhum contato neste dia." : "No contacts on this day.");
		const shadow = { ...all.agendas[0].day, stage: "shadow" as const };
		expect(await daySheetPage(speech, { ...all, agendas: [{ rep_id: "r1", day: shadow }] }, null)).not.toContain("r1-a");
		expect(await daySheetPage(speech, { ...all, agendas: [] }, null)).toContain(isPt ? "Nenhuma agenda" : "No agenda");
	});
});

it("is what agendas are to a browser, of a plan or in force, in the language asked for", async () => {
	const service = await startService();
	try {
		const id = await makePlan(service.app);
		await service.app.inject({ method: "POST", url: `/v1/plans/${id}/publish` });
		for (const url of [`/v1/plans/${id}/agendas?rep=r1&date=2026-11-23`, "/v1/portfolios/acme/agendas?rep=r1&date=2026-11-23"]) {
			const answer = await service.app.inject({ url: `${url}&language=en`, headers: { accept: "text/html,*/*;q=0.8" } });
			expect([answer.statusCode, answer.headers["content-language"]]).toEqual([200, "en"]);
			expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
			expect(answer.body).toContain("Padaria r1-a");
			expect(answer.body).not.toContain("r2-a");
			expect(answer.body.match(/class="card visit"/g)).toHaveLength(1);
			expect(answer.body).toContain("language=pt-BR");
			const policys = await service.app.inject({ url, headers: { accept: "text/html" } });
			expect(policys.headers["content-language"]).toBe("pt-BR");
		}
	} finally {
		await service.close();
	}
});

it("is what `plan` writes into a file that ends in html, a card for each contact, with places", async () => {
	const scratch = await mkdtemp(join(tmpdir(), "carteira-sheet-"));
	try {
		const folder = join(scratch, "distributor");
		await generate({ customers: 60, reps: 1, seed: 3, asOf: parseDay("2026-11-23"), format: "csv", out: folder });
		const flags = ["--as-of", "2026-11-23", "--iterations", "50", "--horizon-days", "2", "--threads", "1"];
		const [out, json] = [join(scratch, "day.html"), join(scratch, "plan.json")];
		expect((await runHere("plan", folder, ...flags, "--out", out, "--language", "en")).exit).toBe(0);
		expect((await runHere("plan", folder, ...flags, "--out", json)).exit).toBe(0);
		const page = await readFile(out, "utf8");
		const plan: ReturnType<typeof samplePlan> = JSON.parse(await readFile(json, "utf8"));
		const entries = plan.reps.flatMap(({ days }) => days.flatMap((day) => day.entries));
		expect(entries.length).toBeGreaterThan(0);
		expect(page.match(/class="card visit"/g)).toHaveLength(entries.length);
		for (const { customer_id } of entries) expect(page).toContain(customer_id);
		expect(page).toMatch(/ \/ SP · /);
	} finally {
		await rm(scratch, { recursive: true });
	}
});
