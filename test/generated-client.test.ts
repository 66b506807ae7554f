import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { generateApi } from "swagger-typescript-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TABLE_NAMES, formatDay, parseDay } from "../engine/index.ts";
import { generate } from "../models/generator/generate.ts";
import { simulateOutcomes } from "../models/generator/outcomes.ts";
import { buildApp } from "../server/app.ts";
import { DEFAULT_CONFIG } from "../server/config.ts";
import type { App } from "../server/app-type.ts";
import { type Services, createServices } from "../server/services.ts";

const AS_OF = parseDay("2026-11-23");

let folder: string;
let services: Services;
let app: App;
let address: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "carteira-client-"));
	services = await createServices({ ...DEFAULT_CONFIG, dataDir: join(folder, "server"), logLevel: "silent", threads: 1 });
	app = await buildApp(services);
	address = await app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
	await app.close();
	await services.close();
	await rm(folder, { recursive: true, force: true });
});

/** The part of the generated client that the story calls; that its types are right is for the compiler, below. */
type Call = (...values: unknown[]) => Promise<{ readonly status: number; readonly data: Record<string, unknown> }>;
type Client = Readonly<Record<string, Call>>;

/** Rows of a generated table, as a platform would send them: every value as text. */
async function rowsOf(path: string): Promise<object[]> {
	const instance = await DuckDBInstance.create();
	const connection = await instance.connect();
	const reader = await connection.runAndReadAll("SELECT * FROM read_csv(?, all_varchar = true, header = true)", [path]);
	const rows = reader.getRowObjectsJson().map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)));
	connection.closeSync();
	instance.closeSync();
	return rows;
}

/** A client made of the served description by a generator that knows nothing else, and loaded. */
async function generateClient(): Promise<Client> {
	const description = join(folder, "openapi.json");
	await writeFile(description, await (await fetch(`${address}/openapi.json`)).text());
	const output = join(folder, "client");
	await generateApi({ input: description, output, fileName: "api.ts", silent: true, enumStyle: "union" });
	const made = (await import(/* @vite-ignore */ join(output, "api.ts"))) as { Api: new (options: object) => { v1: Client } };
	return new made.Api({ baseUrl: address }).v1;
}

test("every call has a name of its own, a known tag and described path parameters", async () => {
	interface Operation {
		readonly operationId: string;
		readonly tags: readonly string[];
		readonly parameters?: readonly { readonly name: string; readonly in: string }[];
	}
	const answer = await fetch(`${address}/openapi.json`);
	const { paths, tags } = (await answer.json()) as { paths: Record<string, Record<string, Operation>>; tags: { name: string }[] };
	const operations = Object.entries(paths).flatMap(([path, methods]) =>
		Object.values(methods).map((operation) => ({ path, ...operation })),
	);
	const names = operations.map(({ operationId }) => operationId);
	expect(new Set(names).size).toBe(names.length);
	for (const { path, operationId, tags: own, parameters = [] } of operations) {
		expect(operationId, path).toMatch(/^[a-z]+([A-Z][a-z]+)*$/);
		expect(own, path).toHaveLength(1);
		expect(tags.map(({ name }) => name)).toEqual(expect.arrayContaining([...own]));
		const inPath = parameters.filter((one) => one.in === "path").map(({ name }) => `{${name}}`);
		expect(inPath.sort(), path).toEqual((path.match(/\{\w+\}/g) ?? []).sort());
	}
	const headersOf = (name: string) =>
		operations
			.find(({ operationId }) => operationId === name)
			?.parameters?.filter((one) => one.in === "header")
			.map((one) => one.name);
	expect(headersOf("orderPlan")).toEqual(["Idempotency-Key", "Prefer"]);
	expect(headersOf("watchPlan")).toEqual(["Last-Event-ID"]);
});

test("a client generated from the description lives the whole day, and the next day is another", async () => {
	const client = await generateClient();
	const tables = join(folder, "d");
	await generate({ customers: 40, reps: 1, seed: 7, asOf: AS_OF, format: "csv", out: tables });

	// Morning: tables and policy.
	const files = await readdir(tables);
	for (const table of TABLE_NAMES.toSorted((a) => (["reps", "products", "delivery_routes", "customers"].includes(a) ? -1 : 1))) {
		if (!files.includes(`${table}.csv`)) continue;
		const rows = await rowsOf(join(tables, `${table}.csv`));
		if (rows.length === 0) continue;
		const { data } = await client.replaceTable("acme", table, rows);
		expect(data, table).toMatchObject({ table, rows_read: rows.length, rows_quarantined: 0, num_problems: 0 });
	}
	await client.putPolicy("acme", JSON.parse(await readFile(join(tables, "policy.json"), "utf8")));

	const makePlan = async (day: number) => {
		const order = { as_of: formatDay(day), horizon_days: 3, seed: 7, budget: { iterations: 100 } };
		const { status, data } = await client.orderPlan("acme", order, { headers: { Prefer: "wait=60" } });
		expect([status, data.status]).toEqual([200, "completed"]);
		expect((await client.publishPlan(data.id)).data.publication).toBe("published");
		return data as { id: string; plan_id: string };
	};
	const monday = await makePlan(AS_OF);
	const day = (await client.getPublishedAgendas("acme", { date: "2026-11-23" })).data as {
		agendas: { rep_id: string; entries: { customer_id: string; channel: string; start: string; value_cents: number }[] }[];
	};
	const entries = day.agendas.flatMap(({ rep_id, entries: own }) => own.map((entry) => ({ ...entry, rep_id })));
	expect(entries.length).toBeGreaterThan(0);
	const { data: explained } = await client.explainCustomer(monday.id, entries[0].customer_id);
	const [said] = explained.entries as { value_cents: number; terms: { cents: number }[] }[];
	expect(said.terms.reduce((sum, { cents }) => sum + cents, 0)).toBe(said.value_cents);
	expect(explained.alternatives).not.toBeNull();

	// Evening: what came of it. The same post again changes nothing.
	const { contacts, ...others } = await simulateOutcomes(tables, AS_OF, entries as never, 1);
	const posted = contacts as unknown[];
	expect(posted.length).toBeGreaterThan(0);
	for (const [table, rows] of Object.entries(others))
		if ((rows as unknown[]).length > 0) expect((await client.addRows("acme", table, rows)).data).toMatchObject({ rows_quarantined: 0 });
	expect((await client.postContacts("acme", posted)).data).toMatchObject({ accepted: posted.length, rejected: 0 });
	expect((await client.postContacts("acme", posted)).data).toMatchObject({ accepted: 0, unchanged: posted.length });

	const tuesday = await makePlan(AS_OF + 1);
	expect(tuesday).toMatchObject({ receipt: { published: monday.plan_id, data_through: { contacts: "2026-11-23" } } });
	const { data: diff } = await client.diffPlans(tuesday.id, { against: monday.id });
	expect((diff.changes as unknown[]).length).toBeGreaterThan(0);

	// What is refused arrives as the problem that the description promises.
	const refusal: unknown = await client.getPlan("nothing").catch((error: unknown) => error);
	expect(refusal).toMatchObject({ status: 404, error: { code: "NOT_FOUND" } });
});

test("the generated client passes the compiler, strictly", async () => {
	const options = "--noEmit --ignoreConfig --strict --target es2024 --module nodenext --lib es2024,dom,dom.iterable".split(" ");
	const compiler = resolve("node_modules/typescript/bin/tsc");
	const checked = promisify(execFile)(process.execPath, [compiler, ...options, join(folder, "client", "api.ts")]);
	await expect(checked.catch((error: { stdout: string }) => Promise.reject(new Error(error.stdout)))).resolves.toMatchObject({
		stdout: "",
	});
});
