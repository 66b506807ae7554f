import { type DestinationStream, type Logger, pino } from "pino";
import type { FastifyRequest } from "fastify";
import type { ServerConfig } from "./config.ts";
import { pathOf } from "./request-path.ts";

export type Log = Logger;

/** Where credentials could stand in what is logged, at the top and up to two steps below. */
const SECRETS = ["authorization", "cookie", "password", "secret", "key", "connectionString", "databaseUrl"].flatMap((name) =>
	["", "*.", "*.*."].map((path) => `${path}${name}`),
);

type Logged = Partial<Pick<FastifyRequest, "method" | "url" | "host" | "ip" | "routeOptions">>;

/** What of a request is logged; tokens in its address are blanked, too, and ids of customers are left out. */
function requestFields({ method, url, host, ip, routeOptions }: Logged): object {
	const address =
		url === undefined || routeOptions === undefined ? url : pathOf({ url, routeOptions }) + url.slice(url.split("?")[0].length);
	return { method, url: address?.replace(/([?&]token=)[^&]*/gi, "$1[Redacted]"), host, remoteAddress: ip };
}

/** The service's log: JSON lines on stderr, credentials blanked. */
export function createLog(level: ServerConfig["logLevel"], to: DestinationStream = pino.destination({ dest: 2, sync: true })): Log {
	return pino({ level, redact: SECRETS, serializers: { req: requestFields } }, to);
}
