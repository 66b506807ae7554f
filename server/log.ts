import { type DestinationStream, type Logger, pino } from "pino";
import type { ServerConfig } from "./config.ts";

export type Log = Logger;

/** Where credentials could stand in what is logged, at the top and up to two steps below. */
const SECRETS = ["authorization", "cookie", "password", "secret", "key", "connectionString", "databaseUrl"].flatMap((name) =>
	["", "*.", "*.*."].map((path) => `${path}${name}`),
);

/** What of a request is logged; tokens in its address are blanked, too. */
function requestFields({ method, url, host, ip }: { method?: string; url?: string; host?: string; ip?: string }): object {
	return { method, url: url?.replace(/([?&]token=)[^&]*/gi, "$1[Redacted]"), host, remoteAddress: ip };
}

/** The service's log: JSON lines on stderr, credentials blanked. */
export function createLog(level: ServerConfig["logLevel"], to: DestinationStream = pino.destination({ dest: 2, sync: true })): Log {
	return pino({ level, redact: SECRETS, serializers: { req: requestFields } }, to);
}
