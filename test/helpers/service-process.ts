import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

/** A real `carteira serve` process on a real socket. */
export interface ServiceProcess {
	readonly url: string;
	readonly pid: number | undefined;
	/** Sends a request; rejects when the status is not one of `expected`. */
	call(
		method: string,
		path: string,
		options?: { body?: string | Buffer; type?: string; headers?: Record<string, string>; expected?: number[] },
	): Promise<Response>;
	/** Bytes that the process holds in memory, as Linux counts them. */
	memory(): number;
	stop(): Promise<void>;
	/** Ends the process as a power cut would. */
	kill(): Promise<void>;
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
	const probe = createServer().listen(0, "127.0.0.1");
	await once(probe, "listening");
	const { port } = probe.address() as AddressInfo;
	probe.close();
	await once(probe, "close");
	return port;
}

async function untilReady(url: string, process: ChildProcess, log: () => string): Promise<void> {
	for (let attempt = 0; attempt < 600; attempt++) {
		if (process.exitCode !== null) throw new Error(`the service ended with ${process.exitCode}: ${log()}`);
		const ready = await fetch(`${url}/readyz`).catch(() => null);
		if (ready?.status === 200) return;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	throw new Error(`the service is not ready after a minute: ${log()}`);
}

/** Starts the service on a folder, with more flags where they are given, and waits until it is ready. */
export async function startServiceProcess(dataDir: string, flags: readonly string[] = []): Promise<ServiceProcess> {
	const port = await freePort();
	const url = `http://127.0.0.1:${port}`;
	const args = ["server/main.ts", "serve", "--port", String(port), "--data", dataDir, "--log-level", "error", ...flags];
	const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
	let log = "";
	child.stderr?.on("data", (chunk: Buffer) => {
		log += chunk.toString();
	});
	await untilReady(url, child, () => log);
	return {
		url,
		pid: child.pid,
		async call(method, path, { body, type, headers, expected = [200] } = {}) {
			const response = await fetch(url + path, {
				method,
				body: body ?? null,
				headers: { ...headers, ...(type && { "content-type": type }) },
			});
			if (!expected.includes(response.status)) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
			return response;
		},
		memory: () => 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]),
		async stop() {
			child.kill("SIGTERM");
			if (child.exitCode === null) await once(child, "exit");
		},
		async kill() {
			child.kill("SIGKILL");
			if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
		},
	};
}
