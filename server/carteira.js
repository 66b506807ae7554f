#!/usr/bin/env node
// Starts the command line on a Node that runs TypeScript as written. Where this one is older, the Node that npm installed beside the
// other dependencies is started in its place, with the same arguments, streams, signals and exit code.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, "main.ts");

/** Does a version such as 22.18.0 strip types without being asked to? */
function isRecent(version) {
	const [major, minor] = version.split(".").map(Number);
	return major > 22 || (major === 22 && minor >= 18);
}

/** The installed Node of this platform; npm puts it in this checkout, or beside it where Carteira is itself a dependency. */
function installedNode() {
	const names = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`];
	const folders = [join(here, "..", "node_modules"), join(here, "..", "..")];
	return folders.flatMap((folder) => names.map((name) => join(folder, name, "bin", "node"))).find((path) => existsSync(path));
}

function startOn(node) {
	const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
	for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
	// Ctrl-C on a terminal reaches the child by itself; a second one would end it at once.
	process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
	child.on("error", (error) => {
		process.stderr.write(`carteira: ${node} does not start: ${error.message}\n`);
		process.exitCode = 4;
	});
	child.on("exit", (code, signal) => {
		if (signal === null) process.exit(code);
		process.removeAllListeners(signal);
		process.kill(process.pid, signal);
	});
}

if (isRecent(process.versions.node)) {
	await import("./main.ts");
} else {
	const node = installedNode();
	if (node === undefined) {
		process.stderr.write(`carteira: Node ${process.versions.node} is too old; 22.18 or later is needed (npm ci installs one)\n`);
		process.exitCode = 2;
	} else {
		startOn(node);
	}
}
