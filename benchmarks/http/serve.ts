import { buildApp } from "../../server/app.ts";
import { DEFAULT_CONFIG, DEFAULT_LIMITS } from "../../server/config.ts";
import { BACKLOG } from "../../server/http/http-server.ts";
import { createServices } from "../../server/services.ts";

/** A service as `carteira serve` starts it, but for the limit of requests a minute; says its address on stdout. Arguments: data folder, database. */
const [dataDir, databaseUrl] = process.argv.slice(2);
const limits = { ...DEFAULT_LIMITS, requests_per_minute: Number.MAX_SAFE_INTEGER };
const services = await createServices({
	...DEFAULT_CONFIG,
	planner: "beside",
	dataDir,
	limits,
	logLevel: "error",
	...(databaseUrl && { databaseUrl }),
});
const app = await buildApp(services);
process.stdout.write(`${await app.listen({ host: "127.0.0.1", port: 0, backlog: BACKLOG })}\n`);
process.once("SIGTERM", () => {
	void services.plans
		.close()
		.then(() => app.close())
		.then(() => services.close())
		.then(() => process.exit(0));
});
