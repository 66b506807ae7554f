import { PostgresDialect } from "kysely";

/** Connections of one server, and milliseconds in which one must be had and a statement must be done. */
const MAX_CONNECTIONS = 10;
const CONNECT_TIMEOUT = 5000;
const STATEMENT_TIMEOUT = 30_000;

/** PostgreSQL's type of 64-bit whole numbers; ours are all below 2^53. */
const INT8 = 20;

/** SQLSTATE of a server that goes down, is not up yet, has no room, took too long, or rolled back for the sake of another transaction. */
const IS_GONE = /^(08|57P|57014|53|40)/;
const SOCKET_CODES = [
	"ERR_STREAM_DESTROYED",
	"ERR_STREAM_WRITE_AFTER_END",
	"EAGAIN",
	"ECONNABORTED",
	"ENETUNREACH",
	"ECONNREFUSED",
	"ECONNRESET",
	"EPIPE",
	"ENOENT",
	"ETIMEDOUT",
	"EHOSTUNREACH",
	"ENOTFOUND",
	"EAI_AGAIN",
];
/** What the driver itself says, without a code, of connections that broke. */
const IS_BROKEN = /Connection terminated|timeout exceeded when trying to connect|not queryable|Query read timeout/;

/** Is the database away, so that the same call may succeed later? */
export function isAway(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	if (error instanceof AggregateError) return error.errors.every(isAway);
	const code = "code" in error ? String(error.code) : "";
	return IS_GONE.test(code) || SOCKET_CODES.includes(code) || IS_BROKEN.test(error.message);
}

/** The query builder's dialect over a pool of connections. `onLost` is told of those that broke. */
export async function openPostgres(url: string, onLost: (error: Error) => void): Promise<PostgresDialect> {
	const { default: pg } = await import("pg"); // loaded only where it is used
	const types = new pg.TypeOverrides();
	types.setTypeParser(INT8, Number);
	const pool = new pg.Pool({
		connectionString: url,
		max: MAX_CONNECTIONS,
		connectionTimeoutMillis: CONNECT_TIMEOUT,
		statement_timeout: STATEMENT_TIMEOUT,
		application_name: "carteira",
		types,
	});
	// The pool listens to connections that nobody uses; one that breaks between two statements would else end the process.
	pool.on("error", onLost).on("connect", (connection) => connection.on("error", onLost));
	return new PostgresDialect({ pool });
}
