import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { TABLE_MEDIA } from "./media.ts";
import type { App } from "../app-type.ts";

/** A row as JSON has it; which columns there are depends on the table. */
const row = { type: "object", additionalProperties: true };
/** How a table's bytes are described, by the format that they are in. */
const BYTES = { csv: { type: "string" }, ndjson: { type: "string" }, json: { type: "array", items: row } } as const;
const binary = { type: "string", format: "binary" };

/** A request body that no schema validates: a table, sent as a file or as rows. */
const tableBody = {
	required: true,
	content: Object.fromEntries(
		TABLE_MEDIA.map(({ type, format }) => [type, { schema: format in BYTES ? BYTES[format as keyof typeof BYTES] : binary }]),
	),
};
const contactsBody = {
	...tableBody,
	content: { ...tableBody.content, "application/json": { schema: { oneOf: [BYTES.json, row] } } },
};

/** Request headers that calls heed, by their names; a call says so in its description. */
const HEADERS = {
	"Idempotency-Key": "the same key with the same body is answered as the first time",
	Prefer: "wait=10: seconds in which the plan may be answered at once",
	"If-None-Match": "an ETag: 304 where it still holds",
	"Last-Event-ID": "id of the last event seen",
} as const;
const HEADERS_OF: Readonly<Record<string, readonly (keyof typeof HEADERS)[]>> = {
	orderPlan: ["Idempotency-Key", "Prefer"],
	addRows: ["Idempotency-Key"],
	postContacts: ["Idempotency-Key"],
	revisePlan: ["Idempotency-Key"],
	createWebhook: ["Idempotency-Key"],
	getPlanAgendas: ["If-None-Match"],
	getPublishedAgendas: ["If-None-Match"],
	getCalendar: ["If-None-Match"],
	watchPlan: ["Last-Event-ID"],
};

type TransformObject = typeof jsonSchemaTransformObject;

/** Adds to the document what the routes cannot say in schemas, and takes out what no call refers to. */
const completeDocument: TransformObject = (document) => {
	const openapi = jsonSchemaTransformObject(document);
	if (!("components" in openapi)) return openapi;
	// Every named schema is described twice, as read and as written; only what is written is referred to.
	const schemas = openapi.components?.schemas ?? {};
	for (const name of Object.keys(schemas)) if (name.endsWith("Input") && name.slice(0, -"Input".length) in schemas) delete schemas[name];
	const table = openapi.paths?.["/v1/portfolios/{portfolio}/{table}"];
	const contacts = openapi.paths?.["/v1/portfolios/{portfolio}/contacts"];
	const staged = openapi.paths?.["/v1/portfolios/{portfolio}/syncs/{sync}/{table}"];
	for (const operation of [table?.put, table?.post, staged?.put, staged?.post]) Object.assign(operation ?? {}, { requestBody: tableBody });
	Object.assign(contacts?.post ?? {}, { requestBody: contactsBody });
	for (const operation of operationsOf(openapi)) {
		const headers = HEADERS_OF[operation.operationId ?? ""] ?? [];
		const described = headers.map((name) => ({
			name,
			in: "header",
			required: false,
			description: HEADERS[name],
			schema: { type: "string" },
		}));
		Object.assign(operation, { parameters: [...(operation.parameters ?? []), ...described] });
	}
	return openapi;
};

type OpenApi = Exclude<ReturnType<TransformObject>, { readonly swagger?: string }>;

const operationsOf = ({ paths = {} }: OpenApi) =>
	Object.values(paths).flatMap((path) => [path?.get, path?.put, path?.post, path?.delete].flatMap((operation) => operation ?? []));

/** The API's description: made of the schemas that validate requests, at `/openapi.json`, and to be read at `/docs`. */
export async function registerOpenApi(app: App): Promise<void> {
	await app.register(swagger, {
		openapi: {
			openapi: "3.1.0",
			info: {
				title: "Carteira",
				version: "1",
				description: "Which customers to contact, when, through which channel, in which order, with which products, and why, in money.",
			},
			components: {
				securitySchemes: {
					key: { type: "http", scheme: "bearer", description: "Not needed until the first key is made." },
					calendarToken: { type: "apiKey", in: "query", name: "token", description: "Opens one rep's calendar and nothing else." },
				},
			},
			tags: [
				{ name: "portfolios", description: "Tables and policy in; what is held" },
				{ name: "plans", description: "Orders, states and publication" },
				{ name: "agendas", description: "Days of reps, customers left out, explanations" },
				{ name: "decisions", description: "Replans, differences, suggestions, what-if, plans made by people" },
				{ name: "management", description: "Figures of a portfolio, each with the customers behind it" },
				{ name: "daily run", description: "Each day's plan made before the shift" },
				{ name: "webhooks", description: "Changes sent as they happen, signed by Standard Webhooks" },
				{ name: "service", description: "The service itself" },
			],
		},
		transform: jsonSchemaTransform,
		transformObject: completeDocument,
	});
	await app.register(swaggerUi, {
		routePrefix: "/docs",
		staticCSP:
			"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'",
	});
	app.get("/openapi.json", { schema: { hide: true }, config: { scope: "none" } }, async () => app.swagger());
}
