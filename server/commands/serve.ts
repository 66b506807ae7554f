import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import { CarteiraError } from "../../engine/index.ts";
import { buildApp } from "../app.ts";
import { DEFAULT_CONFIG, type ServerConfig, isLoopbackHost, validateHost } from "../config.ts";
import { databasePath } from "../store/data-folder.ts";
import { type Services, createServices } from "../services.ts";
import { databaseOption, given, modelOption, portOption, threadsOption, validateOutFolder } from "./options.ts";
import { openKeys } from "./open-keys.ts";
import { tell } from "./progress.ts";

export interface ServeFlags {
	readonly host: string;
	readonly port: number;
	readonly data: string;
	readonly logLevel: ServerConfig["logLevel"];
	readonly threads?: number;
	readonly model?: string;
	readonly database?: string;
	readonly allowPrivateWebhooks?: boolean;
}

/** Flags as the service's settings. */
export function configOf({ host, port, data, logLevel, threads, model, database, allowPrivateWebhooks = false }: ServeFlags): ServerConfig {
	return {
		...DEFAULT_CONFIG,
		host,
		port,
		dataDir: data,
		logLevel,
		allowPrivateWebhooks,
		...given({ threads, model, databaseUrl: database }),
	};
}

/** Milliseconds that answers under way have when the process is asked to end. */
const DRAIN_MS = 10_000;

/** Resolves when the process is asked to end. */
function askedToEnd(): Promise<void> {
	return new Promise((resolve) => {
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
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
	const address = await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => refusePort(error, services.config));
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

/** The flags that the serving commands share. */
export function addServeOptions(command: Command): Command {
	return command
		.option("--host <host>", "address to listen on", DEFAULT_CONFIG.host)
		.addOption(portOption().default(DEFAULT_CONFIG.port))
		.option("--data <folder>", "where everything is kept", DEFAULT_CONFIG.dataDir)
		.addOption(databaseOption())
		.addOption(
			new Option("--log-level <level>", "log on stderr")
				.choices(["silent", "error", "warn", "info", "debug"])
				.default(DEFAULT_CONFIG.logLevel),
		)
		.addOption(
			new Option("--allow-private-webhooks", "send webhooks by http and to addresses of this network too").env(
				"CARTEIRA_ALLOW_PRIVATE_WEBHOOKS",
			),
		)
		.addOption(threadsOption())
		.addOption(modelOption());
}

/** `carteira serve`: the HTTP API. */
export function addServeCommand(program: Command): void {
	addServeOptions(program.command("serve").description("serve the HTTP API")).action(run);
}
