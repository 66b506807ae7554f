import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readModelFolder } from "../../engine/scoring/model-folder.ts";
import { defaultModelDir } from "../../engine/scoring/predictor.ts";
import { moveAlias, registerModel } from "../../models/registry/registry.ts";
import { writeModelFolder } from "../../models/write-model-folder.ts";
import { startService, type TestService } from "./service.ts";

let service: TestService;
let scratch: string;
beforeAll(async () => {
	service = await startService();
	scratch = await mkdtemp(join(tmpdir(), "carteira-models-"));
});
afterAll(async () => {
	await service.close();
	await rm(scratch, { recursive: true });
});

const list = async () =>
	(await service.app.inject({ method: "GET", url: "/v1/models" })).json<{
		versions: { roles: string[]; metrics: unknown }[];
		moves: object[];
	}>();
const give = (name: string, alias: string, version: number | null, headers = {}) =>
	service.app.inject({ method: "POST", url: `/v1/models/${name}/aliases/${alias}`, payload: { version }, headers });

it("lists the registry of models and gives roles, but makes none champion that was not judged", async () => {
	expect(await list()).toEqual({ versions: [], moves: [] });
	expect((await give("own", "shadow", 1)).statusCode).toBe(404);
	const registry = join(service.dataDir, "models");
	const { manifest, weights } = await readModelFolder(defaultModelDir());
	for (const asOf of [manifest.asOf, "2026-01-02"]) {
		const folder = join(scratch, asOf);
		await writeModelFolder(folder, { manifest: { ...manifest, name: "own", asOf }, weights });
		await registerModel(registry, folder);
	}
	moveAlias(registry, "champion", 1);
	moveAlias(registry, "champion", 2);
	expect((await give("own", "challenger", 1)).json()).toMatchObject({ alias: "challenger", from: null, to: 1 });
	expect((await give("own", "champion", 1)).json()).toMatchObject({ alias: "champion", from: 2, to: 1 });
	const { versions, moves } = await list();
	expect(versions.map(({ roles }) => roles)).toEqual([["champion", "challenger"], []]);
	expect(moves).toHaveLength(4);
	expect((await give("own", "king", 1)).statusCode).toBe(404);
	expect((await give("own", "shadow", 9)).statusCode).toBe(404);
	expect((await give("other", "shadow", 1)).statusCode).toBe(404);
	expect((await give("own", "shadow", 0)).statusCode).toBe(422);
	const audited = await service.services.audit.list("default", 0, 100);
	expect(audited.filter(({ path }) => path.startsWith("/v1/models/")).map(({ status }) => status)).toEqual([
		404, 200, 200, 404, 404, 404, 422,
	]);
});

it("refuses a champion that was never judged, and the keys of other tenants", async () => {
	const folder = join(scratch, "third");
	const { manifest, weights } = await readModelFolder(defaultModelDir());
	await writeModelFolder(folder, { manifest: { ...manifest, name: "own", asOf: "2026-01-03" }, weights });
	await registerModel(join(service.dataDir, "models"), folder);
	const unjudged = await give("own", "champion", 3);
	expect([unjudged.statusCode, unjudged.json<{ detail: string }>().detail]).toEqual([409, expect.stringContaining("carteira promote")]);
	const { text } = await service.services.keys.create({ tenant: "other", name: "", scopes: ["admin"], expiresAt: null });
	await new Promise((resolve) => setTimeout(resolve, 1100)); // for so long it is believed that there is no key yet
	const headers = { authorization: `Bearer ${text}` };
	expect((await give("own", "shadow", 3, headers)).statusCode).toBe(403);
});
