import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { TABLE_MEDIA } from "./media.ts";
import type { App } from "./routes/app-type.ts";

/** The request bodies that no schema validates: tables, sent as files. */
const tableBody = {
	required: true,
	content: Object.fromEntries(TABLE_MEDIA.map(({ type }) => [type, { schema: { type: "string", format: "binary" } }])),
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
	for (const operation of [table?.put, table?.post, contacts?.post, staged?.put, staged?.post])
		Object.assign(operation ?? {}, { requestBody: tableBody });
	return openapi;
};

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
			components: { securitySchemes: { key: { type: "http", scheme: "bearer", description: "Not needed until the first key is made." } } },
			tags: [
				{ name: "portfolios", description: "Tables and policy in; what is held" },
				{ name: "plans", description: "Orders, states and publication" },
				{ name: "agendas", description: "Days of reps, customers left out, explanations" },
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
