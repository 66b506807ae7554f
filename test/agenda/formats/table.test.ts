import { expect, test } from "vitest";
import { formatAgendaTable } from "../../../engine/index.ts";
import { samplePlan } from "../../server/sample-plan.ts";

test("people see a line a rep, and the first day of each where reps are few", () => {
	const text = formatAgendaTable(samplePlan());
	expect(text).toMatch(/r1 .* 2 .* 2 .* 0 .* 0\.7 h .* R\$\s25 .* 50\.0 %/); // 2 days, 2 visits, no calls, 2 × 1,200 s, 2 × 12.34
	expect(text).toContain("r1 · 2026-11-23");
	expect(text).not.toContain("r1 · 2026-11-24");
	expect(text).toContain("Padaria r1-a");
});

test("with many reps only the lines are shown, unless one rep or day is asked for", () => {
	const plan = samplePlan({ reps: ["r1", "r2", "r3", "r4"] });
	expect(formatAgendaTable(plan)).not.toContain("Padaria");
	expect(formatAgendaTable(plan, { rep: "r3" })).toContain("Padaria r3-a");
	expect(formatAgendaTable(plan, { date: "2026-11-24" }).match(/Padaria/g)).toHaveLength(4);
});

test("colours are there only where they are asked for, and names cannot drive the terminal", () => {
	const plan = structuredClone(samplePlan());
	Object.assign(plan.reps[0].days[0].entries[0].brief, { customer_name: "\u001b[2J evil" });
	expect(formatAgendaTable(plan)).not.toContain("\u001b");
	expect(formatAgendaTable(plan, { color: true })).toContain("\u001b[1m");
	expect(formatAgendaTable(plan, { color: true })).not.toContain("\u001b[2J");
});
