import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { planView } from "../../server/schemas/plan.ts";
import { type TestService, makePlan, startService } from "./service.ts";

let service: TestService;
let address: string;
beforeAll(async () => {
	service = await startService({ limits: { max_event_streams: 2 } });
	address = await service.app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(() => service.close());
beforeEach(() => {
	service.engine.hold = false;
});

interface Event {
	readonly id: string;
	readonly event: string;
	readonly data: { readonly status: string; readonly progress: object | null };
}

/** Reads events off a real socket until the stream ends or `isEnough`. */
async function listen(path: string, { lastSeen, isEnough }: { lastSeen?: string; isEnough?: (events: readonly Event[]) => boolean } = {}) {
	const gone = new AbortController();
	const response = await fetch(address + path, {
		signal: gone.signal,
		headers: lastSeen === undefined ? {} : { "last-event-id": lastSeen },
	});
	const events: Event[] = [];
	let text = "";
	if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
		for await (const chunk of response.body ?? []) {
			text += Buffer.from(chunk as Uint8Array).toString();
			const blocks = text.split("\n\n");
			text = blocks.pop() ?? "";
			for (const block of blocks) {
				const fields = Object.fromEntries(block.split("\n").map((line) => [line.split(": ")[0], line.slice(line.indexOf(": ") + 2)]));
				if (fields.data) events.push({ id: fields.id, event: fields.event, data: JSON.parse(fields.data) as Event["data"] });
			}
			if (isEnough?.(events)) break;
		}
	}
	gone.abort();
	return { status: response.status, events };
}

const order = async (): Promise<string> => {
	const body = JSON.stringify({ as_of: "2026-11-23" });
	const answer = await fetch(`${address}/v1/portfolios/acme/plans`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body,
	});
	return ((await answer.json()) as { id: string }).id;
};
const discard = (id: string) => fetch(`${address}/v1/plans/${id}`, { method: "DELETE" });

test("a plan is followed to its end, the stream ends with it, and each event is the plan as a client would read it", async () => {
	service.engine.hold = true;
	const id = await order();
	const following = listen(`/v1/plans/${id}/events`);
	await expect.poll(async () => (await service.tenant.store.getPlan(id)).progress?.phase, { timeout: 20_000 }).toBe("solving");
	setTimeout(() => {
		service.engine.hold = false;
	}, 600);
	const { status, events } = await following;
	expect(status).toBe(200);
	expect(events.length).toBeGreaterThan(1);
	expect(events.some(({ data }) => data.status === "solving" && data.progress !== null)).toBe(true);
	expect(events.at(-1)?.data.status).toBe("completed");
	for (const { data } of events) expect(planView.safeParse(data).error).toBeUndefined();
	expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
});

test("who comes back is told what changed since and nothing twice, also by a server started anew", async () => {
	service.engine.hold = true;
	const id = await order();
	const isSolving = (events: readonly Event[]) => events.some(({ data }) => data.progress !== null);
	const first = await listen(`/v1/plans/${id}/events`, { isEnough: isSolving });
	service.engine.hold = false;
	await service.services.plans.ended(service.tenant, id, 60);
	const back = await listen(`/v1/plans/${id}/events`, { lastSeen: first.events.at(-1)?.id ?? "" });
	expect(back.events.map(({ data }) => data.status)).toEqual(["completed"]);
	expect((await listen(`/v1/plans/${id}/events`, { lastSeen: back.events[0].id })).status).toBe(204);
});

test("a plan that is discarded meanwhile ends its stream", async () => {
	service.engine.hold = true;
	const id = await order();
	const following = listen(`/v1/plans/${id}/events`);
	await expect.poll(async () => (await service.tenant.store.getPlan(id)).progress?.phase, { timeout: 20_000 }).toBe("solving");
	await discard(id);
	expect((await following).events.at(-1)?.event).toBe("discarded");
});

test("streams are bounded, and one that is left gives its place back", async () => {
	service.engine.hold = true;
	const id = await order();
	const url = `${address}/v1/plans/${id}/events`;
	const leave = new AbortController();
	const open = await Promise.all([1, 2].map(() => fetch(url, { signal: leave.signal })));
	expect(open.map(({ status }) => status)).toEqual([200, 200]);
	const refused = await fetch(url);
	expect(refused.status).toBe(503);
	expect(refused.headers.get("retry-after")).toBe("5");
	leave.abort();
	await expect.poll(async () => (await listen(`/v1/plans/${id}/events`, { isEnough: () => true })).status, { timeout: 20_000 }).toBe(200);
	await discard(id);
});

test("plans that are not there have no events", async () => {
	await makePlan(service.app);
	expect((await listen("/v1/plans/pl_0/events")).status).toBe(404);
});
