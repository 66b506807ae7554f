import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine, type Engine, parseDay, type PlanDocument, type Portfolio, readPortfolio } from "../../engine/index.ts";
import type { Desk } from "../../engine/replan/desk.ts";
import { generate } from "../../models/generator/generate.ts";

/** A generated distributor with its plan, and a desk to decide at. */
export interface Room {
	readonly portfolio: Portfolio;
	readonly engine: Engine;
	readonly plan: PlanDocument;
	readonly desk: Desk;
	close(): Promise<void>;
}

export async function openRoom(options: {
	customers: number;
	reps: number;
	seed: number;
	iterations: number;
	policy?: object;
}): Promise<Room> {
	const folder = await mkdtemp(join(tmpdir(), "carteira-replan-"));
	const { customers, reps, seed, iterations, policy } = options;
	const asOf = parseDay("2026-11-23");
	await generate({ customers, reps, seed, asOf, format: "csv", out: folder });
	const portfolio = await readPortfolio(folder);
	const engine = await createEngine({ threads: 2 });
	const plan = await engine.plan(portfolio, { asOf, iterations, ...(policy && { policy }) });
	const desk = await engine.desk(portfolio, plan);
	return {
		portfolio,
		engine,
		plan,
		desk,
		async close() {
			await engine.close();
			await rm(folder, { recursive: true });
		},
	};
}
