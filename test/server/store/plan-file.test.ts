import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Piece, readPieces, writePlan, writePlanFile } from "../../../server/store/plan-file.ts";
import { samplePlan } from "../sample-plan.ts";

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "carteira-plan-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a plan file is the plan as JSON, and its pieces stand where they are said to", async () => {
	const plan = samplePlan({ reps: ["ação", "r2"] });
	const path = join(folder, "plan.json");
	const pieces: Piece[] = [];
	await writePlanFile(path, plan, (piece) => pieces.push(piece));
	expect(JSON.parse(await readFile(path, "utf8"))).toEqual(plan);
	const texts = await readPieces(path, pieces);
	const read = pieces.map(({ kind, repId, date }, index) => ({ kind, repId, date, value: JSON.parse(texts[index]) as unknown }));
	const days = plan.reps.flatMap((rep) => rep.days.map((day) => ({ kind: "day", repId: rep.rep_id, date: day.date, value: day })));
	expect(read.filter(({ kind }) => kind === "day")).toEqual(days);
	expect(read.filter(({ kind }) => kind === "unplanned").map(({ value }) => value)).toEqual(plan.unplanned);
	expect(read.filter(({ kind }) => kind === "entry")).toHaveLength(4); // two reps, two days, a contact on each
});

test("a write that fails leaves the file as it was and nothing beside it", async () => {
	const path = join(folder, "plan.json");
	await writePlanFile(path, samplePlan());
	const failing = () => {
		throw new Error("disk full");
	};
	await expect(writePlanFile(path, samplePlan({ asOf: "2026-11-30" }), failing)).rejects.toThrow("disk full");
	expect(JSON.parse(await readFile(path, "utf8"))).toEqual(samplePlan());
	expect(await readdir(folder)).toEqual(["plan.json"]);
});

test("a plan larger than a buffer is written in several, with the same bytes", async () => {
	const plan = samplePlan({ reps: Array.from({ length: 1500 }, (_, index) => `r${index}`) });
	const buffers: Buffer[] = [];
	await writePlan(plan, async (bytes) => void buffers.push(bytes));
	expect(buffers.length).toBeGreaterThan(1);
	expect(JSON.parse(Buffer.concat(buffers).toString())).toEqual(plan);
});
