import { expect, test } from "vitest";
import { formatAgendaCsv } from "../../../engine/index.ts";
import { samplePlan } from "../../server/sample-plan.ts";

const linesOf = (text: string): string[] => text.trimEnd().split("\n");

test("a line an entry under a header line, narrowed by rep and date", () => {
	const plan = samplePlan();
	expect(linesOf(formatAgendaCsv(plan))).toHaveLength(5); // 2 reps × 2 days × 1 entry, and the header
	const [header, line] = linesOf(formatAgendaCsv(plan, { rep: "r2", date: "2026-11-24" }));
	expect(header.split(",").slice(0, 6)).toEqual(["rep_id", "date", "sequence", "entry_id", "customer_id", "customer_name"]);
	expect(line.split(",").slice(0, 6)).toEqual(["r2", "2026-11-24", "1", "e-r2-b-1", "r2-b", "Padaria r2-b"]);
});

test("text that a spreadsheet would run as a formula is disarmed, numbers are not", () => {
	const plan = structuredClone(samplePlan());
	const [entry] = plan.reps[0].days[0].entries;
	Object.assign(entry, { reason: '=HYPERLINK("http://evil")', customer_id: "@c", value_cents: -5 });
	const line = linesOf(formatAgendaCsv(plan, { rep: "r1", date: "2026-11-23" }))[1];
	expect(line).toContain(`"'=HYPERLINK(""http://evil"")"`);
	expect(line).toContain(",'@c,");
	expect(line).toContain(",-5,");
});
