import { afterEach, beforeEach, expect, test } from "vitest";
import type { PlanDocument } from "../../engine/index.ts";
import { sampleEntry, samplePlan } from "./sample-plan.ts";
import { makePlan, startService, type TestService } from "./service.ts";

let service: TestService;
beforeEach(async () => {
	service = await startService({ clock: () => Date.parse("2026-11-24T15:00:00Z") });
});
afterEach(() => service.close());

/** Rep r1's contacts by date in place of the sample's. */
function planOf(planId: string, contacts: Readonly<Record<string, readonly string[]>>, reps = ["r1"]): PlanDocument {
	const [from, to] = [Object.keys(contacts)[0], Object.keys(contacts).at(-1) ?? ""];
	const plan = samplePlan({ asOf: from, next: to, planId, reps });
	const days = Object.entries(contacts).map(([date, customers]) => ({
		...plan.reps[0].days[0],
		date,
		entries: customers.map((customer, at) => sampleEntry(customer, at + 1, `0${8 + at}:10:00`, `0${8 + at}:40:00`)),
	}));
	return { ...plan, reps: plan.reps.map((rep) => (rep.rep_id === "r1" ? { ...rep, days } : rep)) };
}

async function publish(plan: PlanDocument): Promise<string> {
	service.engine.answer = () => plan;
	const id = await makePlan(service.app, { as_of: plan.as_of });
	expect((await service.app.inject({ method: "POST", url: `/v1/plans/${id}/publish` })).statusCode).toBe(200);
	return id;
}

interface Event {
	readonly uid: string;
	readonly sequence: number;
	readonly status: string;
	readonly start: string;
	readonly summary: string;
}

async function eventsOf(rep = "r1"): Promise<Event[]> {
	const answer = await service.app.inject({ url: `/v1/portfolios/acme/calendars/${rep}` });
	expect(answer.statusCode, answer.body).toBe(200);
	expect(answer.headers["content-type"]).toBe("text/calendar; charset=utf-8");
	const parts = answer.body.replaceAll("\r\n ", "").split("BEGIN:VEVENT").slice(1);
	return parts.map((part) => {
		const field = (name: string): string => new RegExp(`^${name}(?:;[^:]*)?:(.*)$`, "m").exec(part)?.[1].trim() ?? "";
		return {
			uid: field("UID"),
			sequence: Number(field("SEQUENCE")),
			status: field("STATUS"),
			start: field("DTSTART"),
			summary: field("SUMMARY"),
		};
	});
}

const of = (events: readonly Event[], customer: string): Event[] => events.filter(({ summary }) => summary.includes(customer));

test("a contact that a publication moves keeps its UID with a higher SEQUENCE, and one that it drops is cancelled", async () => {
	await publish(planOf("one", { "2026-11-23": ["past"], "2026-11-24": ["moves", "goes"], "2026-11-25": ["stays"] }));
	const before = await eventsOf();
	expect(before.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => "CONFIRMED"));
	expect(new Set(before.map(({ uid }) => uid)).size).toBe(4);
	await publish(planOf("two", { "2026-11-24": ["new"], "2026-11-25": ["stays"], "2026-11-26": ["moves"] }));
	const after = await eventsOf();
	const [was, is] = [of(before, "moves")[0], of(after, "moves")[0]];
	expect([was.start, is.start]).toEqual(["20261124T081000", "20261126T081000"]);
	expect([is.uid, is.status]).toEqual([was.uid, "CONFIRMED"]);
	expect(is.sequence).toBeGreaterThan(was.sequence);
	const [gone] = of(after, "goes");
	expect(gone).toMatchObject({ uid: of(before, "goes")[0].uid, status: "CANCELLED", start: "20261124T091000" });
	expect(gone.sequence).toBeGreaterThan(of(before, "goes")[0].sequence);
	expect(of(after, "stays")[0].uid).toBe(of(before, "stays")[0].uid);
	expect(of(after, "past")).toEqual(of(before, "past")); // its day is before the second plan's
	expect(before.map(({ uid }) => uid)).not.toContain(of(after, "new")[0].uid);
});

test("a dropped contact stays cancelled through later publications, and one that comes back is another", async () => {
	await publish(planOf("one", { "2026-11-24": ["goes"], "2026-11-25": ["stays"] }));
	const [first] = of(await eventsOf(), "goes");
	await publish(planOf("two", { "2026-11-24": [], "2026-11-25": ["stays"] }));
	const [cancelled] = of(await eventsOf(), "goes");
	await publish(planOf("three", { "2026-11-24": ["goes"], "2026-11-25": ["stays"] }));
	const both = of(await eventsOf(), "goes");
	expect(both.filter(({ status }) => status === "CANCELLED")).toEqual([cancelled]);
	expect(cancelled).toMatchObject({ uid: first.uid, status: "CANCELLED" });
	expect(both.filter(({ status, uid }) => status === "CONFIRMED" && uid !== first.uid)).toHaveLength(1);
});

test("of two contacts with a customer each stays on its date, and the other is the one that moved", async () => {
	await publish(planOf("one", { "2026-11-24": ["c"], "2026-11-25": [], "2026-11-26": ["c"] }));
	const [early, late] = await eventsOf();
	await publish(planOf("two", { "2026-11-24": [], "2026-11-25": ["c"], "2026-11-26": ["c"] }));
	const after = await eventsOf();
	expect(after.map(({ uid, start }) => [uid, start])).toEqual([
		[early.uid, "20261125T081000"],
		[late.uid, "20261126T081000"],
	]);
});

test("a plan without a rep leaves its calendar as it was, and the plan of a cancelled contact may go", async () => {
	const one = await publish(planOf("one", { "2026-11-24": ["c"], "2026-11-25": [] }, ["r1", "r2"]));
	const before = await eventsOf();
	const without = planOf("other", { "2026-11-24": [], "2026-11-25": [] }, ["r2"]);
	await publish(without);
	expect(await eventsOf()).toEqual(before);
	for (const { sequence } of await eventsOf("r2")) expect(sequence).toBeGreaterThan(before[0].sequence);
	await publish(planOf("two", { "2026-11-24": [], "2026-11-25": ["d"] }, ["r1", "r2"]));
	expect((await service.app.inject({ method: "DELETE", url: `/v1/plans/${one}` })).statusCode).toBe(204);
	expect(of(await eventsOf(), "c")[0]).toMatchObject({ uid: before[0].uid, status: "CANCELLED", start: "20261124" });
});

test("a calendar that has not changed is not sent again, and there is none before the first publication", async () => {
	const url = "/v1/portfolios/acme/calendars/r1";
	expect((await service.app.inject({ url })).statusCode).toBe(404);
	await publish(planOf("one", { "2026-11-24": ["c"], "2026-11-25": [] }));
	const first = await service.app.inject({ url });
	const again = await service.app.inject({ url, headers: { "if-none-match": String(first.headers.etag) } });
	expect(again.statusCode).toBe(304);
	expect((await service.app.inject({ url, headers: { accept: "application/json" } })).statusCode).toBe(406);
});
