import { z } from "zod";
import { CarteiraError, type InputProblem } from "../engine/index.ts";
import { DEFAULT_LIMITS, type Limits, type ServerConfig } from "./config.ts";

const text = (what: string) => z.string().refine((value) => value.trim() !== "", `expected ${what}`);

/** A whole number in a range, written in decimal digits. */
const whole = (min: number, max: number) =>
	z
		.string()
		.refine(
			(value) => /^\d{1,16}$/.test(value) && Number(value) >= min && Number(value) <= max,
			`expected a whole number from ${min} to ${max}`,
		)
		.transform(Number);

const choice = <Value extends string>(...values: readonly Value[]) => z.enum(values, { error: `expected one of ${values.join(", ")}` });

const yesOrNo = choice("true", "false", "1", "0").transform((value) => value === "true" || value === "1");

export const LOG_LEVELS = ["silent", "error", "warn", "info", "debug"] as const satisfies readonly ServerConfig["logLevel"][];

/** What may be set beside the limits. Unset variables keep the flag's default; a flag goes before its variable. */
const settings = {
	CARTEIRA_HOST: text("an address to listen on").meta({ description: "address to listen on" }),
	CARTEIRA_PORT: whole(0, 65_535).meta({ description: "port; 0 takes a free one" }),
	CARTEIRA_DATA_FOLDER: text("a folder").meta({ description: "where everything is kept" }),
	CARTEIRA_DATABASE_URL: z
		.string()
		.regex(/^postgres(ql)?:\/\/./, "expected an address that begins with postgres:// or postgresql://")
		.meta({ description: "PostgreSQL that keeps the rows; else a file in the data folder" }),
	CARTEIRA_MODEL: text("a model folder or a registry").meta({ description: "model folder, or a registry, whose champion is taken" }),
	CARTEIRA_LOG_LEVEL: choice(...LOG_LEVELS).meta({ description: "log on stderr" }),
	CARTEIRA_THREADS: whole(1, 1024).meta({ description: "solver threads; else the machine's" }),
	CARTEIRA_LEASE_SECONDS: whole(1, 3600).meta({ description: "for how long a plan stays with a worker that says nothing" }),
	CARTEIRA_ALLOW_PRIVATE_WEBHOOKS: yesOrNo.meta({ description: "send webhooks by http and to addresses of this network too" }),
	CARTEIRA_TRACE: yesOrNo.meta({ description: "show the stack of an error that ends a command" }),
};

const [YEAR_OF_HOURS, DAY_OF_SECONDS, MANY, PETABYTE] = [8784, 86_400, 1_000_000, 1024 ** 5];

/** The most that each limit may be set to; at the least 1. */
const LIMIT_MAXIMA: Readonly<Record<keyof Limits, number>> = {
	max_upload_bytes: PETABYTE,
	max_json_bytes: 1024 ** 3,
	max_json_table_bytes: 1024 ** 3,
	max_contacts_at_once: MANY,
	max_open_syncs: MANY,
	max_sync_parts: MANY,
	sync_hours: YEAR_OF_HOURS,
	max_uploads_at_once: 1024,
	max_queued_plans: MANY,
	max_queued_plans_per_tenant: MANY,
	max_requests_at_once: MANY,
	max_requests_waiting: MANY,
	max_event_streams: MANY,
	max_horizon_days: DEFAULT_LIMITS.max_horizon_days,
	max_seconds: DAY_OF_SECONDS,
	max_iterations: DEFAULT_LIMITS.max_iterations,
	max_wait_seconds: 3600,
	requests_per_minute: 1_000_000_000,
	idempotency_hours: YEAR_OF_HOURS,
	max_webhooks: MANY,
	webhook_timeout_seconds: 600,
	webhook_attempts: 100,
	webhook_retry_seconds: DAY_OF_SECONDS,
	max_problems_shown: 100,
};

const LIMIT_NAMES = Object.keys(LIMIT_MAXIMA) as (keyof Limits)[];
const variableOf = (limit: keyof Limits): string => `CARTEIRA_${limit.toUpperCase()}`;

/** The environment of the service: every variable that it obeys, each limit under its name in GET /v1/limits. */
export const ENVIRONMENT = z
	.object(settings)
	.partial()
	.extend(Object.fromEntries(LIMIT_NAMES.map((name) => [variableOf(name), whole(1, LIMIT_MAXIMA[name]).optional()])));

export type Setting = keyof typeof settings;

/** Says what a variable does, as the README's table does. */
export const describeSetting = (name: Setting): string => settings[name].meta()?.description ?? "";

/** The variables as they were read, and the limits they give. */
export interface Environment
	extends Partial<Pick<ServerConfig, "host" | "port" | "dataDir" | "databaseUrl" | "model" | "logLevel" | "threads">> {
	readonly leaseSeconds?: number;
	readonly allowPrivateWebhooks?: boolean;
	readonly limits: Limits;
}

/** Addresses of databases may hold a password, so they are not repeated. */
const shown = (name: string, value: string | undefined): string => (name === "CARTEIRA_DATABASE_URL" ? "(not shown)" : (value ?? ""));

/** Reads the service's variables. Throws USAGE that names each wrong one, its value, and what was expected. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
	const { success, data, error } = ENVIRONMENT.safeParse(variables);
	if (!success) throw refusalOf(error.issues, variables);
	const values: Readonly<Record<string, unknown>> = data;
	const limits = Object.fromEntries(LIMIT_NAMES.map((name) => [name, values[variableOf(name)] ?? DEFAULT_LIMITS[name]]));
	const known = {
		host: data.CARTEIRA_HOST,
		port: data.CARTEIRA_PORT,
		dataDir: data.CARTEIRA_DATA_FOLDER,
		databaseUrl: data.CARTEIRA_DATABASE_URL,
		model: data.CARTEIRA_MODEL,
		logLevel: data.CARTEIRA_LOG_LEVEL,
		threads: data.CARTEIRA_THREADS,
		leaseSeconds: data.CARTEIRA_LEASE_SECONDS,
		allowPrivateWebhooks: data.CARTEIRA_ALLOW_PRIVATE_WEBHOOKS,
	};
	const set = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
	return { ...set, limits: limits as unknown as Limits };
}

/** Variables that look like the service's and are not: a slip of the pen would else pass in silence. */
export function findUnknown(variables: Readonly<Record<string, string | undefined>>): string[] {
	return Object.keys(variables).filter((name) => name.startsWith("CARTEIRA_") && !(name in ENVIRONMENT.shape));
}

function refusalOf(issues: readonly z.core.$ZodIssue[], variables: Readonly<Record<string, string | undefined>>): CarteiraError {
	const problems = issues.map(({ path, message }): InputProblem => {
		const name = String(path[0]);
		return { column: name, value: shown(name, variables[name]), code: "SETTING", message: `${name}: ${message}` };
	});
	const told = problems.map(({ message, value }) => `${message}, got "${value}"`).join("; ");
	return new CarteiraError("USAGE", `the environment is wrong: ${told}`, problems);
}
