import { CarteiraError } from "../engine/index.ts";

/** Every limit of the service in one place; `GET /v1/limits` publishes them. */
export interface Limits {
	/** Bytes of one uploaded table. */
	readonly max_upload_bytes: number;
	/** Bytes of a JSON request body, policy included. */
	readonly max_json_bytes: number;
	/** Rows of a table sent as one JSON array are held in memory: bytes of such a body. */
	readonly max_json_table_bytes: number;
	/** Contacts of one post that is answered item by item; longer ones are sent as CSV, Parquet or Arrow. */
	readonly max_contacts_at_once: number;
	/** Syncs of a tenant that are not committed, files of one of them, and hours for which it is kept. */
	readonly max_open_syncs: number;
	readonly max_sync_parts: number;
	readonly sync_hours: number;
	/** Uploads read at the same time, and plans waiting for the engine. */
	readonly max_uploads_at_once: number;
	readonly max_queued_plans: number;
	readonly max_queued_plans_per_tenant: number;
	/** Requests being answered, and requests that wait for one of them to end, two seconds at most; more are turned away before anything but their headers is read. */
	readonly max_requests_at_once: number;
	readonly max_requests_waiting: number;
	/** Streams of events open at the same time. */
	readonly max_event_streams: number;
	readonly max_horizon_days: number;
	readonly max_seconds: number;
	readonly max_iterations: number;
	/** Longest `Prefer: wait=`. */
	readonly max_wait_seconds: number;
	readonly requests_per_minute: number;
	readonly idempotency_hours: number;
	/** Webhooks of a tenant; seconds for one message; tries of one message, after which its receiver is given up until a replay. */
	readonly max_webhooks: number;
	readonly webhook_timeout_seconds: number;
	readonly webhook_attempts: number;
	/** Seconds to the second try; to each further one four times as long, six hours at most, a fifth more or less. */
	readonly webhook_retry_seconds: number;
	/** Problems shown in one answer; the total is always told. */
	readonly max_problems_shown: number;
}

export const DEFAULT_LIMITS: Limits = {
	max_upload_bytes: 4 * 1024 ** 3,
	max_json_bytes: 1024 ** 2,
	max_json_table_bytes: 64 * 1024 ** 2,
	max_contacts_at_once: 5000,
	max_open_syncs: 16,
	max_sync_parts: 64,
	sync_hours: 24,
	max_uploads_at_once: 4,
	max_queued_plans: 64,
	max_queued_plans_per_tenant: 32,
	max_requests_at_once: 256,
	max_requests_waiting: 1024,
	max_event_streams: 128,
	max_horizon_days: 60,
	max_seconds: 3600,
	max_iterations: 1_000_000_000,
	max_wait_seconds: 60,
	requests_per_minute: 6000,
	idempotency_hours: 48,
	max_webhooks: 20,
	webhook_timeout_seconds: 10,
	webhook_attempts: 11,
	webhook_retry_seconds: 5,
	max_problems_shown: 100,
};

export interface ServerConfig {
	readonly host: string;
	readonly port: number;
	/** Everything that the server keeps is under this folder; one server a folder. */
	readonly dataDir: string;
	readonly logLevel: "silent" | "error" | "warn" | "info" | "debug";
	readonly threads?: number;
	readonly model?: string;
	/** Address of a PostgreSQL database; without one the store is a file in the data folder. */
	readonly databaseUrl?: string;
	/** For how long a plan stays with a worker that says nothing. */
	readonly leaseSeconds: number;
	/** Who makes plans: this process, one beside it that gives way to it, or only workers that are started elsewhere. */
	readonly planner: "here" | "beside" | "none";
	/** Webhooks may go by http, and to addresses that only this machine or its network has. */
	readonly allowPrivateWebhooks: boolean;
	readonly limits: Limits;
}

export const DEFAULT_CONFIG: ServerConfig = {
	host: "127.0.0.1",
	port: 3210,
	dataDir: "data/server",
	logLevel: "warn",
	leaseSeconds: 30,
	planner: "here",
	allowPrivateWebhooks: false,
	limits: DEFAULT_LIMITS,
};

const LOOPBACK = ["127.0.0.1", "::1", "localhost"];

/** Refuses an address that others could reach while there are no keys: whoever reaches the port may then do everything. */
export function validateHost(host: string, hasKeys: boolean): void {
	if (hasKeys || LOOPBACK.includes(host)) return;
	throw new CarteiraError(
		"USAGE",
		`without keys the server listens on this machine only (${LOOPBACK.join(", ")}), not on ${host}; \`carteira keys create\` makes one`,
	);
}

/** Is a request's Host header this machine? Another name means that a page elsewhere was made to point here. */
export function isLoopbackHost(header: string | undefined): boolean {
	const name = (header ?? "").replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
	return LOOPBACK.includes(name.toLowerCase());
}
