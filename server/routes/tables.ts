import { z } from "zod";
import type { FastifyRequest } from "fastify";
import { CarteiraError, parseDay, TABLE_NAMES, type TableName } from "../../engine/index.ts";
import type { Limits } from "../config.ts";
import { createOnce, sendAnswer } from "../http/idempotency.ts";
import { TABLE_MEDIA, type TableMedia, tableMediaOf } from "../http/media.ts";
import { nameFiles } from "../name-files.ts";
import { HttpError } from "../http/problem.ts";
import { type Received, receiveUpload } from "../http/receive-upload.ts";
import { portfolioParams, responses, tableParams } from "../schemas/common.ts";
import { contactResults, tableReport } from "../schemas/portfolio.ts";
import { rangeQuery, syncTableParams, syncView } from "../schemas/syncs.ts";
import type { Services } from "../services.ts";
import { createSlots } from "../slots.ts";
import type { Upload } from "../store/portfolios.ts";
import { tableReportView } from "../views.ts";
import type { FirstAnswer } from "../store/store.ts";
import type { App } from "../app-type.ts";
import { postContacts } from "./contacts.ts";
import { viewOfSync } from "./syncs.ts";

/** Milliseconds for a table to arrive and be read. */
const UPLOAD_TIMEOUT = 900_000;

function tableNameOf(text: string): TableName {
	const table = TABLE_NAMES.find((name) => name === text);
	if (table === undefined) throw new CarteiraError("NOT_FOUND", `no table is called ${text}; there are ${TABLE_NAMES.join(", ")}`);
	return table;
}

/** Refuses what the headers alone show to be unwanted, before the body is read. */
function checkHeaders({ headers }: FastifyRequest, limits: Limits): void {
	const media = tableMediaOf(headers["content-type"]);
	const encoding = headers["content-encoding"] ?? "identity";
	if (encoding !== "identity") throw new HttpError("UNSUPPORTED_MEDIA_TYPE", `Content-Encoding ${encoding}: send the bytes as they are`);
	const maxBytes = maxBytesOf(media, limits);
	const length = Number(headers["content-length"] ?? 0);
	if (length > maxBytes) throw new HttpError("TOO_LARGE", `the body has ${length} bytes; at most ${maxBytes} are taken as ${media.type}`);
}

function maxBytesOf(media: TableMedia, limits: Limits): number {
	return media.format === "json" ? limits.max_json_table_bytes : limits.max_upload_bytes;
}

/** The days of orders that a request replaces; null where it replaces the whole table. */
function rangeOf(table: TableName, { from, to }: z.infer<typeof rangeQuery>): { readonly from: string; readonly to: string } | null {
	if (from === undefined && to === undefined) return null;
	if (table !== "orders") throw new HttpError("UNPROCESSABLE", `from and to are of orders; ${table} is replaced whole`);
	if (from === undefined || to === undefined || from > to)
		throw new HttpError("UNPROCESSABLE", "from and to go together, from not after to");
	return { from, to };
}

/** Tables in: `PUT` replaces one, `POST` adds to it by key. */
export function registerTableRoutes(app: App, services: Services): void {
	const { config, uploadsDir } = services;
	const { limits } = config;
	const once = createOnce();
	const slots = createSlots(limits.max_uploads_at_once);

	// The scope's own parsers: the body stays the raw stream, which the handler reads.
	app.removeAllContentTypeParsers();
	app.addContentTypeParser(
		TABLE_MEDIA.map(({ type }) => type),
		(_request, _payload, done) => done(null),
	);
	app.addHook("onRequest", async (request) => checkHeaders(request, limits));

	function receiveFile<T>(request: FastifyRequest, use: (received: Received) => Promise<T>): Promise<T> {
		const media = tableMediaOf(request.headers["content-type"]);
		const contentDigest = request.headers["content-digest"];
		const options = { folder: uploadsDir, maxBytes: maxBytesOf(media, limits), contentDigest: contentDigest?.toString() };
		return receiveUpload(request.raw, options, use);
	}

	async function receive<T>(request: FastifyRequest, use: (upload: Upload, digest: string) => Promise<T>): Promise<T> {
		// Told before the body is sent, if it can be; one that was sent meanwhile waits. Those that are sent slowly hold no place.
		if (slots.isFull) throw new CarteiraError("BUSY", `${limits.max_uploads_at_once} uploads are being read; try again later`);
		const { format } = tableMediaOf(request.headers["content-type"]);
		return receiveFile(request, ({ path, digest }) =>
			slots
				.run(() => use({ path, format }, digest))
				.catch((error: unknown) => {
					throw nameFiles(error, [{ path, as: "the body" }]);
				}),
		);
	}

	async function addRows(request: FastifyRequest, portfolio: string, table: TableName): Promise<FirstAnswer> {
		const { portfolios, store } = request.tenant;
		return receive(request, (upload, digest) =>
			once(request, digest, async (key) => {
				const [report] = await portfolios.importTables(portfolio, [{ ...upload, table, mode: "upsert" }]);
				const answer = { status: 200, location: null, body: JSON.stringify(tableReportView(report)) };
				// Not in the import's own transaction: a crash between the two repeats the import, which by key changes nothing.
				const record = { portfolio, table, mode: "upsert", digest, report: answer.body } as const;
				await store.recordImport(record, key ? { key, answer } : undefined);
				return answer;
			}),
		);
	}

	app.route({
		method: "PUT",
		url: "/v1/portfolios/:portfolio/:table",
		config: { scope: "write" },
		handlerTimeout: UPLOAD_TIMEOUT,
		schema: {
			operationId: "replaceTable",
			summary: "Replace a table, or the orders of some days",
			description: "All or nothing. The body is the table as a file; the answer is what came of reading it.",
			tags: ["portfolios"],
			params: tableParams,
			querystring: rangeQuery,
			response: responses({ 200: tableReport }, 404, 413, 415, 422),
		},
		handler: async (request) => {
			const { portfolio, table } = request.params;
			const name = tableNameOf(table);
			const range = rangeOf(name, request.query);
			const { portfolios, store } = request.tenant;
			return receive(request, async (upload, digest) => {
				const days = range && { from: parseDay(range.from), to: parseDay(range.to) };
				const how = days ? { mode: "upsert" as const, range: days } : { mode: "replace" as const };
				const [read] = await portfolios.importTables(portfolio, [{ ...upload, table: name, ...how }]);
				const report = tableReportView(read);
				await store.recordImport({ portfolio, table, mode: "replace", digest, report: JSON.stringify(report) });
				return report;
			});
		},
	});

	app.route({
		method: "POST",
		url: "/v1/portfolios/:portfolio/:table",
		config: { scope: "write" },
		handlerTimeout: UPLOAD_TIMEOUT,
		schema: {
			operationId: "addRows",
			summary: "Add rows to a table, or replace those with the same key",
			description:
				"An order is replaced whole; of other tables the columns sent replace, the others stay, and a value that is null clears. A row whose column `op` is `delete` takes away what has its key. One whose `source_version` is older than what is held, or than what was deleted, is not taken. Takes Idempotency-Key.",
			tags: ["portfolios"],
			params: tableParams,
			response: responses({ 200: tableReport }, 404, 409, 413, 415, 422),
		},
		handler: async (request, reply) => {
			const { portfolio, table } = request.params;
			return sendAnswer(reply, await addRows(request, portfolio, tableNameOf(table)));
		},
	});

	for (const [method, mode] of [
		["PUT", "replace"],
		["POST", "upsert"],
	] as const) {
		app.route({
			method,
			url: "/v1/portfolios/:portfolio/syncs/:sync/:table",
			config: { scope: "write" },
			handlerTimeout: UPLOAD_TIMEOUT,
			schema: {
				operationId: mode === "replace" ? "stageTable" : "stageRows",
				summary: mode === "replace" ? "Send a table that a sync replaces" : "Send rows that a sync lays over a table",
				description: "As of the table itself; it is read when the sync is committed.",
				tags: ["portfolios"],
				params: syncTableParams,
				querystring: mode === "replace" ? rangeQuery : rangeQuery.pick({}),
				response: responses({ 200: syncView }, 404, 409, 413, 415, 422),
			},
			handler: async (request) => {
				const { portfolio, sync, table } = request.params;
				const name = tableNameOf(table);
				const range = rangeOf(name, request.query);
				const { format } = tableMediaOf(request.headers["content-type"]);
				const { syncs } = request.tenant;
				await syncs.get(portfolio, sync); // before the body is read
				return receiveFile(request, async ({ path, digest, numBytes }) =>
					viewOfSync(await syncs.stage(portfolio, sync, { table: name, mode, range, format, digest, numBytes }, path)),
				);
			},
		});
	}

	app.route({
		method: "POST",
		url: "/v1/portfolios/:portfolio/contacts",
		config: { scope: "write" },
		handlerTimeout: UPLOAD_TIMEOUT,
		schema: {
			operationId: "postContacts",
			summary: "Say what came of contacts",
			description:
				"JSON (one contact, or an array) and NDJSON: each contact is durable when it is acknowledged, with a result of its own, in any order; a contact_id that is known is laid over, column by column. Other types are files, read as of every table. Takes Idempotency-Key.",
			tags: ["portfolios"],
			params: portfolioParams,
			response: responses({ 200: z.union([contactResults, tableReport]) }, 404, 409, 413, 415, 422),
		},
		handler: async (request, reply) => {
			const { portfolio } = request.params;
			const { format } = tableMediaOf(request.headers["content-type"]);
			const isHeld = format === "json" || format === "ndjson";
			const post = isHeld ? postContacts(request, portfolio, format, once, services) : addRows(request, portfolio, "contacts");
			return sendAnswer(reply, await post);
		},
	});
}
