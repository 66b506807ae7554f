import { type Logger, pino } from "pino";
import type { ServerConfig } from "./config.ts";

export type Log = Logger;

/** The service's log: JSON lines on stderr, credentials blanked. */
export function createLog(level: ServerConfig["logLevel"]): Log {
	return pino({ level, redact: ["req.headers.authorization", "req.headers.cookie"] }, pino.destination({ dest: 2, sync: true }));
}
