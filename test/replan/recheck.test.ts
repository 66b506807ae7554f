import fc from "fast-check";
import { expect, test } from "vitest";
import { checkPlan } from "../../engine/check/check-plan.ts";
import { diffDays, planningRules, type PlanDocument, recheckDay, type Rechecked } from "../../engine/index.ts";
import { AS_OF, POLICY, ROWS, type SmallPlan, smallPlan } from "../check/small-plan.ts";
import { portfolioOf, type Row, type Rows } from "../check/tables.ts";

/** Rules of `check` that say of one contact that it may not stand as the data are. */
const JUDGED = [
	"unknown-id",
	"blocked",
	"collections-team",
	"collect-only",
	"headroom",
	"visit-hours",
	"channel",
	"assigned-rep",
	"min-gap-history",
	"day-unexpected",
	"held-out",
	"contact-rule",
];
/** Rules about the times and legs of a day. */
const TRAVEL = [
	"sequence",
	"day-start",
	"day-end",
	"leg-metres",
	"leg-seconds",
	"travel-time",
	"remote-travel",
	"time-order",
	"travel-in-break",
];
const DAY_TRAVEL = ["day-travel-metres", "day-travel-seconds", "day-travel-cost"];

const agendasOf = (plan: SmallPlan) =>
	plan.reps.flatMap(({ rep_id, days }) => days.filter(({ date }) => date === AS_OF).map((day) => ({ rep_id, day })));

function recheck(rows: Rows, plan: SmallPlan, policy: object = {}): Rechecked {
	const portfolio = portfolioOf(rows, POLICY);
	return recheckDay(portfolio, agendasOf(plan) as unknown as Parameters<typeof recheckDay>[1], planningRules(portfolio, { policy }));
}
const dropped = (rows: Rows, policy?: object): string[] =>
	recheck(rows, smallPlan(), policy).dropped.map(({ customer_id, code }) => `${customer_id} ${code}`);

/** The contacts of the day against which the independent checker has something by the rules above. */
function refusedByCheck(rows: Rows, plan: SmallPlan): string[] {
	const found = new Set<string>();
	for (const { rule, pointer } of checkPlan(portfolioOf(rows, POLICY), plan)) {
		if (!JUDGED.includes(rule)) continue;
		const [, rep, day, entry] = /^\/reps\/(\d+)\/days\/(\d+)(?:\/entries\/(\d+))?/.exec(pointer) ?? [];
		if (day === undefined || plan.reps[Number(rep)].days[Number(day)].date !== AS_OF) continue;
		const { entries } = plan.reps[Number(rep)].days[Number(day)];
		const named = entry === undefined ? entries : [entries[Number(entry)]];
		for (const { customer_id } of named) found.add(customer_id);
	}
	return [...found].sort();
}

const change = (table: "customers" | "reps", key: string, id: string, fields: Row): Rows => ({
	...ROWS,
	[table]: (ROWS[table] ?? []).map((row) => (row[key] === id ? { ...row, ...fields } : row)),
});
const customer = (id: string, fields: Row): Rows => change("customers", "customer_id", id, fields);

test("a day whose inputs have not changed stands whole", () => {
	expect(recheck(ROWS, smallPlan())).toEqual({ dropped: [], amended: [] });
});

test("each contact that may not stand is dropped with its reason; a promise only with its rep or its customer", () => {
	expect(dropped(customer("C01", { blocked: true }))).toEqual(["C01 BLOCKED"]);
	expect(dropped(customer("C01", { credit_limit: 500, open_balance: 500 }))).toEqual(["C01 CREDIT_BLOCKED"]);
	expect(dropped(customer("C01", { visit_hours: "Tu-Fr 09:00-12:00" }))).toEqual(["C01 NO_WINDOW"]);
	expect(dropped(customer("C03", { channels: "phone" }))).toEqual(["C03 NO_CHANNEL"]);
	expect(dropped(customer("C03", { rep_id: "R2" }))).toEqual(["C03 NO_REP"]);
	const met = {
		contact_id: "K9",
		customer_id: "C03",
		rep_id: "R1",
		contacted_at: "2026-11-22T10:00",
		channel: "phone",
		outcome: "no_order",
	};
	expect(dropped({ ...ROWS, contacts: [...(ROWS.contacts ?? []), met] })).toEqual(["C03 MIN_GAP"]);
	expect(dropped({ ...ROWS, contacts: [...(ROWS.contacts ?? []), { ...met, outcome: "not_reached" }] })).toEqual([]);
	expect(dropped(change("reps", "rep_id", "R1", { absences: AS_OF }))).toEqual(["C01 ABSENCE", "C03 ABSENCE", "C09 ABSENCE"]);
	expect(dropped(change("reps", "rep_id", "R1", { shifts: "Tu-Fr 08:00-18:00" }))).toEqual(["C01 ABSENCE", "C03 ABSENCE", "C09 ABSENCE"]);
	expect(dropped(change("reps", "rep_id", "R1", { shifts: "Mo-Fr 08:00-12:00" }))).toEqual(["C09 NO_WINDOW"]);
	expect(dropped(customer("C09", { blocked: true }))).toEqual([]);
	const without = { ...ROWS, appointments: [], customers: (ROWS.customers ?? []).filter(({ customer_id }) => customer_id !== "C09") };
	expect(dropped(without)).toEqual(["C09 BLOCKED"]);
	expect(dropped({ ...ROWS, holidays: [...(ROWS.holidays ?? []), { date: AS_OF }] })).toHaveLength(5);
});

test("what an experiment holds out, and what reps refused, is dropped on its days, promises apart", () => {
	const during = { experiment: "E1", from: AS_OF, to: AS_OF };
	expect(dropped(ROWS, { hold_outs: [{ ...during, customers: ["C01", "C09"] }] })).toEqual(["C01 HELD_OUT"]);
	expect(dropped(ROWS, { hold_outs: [{ ...during, from: "2026-11-20", to: "2026-11-22", customers: ["C01"] }] })).toEqual([]);
	const days = [{ rep_id: "R1", dates: [AS_OF] }];
	expect(dropped(ROWS, { hold_outs: [{ ...during, rep_days: days }] })).toEqual(["C01 HELD_OUT", "C03 HELD_OUT"]);
	const rule = { customer_id: "C03", rep_id: "R1", from: "2026-11-20", until: AS_OF, reason: "renovating" };
	expect(dropped(ROWS, { contact_rules: [rule] })).toEqual(["C03 BLOCKED"]);
	expect(dropped(ROWS, { contact_rules: [{ ...rule, rep_id: "R2" }] })).toEqual([]);
	expect(dropped(ROWS, { contact_rules: [{ ...rule, until: "2026-11-22" }] })).toEqual([]);
	expect(dropped(ROWS, { contact_rules: [{ ...rule, customer_id: "C09", rep_id: null }] })).toEqual([]); // a promise
});

const IDS = ["C01", "C03", "C05", "C09", "C10"];
const fields = fc.record(
	{
		blocked: fc.boolean(),
		status: fc.constantFrom("open", "closed", "do_not_contact"),
		overdue_amount: fc.constantFrom(10, 300),
		overdue_days: fc.constantFrom(0, 3, 10, 40, 90),
		credit_limit: fc.constantFrom(0, 100, 500),
		open_balance: fc.constantFrom(0, 100, 500),
		min_order_value: fc.constantFrom(50, 450),
		visit_hours: fc.constantFrom("Mo-Fr 09:00-12:00", "Mo-Fr 09:15-18:00", "Tu-Fr 09:00-18:00"),
		channels: fc.constantFrom("visit;phone", "phone", "visit", "message"),
		rep_id: fc.constantFrom("R1", "R2"),
	},
	{ requiredKeys: [] },
);
const contact = fc.record({
	customer_id: fc.constantFrom(...IDS),
	day: fc.constantFrom(18, 20, 21, 22),
	outcome: fc.constantFrom("order", "no_order", "not_reached", "cancelled"),
});
const world = fc.record({
	customers: fc.dictionary(fc.constantFrom(...IDS), fields, { maxKeys: 3 }),
	contacts: fc.array(contact, { maxLength: 2 }),
	absent: fc.option(fc.constantFrom("R1", "R2"), { freq: 4 }),
	held: fc.option(fc.constantFrom(...IDS), { freq: 2 }),
	refused: fc.option(fc.record({ customer_id: fc.constantFrom(...IDS), rep_id: fc.constantFrom("R1", "R2", null) }), { freq: 2 }),
});

test("what is dropped is what the independent checker refuses, whatever changed, and the days that are left stand", () => {
	const seen = { dropped: 0, amended: 0 };
	fc.assert(
		fc.property(world, ({ customers, contacts, absent, held, refused }) => {
			const policy = {
				hold_outs: held === null ? [] : [{ experiment: "E1", from: AS_OF, to: AS_OF, customers: [held] }],
				contact_rules: refused === null ? [] : [{ ...refused, from: AS_OF, until: AS_OF, reason: "away" }],
			};
			const rows: Rows = {
				...ROWS,
				customers: (ROWS.customers ?? []).map((row) => ({ ...row, ...customers[String(row.customer_id)] })),
				contacts: [
					...(ROWS.contacts ?? []),
					...contacts.map(({ customer_id, day, outcome }, i) => {
						return { contact_id: `N${i}`, customer_id, rep_id: "R1", contacted_at: `2026-11-${day}T10:00`, channel: "phone", outcome };
					}),
				],
				reps: (ROWS.reps ?? []).map((row) => (row.rep_id === absent ? { ...row, absences: AS_OF } : row)),
			};
			const plan = smallPlan(policy);
			const { dropped: gone, amended } = recheck(rows, plan, policy);
			expect(gone.map(({ customer_id }) => customer_id).sort()).toEqual(refusedByCheck(rows, plan));
			seen.dropped += gone.length;
			for (const { rep_id, entries, ...day } of amended) {
				if (rep_id === absent) continue;
				const stored = plan.reps.find((rep) => rep.rep_id === rep_id)?.days.find(({ date }) => date === AS_OF);
				if (!stored) throw new Error("no such day");
				const left = entries.map((leg, index) => {
					const entry = stored.entries.find(({ entry_id }) => entry_id === leg.entry_id);
					return { ...entry, ...leg, sequence: index + 1 };
				});
				Object.assign(stored, day, { entries: left });
				seen.amended++;
			}
			const about = checkPlan(portfolioOf(rows, POLICY), plan).filter(({ rule }) => TRAVEL.includes(rule) || DAY_TRAVEL.includes(rule));
			expect(about).toEqual([]);
		}),
		{ numRuns: 80, seed: 6 },
	);
	expect(seen.dropped).toBeGreaterThan(50);
	expect(seen.amended).toBeGreaterThan(25);
});

test("two days' plans differ by what both plan, each change with the later plan's own reason", () => {
	const before = smallPlan() as unknown as PlanDocument;
	const later = smallPlan();
	const [r1] = later.reps;
	const next = r1.days.filter(({ date }) => date > AS_OF);
	next[0].entries.splice(0, 1); // C17 is gone
	const [moved] = next[0].entries; // C02 an hour later
	Object.assign(moved, { start: "11:00:00", end: "11:30:00" });
	Object.assign(r1, { days: next });
	const after = {
		...later,
		as_of: "2026-11-24",
		receipt: { ...later.receipt, inputs_digest: "f" },
		unplanned: [{ customer_id: "C17", rep_id: "R1", reasons: [{ code: "CREDIT_BLOCKED", proven: true, detail: "no headroom" }] }],
	} as unknown as PlanDocument;
	const diff = diffDays(before, after);
	expect(diff).toMatchObject({ from: "2026-11-24", to: "2026-11-30", changed: ["inputs"], num_added: 0, num_moved: 1, num_dropped: 1 });
	expect(diff.causes).toEqual({ CREDIT_BLOCKED: 1, replanned: 1 });
	expect(diff.changes.find(({ change: kind }) => kind === "dropped")).toMatchObject({ customer_id: "C17", reason: "no headroom" });
	// The value of the shared days alone: C17's 2000 of sale less 150 of the channel are gone.
	expect(diff.value_change_cents).toBe(-1850);
	const back = diffDays(after, before);
	expect(back.changes.find(({ change: kind }) => kind === "added")?.reason).toBe(
		before.reps[0].days[1].entries.find(({ customer_id }) => customer_id === "C17")?.reason,
	);
});
