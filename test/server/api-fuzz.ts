import fc from "fast-check";
import { expect } from "vitest";
import { problem } from "../../server/schemas/common.ts";
import type { TestService } from "./service.ts";

interface Schema {
	readonly $ref?: string;
	readonly type?: string;
	readonly enum?: readonly unknown[];
	readonly const?: unknown;
	readonly format?: string;
	readonly anyOf?: readonly Schema[];
	readonly oneOf?: readonly Schema[];
	readonly items?: Schema;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly required?: readonly string[];
	readonly minimum?: number;
	readonly maximum?: number;
}
interface Parameter {
	readonly name: string;
	readonly in: "path" | "query" | "header";
	readonly schema: Schema;
}
interface Operation {
	readonly parameters?: readonly Parameter[];
	readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
	readonly responses: Readonly<Record<string, object>>;
}
interface Description {
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** A request to be sent. */
interface Case {
	readonly method: string;
	readonly path: string;
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly payload?: string;
}

/** Values that programs stumble over. */
const ODD_TEXTS = [
	"",
	"0",
	"-1",
	"null",
	"..",
	"%00",
	"a".repeat(300),
	"𝔘ñí",
	"1e999",
	"__proto__",
	"' OR 1=1 --",
	"2026-02-30",
	"\u0000",
	"NaN",
];
const oddText = fc.oneof(fc.constantFrom(...ODD_TEXTS), fc.string({ maxLength: 40 }), fc.string({ unit: "binary", maxLength: 20 }));
const oddValue = fc.oneof(fc.jsonValue({ maxDepth: 3 }), oddText, fc.constantFrom(-1, 0, 2 ** 53, 1e308, -0.5, true, null, [], {}));

/** Values of a schema of the description; one in eight breaks it. */
function valuesOf(description: Description, schema: Schema): fc.Arbitrary<unknown> {
	return fc.oneof({ weight: 7, arbitrary: fitting(description, schema) }, { weight: 1, arbitrary: oddValue });
}

function fitting(description: Description, schema: Schema): fc.Arbitrary<unknown> {
	if (schema.$ref !== undefined) return valuesOf(description, description.components.schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {});
	const either = schema.anyOf ?? schema.oneOf;
	if (either !== undefined) return fc.oneof(...either.map((one) => valuesOf(description, one)));
	if (schema.const !== undefined) return fc.constant(schema.const);
	if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
	const [min, max] = [schema.minimum ?? -1000, Math.min(schema.maximum ?? 1000, 2 ** 31 - 1)];
	switch (schema.type) {
		case "integer":
			return fc.integer({ min: Math.max(min, -(2 ** 31)), max });
		case "number":
			return fc.double({ min, max, noNaN: true });
		case "boolean":
			return fc.boolean();
		case "array":
			return fc.array(valuesOf(description, schema.items ?? {}), { maxLength: 4 });
		case "object": {
			const fields = Object.entries(schema.properties ?? {}).map(([name, value]) => [name, valuesOf(description, value)]);
			const extra = fc.dictionary(fc.string({ maxLength: 10 }), oddValue, { maxKeys: 2 });
			const known = fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [] });
			return fc
				.tuple(known, fc.oneof({ weight: 7, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: extra }))
				.map((parts) => Object.assign({}, ...parts) as object);
		}
		case "string":
			return schema.format === "date" ? fc.constantFrom("2026-11-23", "2026-11-24", "2026-02-30", "1969-12-31", "9999-12-31") : oddText;
		default:
			return oddValue;
	}
}

const encoded = (value: unknown): string => {
	const text = typeof value === "string" ? value : JSON.stringify(value);
	return encodeURIComponent(text.toWellFormed());
};

/** Header values are bytes; what is none is left to the parser's own tests. */
const headerText = fc.string({ unit: "grapheme-ascii", maxLength: 30 });
const HEADERS: Readonly<Record<string, fc.Arbitrary<string>>> = {
	prefer: fc.oneof(fc.constantFrom("wait=0", "wait=1", "wait=999999", "respond-async"), headerText),
	accept: fc.oneof(fc.constantFrom("application/json", "text/csv", "text/calendar", "image/png", "*/*;q=0"), headerText),
	"idempotency-key": fc.oneof(fc.constantFrom("k1", "k2", "k".repeat(300)), headerText),
	"last-event-id": headerText,
	"if-none-match": headerText,
	"content-digest": fc.oneof(fc.constantFrom("sha-256=:AAAA:", "md5=:x:"), headerText),
	traceparent: headerText,
};

interface Known {
	readonly planIds: readonly string[];
	readonly keys: readonly (string | undefined)[];
}

/** Requests of one operation, mostly as it is described, about things that are there and things that are not. */
function casesOf(description: Description, path: string, method: string, operation: Operation, known: Known): fc.Arbitrary<Case> {
	const wellKnown: Readonly<Record<string, readonly string[]>> = {
		id: known.planIds,
		portfolio: ["acme", "none"],
		table: ["reps", "orders"],
		customer_id: ["c1"],
	};
	const valueOf = ({ name, schema, in: place }: Parameter): fc.Arbitrary<unknown> =>
		place === "path"
			? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...(wellKnown[name] ?? ["x"])) }, { weight: 1, arbitrary: oddText })
			: valuesOf(description, schema);
	const parameters = operation.parameters ?? [];
	const inPath = parameters.filter((one) => one.in === "path");
	const inQuery = parameters.filter((one) => one.in === "query");
	const types = Object.keys(operation.requestBody?.content ?? {});
	const isTable = types.includes("text/csv");
	const schema = operation.requestBody?.content["application/json"]?.schema ?? {};
	const json = fc.oneof(
		{ weight: 9, arbitrary: valuesOf(description, schema).map((value) => JSON.stringify(value)) },
		{ weight: 1, arbitrary: oddText },
	);
	// Reading a table takes a process of its own; most are refused before that.
	const table = fc.constantFrom("", "rep_id,kind\nr1,inside\n", "\u0000\u0001", '[{"rep_id":1}]', "rep_id\n");
	const type = fc.oneof(
		{ weight: isTable ? 1 : 9, arbitrary: fc.constantFrom(...(types.length > 0 ? types : ["application/json"])) },
		{ weight: isTable ? 40 : 1, arbitrary: headerText },
	);
	return fc
		.record({
			path: fc.tuple(...inPath.map(valueOf)),
			query: fc.record(Object.fromEntries(inQuery.map((one) => [one.name, valueOf(one)])), { requiredKeys: [] }),
			strange: fc.option(fc.tuple(oddText, oddText), { freq: 10 }),
			headers: fc.record(HEADERS, { requiredKeys: [] }),
			key: fc.constantFrom(...known.keys),
			type,
			payload: isTable ? table : json,
		})
		.map(({ path: inThePath, query, strange, headers, key, type: contentType, payload }) => {
			const filled = inPath.reduce((url, { name }, index) => url.replace(`{${name}}`, encoded(inThePath[index])), path);
			const pairs = [...Object.entries(query), ...(strange ? [strange] : [])].map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
			const isSent = operation.requestBody !== undefined;
			return {
				method,
				path,
				url: pairs.length > 0 ? `${filled}?${pairs.join("&")}` : filled,
				headers: {
					...headers,
					...(key !== undefined && { authorization: `Bearer ${key}` }),
					...(isSent && { "content-type": contentType }),
				},
				...(isSent && { payload }),
			};
		});
}

/**
 * Sends so many requests made from the description. None may be answered by a 5xx other than a 503 that says when to come back, by a
 * status that the description has not, or by an error that is no problem+json. Answers how often each status came.
 */
export async function fuzzApi({ app }: TestService, known: Known, numCases: number, seed: number): Promise<Record<string, number>> {
	const description = (await app.inject({ method: "GET", url: "/openapi.json" })).json<Description>();
	const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
	);
	const statuses: Record<string, number> = {};
	const any = fc.oneof(
		...operations.map(({ path, method, operation }) =>
			casesOf(description, path, method, operation, known).map((one) => ({ ...one, operation })),
		),
	);
	const property = fc.asyncProperty(any, async ({ method, path, url, headers, payload, operation }) => {
		const answer = await app.inject({ method: method as "GET", url, headers, ...(payload !== undefined && { payload }) });
		const status = answer.statusCode;
		statuses[status] = (statuses[status] ?? 0) + 1;
		const told = `${method} ${url} ${JSON.stringify(headers)} ${payload ?? ""}\n${status} ${answer.body.slice(0, 500)}`;
		if (status === 503) expect(answer.headers["retry-after"], told).toBeDefined();
		else expect(status, told).toBeLessThan(500);
		// A strange path may be another route's, or none's.
		const isOther = status === 404 || !isPathOf(path, url);
		if (!isOther) expect(Object.keys(operation.responses), told).toContain(String(status));
		if (status < 400) return;
		expect(answer.headers["content-type"], told).toContain("application/problem+json");
		expect(problem.safeParse(answer.json()).error, told).toBeUndefined();
	});
	await fc.assert(property, { numRuns: numCases, seed, endOnFailure: true });
	return statuses;
}

/** Has a URL as many parts as the path that it was made from, none of them empty or a step within the path, which URLs resolve? */
function isPathOf(path: string, url: string): boolean {
	const parts = url.split("?")[0].split("/");
	return parts.length === path.split("/").length && parts.slice(1).every((part) => !["", ".", ".."].includes(part));
}
