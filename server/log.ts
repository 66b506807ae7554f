import { type DestinationStream, type Logger, pino } from "pino";
import type { ServerConfig } from "./config.ts";

export type Log = Logger;

/** Where credentials could stand in what is logged, at the top and up to two steps below. */
const SECRETS = ["authorization", "cookie", "password", "secret", "key", "connectionString", "databaseUrl"].flatMap((name) =>
	["", "*.", "*.*."].map((path) => `${path}${name}`),
);

/** The service's log: JSON lines on stderr, credentials blanked. */
export function createLog(level: ServerConfig["logLevel"], to: DestinationStream = pino.destination({ dest: 2, sync: true })): Log {
	return pino({ level, redact: SECRETS }, to);
}
