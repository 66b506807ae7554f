import { afterEach, beforeEach, expect, test } from "vitest";
import type { PlanDocument } from "../../engine/index.ts";
import { buildApp } from "../../server/app.ts";
import { createLog } from "../../server/log.ts";
import { EVERY_TENANT } from "../../server/store/database.ts";
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

const CALENDAR = "/v1/portfolios/acme/calendars/r1";

/** Makes a key, with which the service is open to nobody else, and a token of r1's calendar. */
async function tokenOf(rep = "r1"): Promise<{ readonly path: string; readonly authorization: string }> {
	const { text } = await service.services.keys.create({ tenant: "default", name: "", scopes: ["admin"], expiresAt: null });
	const authorization = `Bearer ${text}`;
	await expect.poll(() => statusOf(CALENDAR), { timeout: 10_000 }).toBe(401); // for a second it is believed that there is no key yet
	const answer = await service.app.inject({ method: "PUT", url: `/v1/portfolios/acme/calendars/${rep}/token`, headers: { authorization } });
	expect(answer.statusCode, answer.body).toBe(200);
	return { path: answer.json<{ path: string }>().path, authorization };
}
const statusOf = async (url: string, headers: Record<string, string> = {}) => (await service.app.inject({ url, headers })).statusCode;

test("a phone that can send no key subscribes by an address that opens this calendar and nothing else", async () => {
	await publish(planOf("one", { "2026-11-24": ["c"], "2026-11-25": [] }, ["r1", "r2"]));
	const { path } = await tokenOf();
	const feed = await service.app.inject({ url: path });
	expect(feed.statusCode, feed.body).toBe(200);
	expect(feed.body).toContain("BEGIN:VEVENT");
	expect(feed.headers).toMatchObject({ "referrer-policy": "no-referrer", "cache-control": "private, no-store" });
	expect(await statusOf(path, { "if-none-match": String(feed.headers.etag) })).toBe(304);
	const token = path.slice(path.indexOf("?"));
	const elsewhere = [
		"/v1/portfolios/acme/calendars/r2",
		"/v1/portfolios/other/calendars/r1",
		"/v1/portfolios/acme/agendas",
		`${CALENDAR}/token`,
	];
	for (const other of [...elsewhere, "/v1/audit"]) expect(await statusOf(`${other}${token}`), other).toBe(401);
	for (const wrong of ["?token=", "?token=cal_0123456789abcdef_x", token.replace("cal_", "ck_"), `${token}x`, `${token}&token=1`])
		expect(await statusOf(`${CALENDAR}${wrong}`), wrong).toBe(401);
	expect(await statusOf(path, { authorization: "Bearer none" })).toBe(401); // a key that is sent is the one that counts
	const [key] = await service.services.keys.list();
	expect(key.name).toBe(""); // a token is no key
	expect(await service.services.keys.find(token.slice("?token=".length))).toBeNull();
});

test("an address ends when it is made anew or revoked, also while no key is needed", async () => {
	await publish(planOf("one", { "2026-11-24": ["c"], "2026-11-25": [] }));
	const renew = async () => (await service.app.inject({ method: "PUT", url: `${CALENDAR}/token` })).json<{ path: string; id: string }>();
	const revoke = async () => (await service.app.inject({ method: "DELETE", url: `${CALENDAR}/token` })).statusCode;
	expect(await revoke()).toBe(404);
	const [first, second] = [await renew(), await renew()];
	expect([await statusOf(first.path), await statusOf(second.path), await statusOf(CALENDAR)]).toEqual([401, 200, 200]);
	const shown = (await service.app.inject({ url: `${CALENDAR}/token` })).json<object>();
	expect(shown).toEqual({ id: second.id, portfolio: "acme", rep_id: "r1", created_at: expect.any(String) });
	expect(await revoke()).toBe(204);
	expect([await statusOf(second.path), await statusOf(`${CALENDAR}/token`)]).toEqual([401, 404]);
	expect(await statusOf("/v1/portfolios/none/calendars/r1/token")).toBe(404);
	expect((await service.app.inject({ method: "PUT", url: "/v1/portfolios/none/calendars/r1/token" })).statusCode).toBe(404);
});

test("a token is kept as a hash, and stands in no log", async () => {
	await publish(planOf("one", { "2026-11-24": ["c"], "2026-11-25": [] }));
	const { path, authorization } = await tokenOf();
	const secret = path.slice(path.indexOf("=") + 1);
	const rows = await service.services.database.as(EVERY_TENANT, (all) => all.selectFrom("calendar_token").selectAll().execute());
	expect(rows).toHaveLength(1);
	expect(JSON.stringify(rows)).not.toContain(secret.slice(-20));
	const lines: string[] = [];
	const log = createLog("debug", { write: (line: string) => void lines.push(line) });
	const app = await buildApp({ ...service.services, log });
	for (const url of [path, path.replace("r1", "r2"), `${path}&other=1`, path.replace("calendars", "nothing")]) await app.inject({ url });
	service.tenant.store.publishedPlan = () => Promise.reject(new Error("a defect"));
	expect((await app.inject({ url: path })).statusCode).toBe(500);
	await app.close();
	expect(lines.join("")).toContain("calendars/r1?token=[Redacted]");
	expect(lines.join("")).toContain("a defect");
	expect(lines.join("")).not.toContain(secret.slice(-20));
	const audit = await service.app.inject({ url: "/v1/audit", headers: { authorization } });
	expect(audit.body).not.toContain(secret.slice(-20));
});
