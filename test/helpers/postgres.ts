import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import pg from "pg";

/** PostgreSQL refuses to run as root; Debian's package brings this user. */
const USER = "postgres";
/** The service's user in the databases: no superuser, so that row-level security holds for it. */
const ROLE = "carteira";

/** Where PostgreSQL's own programs are; null where it is not installed. */
export function findPostgres(): string | null {
	const debian = "/usr/lib/postgresql";
	const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
	const folders = [...versions.map((version) => join(debian, version, "bin")), ...(process.env.PATH ?? "").split(delimiter)];
	return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres"))) ?? null;
}

/** A PostgreSQL server of its own, on a socket in a temporary folder. */
export interface Postgres {
	/** Makes a database and answers its address. */
	createDatabase(name: string): Promise<string>;
	/** Ends every process of the server as a power cut would. */
	kill(): Promise<void>;
	start(): Promise<void>;
	stop(): Promise<void>;
}

const idOf = (flag: "-u" | "-g"): number => Number(execFileSync("id", [flag, USER], { encoding: "utf8" }));
/** A program and its arguments, run as another user where this one is root. */
const asUser = (command: readonly string[]): readonly string[] =>
	process.getuid?.() === 0 ? ["setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--clear-groups", ...command] : command;

/** Waits until the server answers; false when its process ended first. */
async function isAnswering(url: string, server: ChildProcess): Promise<boolean> {
	for (let attempt = 0; server.exitCode === null; attempt++) {
		const client = new pg.Client({ connectionString: url });
		try {
			await client.connect();
			await client.end();
			return true;
		} catch (error) {
			if (attempt === 300) throw error;
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	}
	return false;
}

/** Starts a server; `isDurable` false trades what a power cut would lose for speed. */
export async function startPostgres({ isDurable }: { readonly isDurable: boolean }): Promise<Postgres> {
	const bin = findPostgres();
	if (bin === null) throw new Error("PostgreSQL is not installed");
	const folder = mkdtempSync(join(tmpdir(), "carteira-pg-"));
	if (process.getuid?.() === 0) chownSync(folder, idOf("-u"), idOf("-g"));
	const data = join(folder, "data");
	const run = (command: readonly string[]) => {
		const [program, ...args] = asUser(command);
		execFileSync(program, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
	};
	run([join(bin, "initdb"), "-D", data, "-U", "owner", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
	const urlOf = (user: string, database: string): string => `postgresql://${user}@/${database}?host=${encodeURIComponent(folder)}`;
	const settings = ["listen_addresses=", `unix_socket_directories=${folder}`, `fsync=${isDurable ? "on" : "off"}`, "max_connections=200"];
	let server: ChildProcess;
	const start = async (): Promise<void> => {
		const [program, ...args] = asUser([join(bin, "postgres"), "-D", data, ...settings.flatMap((setting) => ["-c", setting])]);
		// After a kill the first start may find processes of the one before, which are about to see that it is gone.
		for (let attempt = 0; attempt < 100; attempt++) {
			server = spawn(program, args, { cwd: folder, stdio: "ignore" });
			if (await isAnswering(urlOf("owner", "postgres"), server)) return;
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		throw new Error("PostgreSQL does not start");
	};
	const ended = (signal: NodeJS.Signals): Promise<void> =>
		new Promise((resolve) => {
			if (server.exitCode !== null || server.signalCode !== null) return resolve();
			server.once("exit", () => resolve());
			server.kill(signal);
		});
	const ask = async (text: string): Promise<void> => {
		const client = new pg.Client({ connectionString: urlOf("owner", "postgres") });
		await client.connect();
		try {
			await client.query(text);
		} finally {
			await client.end();
		}
	};
	await start();
	await ask(`CREATE ROLE ${ROLE} LOGIN CREATEDB`);
	return {
		async createDatabase(name) {
			await ask(`CREATE DATABASE ${name} OWNER ${ROLE}`);
			return urlOf(ROLE, name);
		},
		kill: () => ended("SIGKILL"), // its other processes see that it is gone, and end
		start,
		async stop() {
			await ended("SIGINT");
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
