import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import { CarteiraError } from "../../engine/index.ts";
import { buildApp } from "../app.ts";
import { DEFAULT_CONFIG, type ServerConfig, isLoopbackHost, validateHost } from "../config.ts";
import { type Environment, LOG_LEVELS, describeSetting, findUnknown, readEnvironment } from "../environment.ts";
import { BACKLOG } from "../http/http-server.ts";
import { databasePath } from "../store/data-folder.ts";
import { type Services, createServices } from "../services.ts";
import { dataOption, databaseOption, given, modelOption, portOption, threadsOption, validateOutFolder } from "./options.ts";
import { openKeys } from "./open-keys.ts";
import { tell, warn } from "./progress.ts";

/** What servers and workers are told alike. */
export interface WorkFlags {
	readonly data: string;
	readonly logLevel: ServerConfig["logLevel"];
	readonly threads?: number;
	readonly model?: string;
	readonly database?: string;
}

export interface ServeFlags extends WorkFlags {
	readonly host: string;
	readonly port: number;
	readonly allowPrivateWebhooks?: boolean;
	readonly planner: boolean;
}

/** Flags as the service's settings; what has no flag comes from the environment. */
export function configOf(flags: WorkFlags & Partial<ServeFlags>, environment: Environment = readEnvironment(process.env)): ServerConfig {
	const { host, port, data, logLevel, threads, model, database, allowPrivateWebhooks, planner } = flags;
	return {
		...DEFAULT_CONFIG,
		...environment,
		dataDir: data,
		logLevel,
		planner: planner === false ? "none" : "beside",
		...given({ host, port, threads, model, databaseUrl: database, allowPrivateWebhooks }),
	};
}

/** Milliseconds that answers under way have when the process is asked to end. */
const DRAIN_MS = 10_000;

/** Resolves when the process is asked to end, or the one that started it to work beside it has ended. */
export function askedToEnd(): Promise<void> {
	return new Promise((resolve) => {
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
		process.once("disconnect", () => resolve());
	});
}

/** Says in words why a port cannot be had. */
export function refusePort(error: NodeJS.ErrnoException, { host, port }: Pick<ServerConfig, "host" | "port">): never {
	if (error.code === "EADDRINUSE") throw new CarteiraError("CONFLICT", `port ${port} of ${host} is in use; choose another with --port`);
	if (error.code === "EACCES")
		throw new CarteiraError("CONFLICT", `port ${port} of ${host} may not be used by this user; choose another with --port`);
	throw error;
}

/** Listens until the process is asked to end; `onListening` is told the address. */
export async function serveUntilAsked(services: Services, onListening: (address: string) => void): Promise<void> {
	const app = await buildApp(services);
	const { host, port } = services.config;
	const address = await app
		.listen({ host, port, backlog: BACKLOG })
		.catch((error: NodeJS.ErrnoException) => refusePort(error, services.config));
	onListening(address);
	await askedToEnd();
	tell("going down");
	const isLate = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
	await services.plans.close();
	await app.close();
	clearTimeout(isLate);
}

/** Finds out that there are no keys for such an address before anything is started. */
async function refuseOpenHost({ host, data, database }: ServeFlags): Promise<void> {
	if (isLoopbackHost(host)) return;
	if (database === undefined && !existsSync(databasePath(data))) return validateHost(host, false);
	const keys = await openKeys(data, database);
	try {
		validateHost(host, await keys.any());
	} finally {
		await keys.close();
	}
}

async function run(flags: ServeFlags): Promise<void> {
	for (const name of findUnknown(process.env)) warn(`${name} is no variable of the service; serve --help lists them`);
	validateOutFolder(flags.data, "--data");
	await refuseOpenHost(flags);
	const services = await createServices(configOf(flags));
	const hasKeys = await services.keys.any();
	try {
		await serveUntilAsked(services, (address) => {
			const whom = hasKeys ? "to holders of a key" : "to this machine only, since no keys are configured";
			tell(`Carteira serves ${address} ${whom}. The API is described at ${address}/docs`);
		});
	} finally {
		await services.close();
	}
}

const ENVIRONMENT_HELP = `
Variables without a flag: CARTEIRA_LEASE_SECONDS (${describeSetting("CARTEIRA_LEASE_SECONDS")}), and each
limit of GET /v1/limits as CARTEIRA_ and its name in capitals, such as CARTEIRA_MAX_QUEUED_PLANS. CARTEIRA_TRACE=1: ${describeSetting("CARTEIRA_TRACE")}. A flag goes before its variable.`;

/** The flags that servers and workers share. The environment is checked as a whole before any of them is read from it. */
export function addWorkOptions(program: Command, command: Command): Command {
	program.hook("preSubcommand", (_program, chosen) => void (chosen === command && readEnvironment(process.env)));
	return command
		.addOption(dataOption(describeSetting("CARTEIRA_DATA_FOLDER")))
		.addOption(databaseOption())
		.addOption(
			new Option("--log-level <level>", describeSetting("CARTEIRA_LOG_LEVEL"))
				.env("CARTEIRA_LOG_LEVEL")
				.choices(LOG_LEVELS)
				.default(DEFAULT_CONFIG.logLevel),
		)
		.addOption(threadsOption().env("CARTEIRA_THREADS"))
		.addOption(modelOption())
		.addHelpText("after", ENVIRONMENT_HELP);
}

/** The flags that the serving commands share. */
export function addServeOptions(program: Command, command: Command): Command {
	return (
		addWorkOptions(program, command)
			.addOption(new Option("--host <host>", describeSetting("CARTEIRA_HOST")).env("CARTEIRA_HOST").default(DEFAULT_CONFIG.host))
			.addOption(portOption().env("CARTEIRA_PORT").default(DEFAULT_CONFIG.port))
			.option("--no-planner", "leave the plans to workers that are started elsewhere; else one is started beside the server")
			// The command line's library would take any value of the variable for a yes, so its value is not read by it.
			.option(
				"--allow-private-webhooks",
				`${describeSetting("CARTEIRA_ALLOW_PRIVATE_WEBHOOKS")} (env: CARTEIRA_ALLOW_PRIVATE_WEBHOOKS=true)`,
			)
	);
}

/** `carteira serve`: the HTTP API. */
export function addServeCommand(program: Command): void {
	addServeOptions(program, program.command("serve").description("serve the HTTP API")).action(run);
}
