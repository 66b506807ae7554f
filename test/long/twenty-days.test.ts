import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
	createEngine,
	type DayPlan,
	type Engine,
	formatDay,
	parseDay,
	PHASES,
	type PlanContext,
	type PlanDocument,
	readPortfolio,
	TABLE_NAMES,
} from "../../engine/index.ts";
import { buildCalendar } from "../../engine/portfolio/calendar/calendar.ts";
import { generate } from "../../models/generator/generate.ts";
import { type OutcomeEntry, simulateOutcomes } from "../../models/generator/outcomes.ts";
import { type ServiceProcess, startServiceProcess } from "../helpers/service-process.ts";

const NUM_DAYS = process.env.CARTEIRA_SLICE ? 8 : 20;
/** Working days, by their place in the story, whose orders arrive a day late. */
const ORDERS_LATE = new Set([3, 11]);
const SEED = 7;
const FIRST = parseDay("2026-11-23");
const DEEPEST = PHASES.indexOf("ex_customer");
const PROSPECT = PHASES.indexOf("prospect");
const NEW = PHASES.indexOf("new");

interface Agenda {
	readonly agendas: readonly (DayPlan & { readonly rep_id: string })[];
}

interface LivedDay {
	readonly day: number;
	readonly plan: PlanDocument;
	readonly agenda: Agenda;
	readonly violations: readonly unknown[];
	readonly phases: ReadonlyMap<string, { phase: number; threshold: number; silence: number; lastOrder: number }>;
	readonly ordersLate: boolean;
}

const ndjson = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

function phasesOf({ portfolio, classification }: PlanContext): LivedDay["phases"] {
	const { customers } = portfolio.tables;
	return new Map(
		Array.from({ length: customers.numRows }, (_, row) => [
			customers.texts.customer_id.at(row) ?? "",
			{
				phase: classification.phase[row],
				threshold: classification.phaseThreshold[row],
				silence: classification.daysSinceLastOrder[row],
				lastOrder: classification.lastOrderDay[row],
			},
		]),
	);
}

function entriesOf(agenda: Agenda): OutcomeEntry[] {
	return agenda.agendas.flatMap(({ rep_id, entries }) => entries.map((entry) => ({ ...entry, rep_id })));
}

describe("twenty successive days", () => {
	const story: LivedDay[] = [];
	let root: string;
	let service: ServiceProcess;
	let engine: Engine;

	beforeAll(async () => {
		root = await mkdtemp(join(tmpdir(), "carteira-days-"));
		const folder = join(root, "company");
		await generate({ customers: 600, reps: 2, seed: SEED, asOf: FIRST, format: "csv", out: folder });
		service = await startServiceProcess(join(root, "data"));
		engine = await createEngine({ threads: 1 });
		await service.call("PUT", "/v1/portfolios/company/policy", {
			body: await readFile(join(folder, "policy.json")),
			type: "application/json",
		});
		const files = new Set(await readdir(folder));
		for (const table of TABLE_NAMES.filter((name) => files.has(`${name}.csv`))) {
			await service.call("PUT", `/v1/portfolios/company/${table}`, {
				body: await readFile(join(folder, `${table}.csv`)),
				type: "text/csv",
			});
		}
		const calendar = buildCalendar(null, { country: "BR", region: "SP" });
		let heldBack: object[] = [];
		for (let day = FIRST; story.length < NUM_DAYS; day++) {
			if (!calendar.isWorkingDay(day)) continue;
			const lived = await live(day, ORDERS_LATE.has(story.length));
			const outcomes = await simulateOutcomes(folder, day, entriesOf(lived.agenda), SEED);
			await service.call("POST", "/v1/portfolios/company/contacts", { body: ndjson(outcomes.contacts), type: "application/x-ndjson" });
			const orders = [...heldBack, ...outcomes.orders];
			heldBack = ORDERS_LATE.has(story.length) ? orders : [];
			if (heldBack.length === 0) {
				await service.call("POST", "/v1/portfolios/company/orders", { body: ndjson(orders), type: "application/x-ndjson" });
			}
			story.push(lived);
		}
	}, 3_000_000);

	async function live(day: number, ordersLate: boolean): Promise<LivedDay> {
		const date = formatDay(day);
		const ordered = await service.call("POST", "/v1/portfolios/company/plans", {
			body: JSON.stringify({ as_of: date, seed: SEED, budget: { iterations: 2_000 } }),
			type: "application/json",
			headers: { prefer: "wait=60" },
		});
		const plan = (await ordered.json()) as PlanDocument & { id: string };
		await service.call("POST", `/v1/plans/${plan.id}/publish`);
		const agenda = (await (await service.call("GET", `/v1/portfolios/company/agendas?date=${date}`)).json()) as Agenda;
		const portfolio = await readPortfolio(join(root, "data", "portfolios", "company"));
		const violations = await engine.check(portfolio, plan, story.at(-1)?.plan);
		const phases = phasesOf(await engine.score(portfolio, { asOf: day }));
		return { day, plan, agenda, violations, phases, ordersLate };
	}

	afterAll(async () => {
		await service?.stop();
		await engine?.close();
		if (root && existsSync(root)) await rm(root, { recursive: true });
	});

	it("has published agendas with contacts on every day", () => {
		expect(story).toHaveLength(NUM_DAYS);
		const empty = story.filter(
			({ agenda, day }) => entriesOf(agenda).length === 0 || agenda.agendas.some(({ date }) => date !== formatDay(day)),
		);
		expect(empty.map(({ day }) => formatDay(day))).toEqual([]);
	});

	it("breaks nothing hard on any day, given what happened on the days before", () => {
		expect(story.flatMap(({ violations }) => violations)).toEqual([]);
	});

	it("moves phases only for the stated reasons", () => {
		let moves = 0;
		for (const [at, { phases }] of story.entries()) {
			if (at === 0) continue;
			for (const [id, now] of phases) {
				const before = story[at - 1].phases.get(id);
				if (!before || before.phase === now.phase) continue;
				moves++;
				const bought = now.lastOrder > before.lastOrder;
				const grewOld = before.phase === NEW && now.phase !== PROSPECT;
				const wentSilent = now.phase > before.phase && now.phase <= DEEPEST && now.silence >= now.threshold;
				expect(
					bought || grewOld || wentSilent,
					`${id}: ${PHASES[before.phase]} → ${PHASES[now.phase]}, silent ${now.silence} of ${now.threshold}`,
				).toBe(true);
			}
		}
		expect(moves).toBeGreaterThan(0);
	});

	it("does not take a missing feed for churn", () => {
		const afterLate = story.filter((_, at) => at > 0 && story[at - 1].ordersLate);
		expect(afterLate.length).toBe([...ORDERS_LATE].filter((at) => at + 1 < NUM_DAYS).length);
		for (const today of afterLate) {
			const yesterday = story[story.indexOf(today) - 1];
			expect(today.plan.warnings.some((warning) => warning.startsWith("orders: nothing trusted since"))).toBe(true);
			const deeper = [...today.phases].filter(([id, { phase, silence }]) => {
				const before = yesterday.phases.get(id);
				return (
					before !== undefined &&
					before.phase !== NEW &&
					before.phase !== PROSPECT &&
					(phase > before.phase || silence > before.silence + 1)
				);
			});
			expect(deeper.map(([id]) => id)).toEqual([]);
		}
	});
});
