import fastify, { type FastifyBaseLogger } from "fastify";
import { expect, test } from "vitest";
import { createLog } from "../../server/log.ts";

test("credentials are blanked wherever they stand in what is logged", () => {
	const lines: string[] = [];
	const log = createLog("info", { write: (line: string) => void lines.push(line) });
	const secret = "ck_0123456789abcdef_hush";
	log.info({ authorization: secret, headers: { authorization: secret, cookie: secret }, req: { headers: { authorization: secret } } }, "a");
	log.error(
		{ err: Object.assign(new Error("lost"), { connectionString: secret, password: secret }), config: { databaseUrl: secret } },
		"b",
	);
	expect(lines).toHaveLength(2);
	expect(lines.join("")).not.toContain("hush");
	expect(lines[1]).toContain("lost");
});

test("ids of customers are left out of the addresses that are logged", async () => {
	const lines: string[] = [];
	const log: FastifyBaseLogger = createLog("info", { write: (line: string) => void lines.push(line) });
	const app = fastify({ loggerInstance: log });
	app.get("/v1/portfolios/:portfolio/customers/:customer_id", async () => ({}));
	await app.inject({ url: "/v1/portfolios/acme/customers/11222333000181?as_of=2026-11-23" });
	expect(lines.join("")).toContain("/v1/portfolios/acme/customers/{customer_id}?as_of=2026-11-23");
	expect(lines.join("")).not.toContain("11222333000181");
	await app.close();
});
