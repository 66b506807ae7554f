import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** What a process and all that it started used. */
export interface Usage {
	/** From its start to its end. */
	readonly wallSeconds: number;
	/** Of all processes, to the last look at them (0.05 s before the end at most); null where there is no /proc. */
	readonly cpuSeconds: number | null;
	/** The most that all of them held at the same time, as seen twenty times a second, or one of them alone at any time. */
	readonly peakMegabytes: number | null;
}

const EVERY_MS = 50;
const TICKS_PER_SECOND = 100;

/** Runs a program to its end and answers what it printed and used. Throws where it fails, with the end of what it said. */
export async function runMeasured(
	command: string,
	args: readonly string[],
	env: NodeJS.ProcessEnv = {},
): Promise<{ readonly stdout: string; readonly usage: Usage }> {
	const started = performance.now();
	const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
	const watch = watchTree(child);
	const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
	try {
		const code = await new Promise<number | NodeJS.Signals | null>((settle, fail) => {
			child.on("error", fail).on("close", (status, signal) => settle(status ?? signal));
		});
		if (code !== 0) throw new Error(`${command} ${args.join(" ")}: ended with ${code}: ${(await stderr).slice(-2000)}`);
		return { stdout: await stdout, usage: { wallSeconds: (performance.now() - started) / 1000, ...watch.usage() } };
	} finally {
		watch.stop();
	}
}

async function textOf(stream: ChildProcess["stdout"]): Promise<string> {
	let text = "";
	for await (const piece of stream ?? []) text += String(piece);
	return text;
}

function watchTree({ pid }: ChildProcess): { usage(): Pick<Usage, "cpuSeconds" | "peakMegabytes">; stop(): void } {
	const cpuOf = new Map<number, number>();
	let peak = 0;
	const look = (): void => {
		let together = 0;
		for (const { id, ticks, rss, highWater } of membersOf(pid ?? -1)) {
			cpuOf.set(id, ticks / TICKS_PER_SECOND);
			together += rss;
			peak = Math.max(peak, highWater);
		}
		peak = Math.max(peak, together);
	};
	look();
	const timer = setInterval(look, EVERY_MS);
	return {
		usage: () => ({
			cpuSeconds: peak === 0 ? null : [...cpuOf.values()].reduce((sum, seconds) => sum + seconds, 0),
			peakMegabytes: peak === 0 ? null : Math.round(peak / 1024),
		}),
		stop: () => clearInterval(timer),
	};
}

interface Member {
	readonly id: number;
	readonly parent: number;
	/** Of its own threads. */
	readonly ticks: number;
	/** Kilobytes. */
	readonly rss: number;
	readonly highWater: number;
}

/** A process and those that it started, and they, as long as they run; none where there is no /proc. */
function membersOf(root: number): Member[] {
	const all = processIds().flatMap((id) => statOf(id) ?? []);
	const members = new Set([root]);
	for (let size = 0; size < members.size; ) {
		size = members.size;
		for (const { id, parent } of all) if (members.has(parent)) members.add(id);
	}
	return all.filter(({ id }) => members.has(id)).map((member) => ({ ...member, ...memoryOf(member.id) }));
}

function processIds(): number[] {
	try {
		return readdirSync("/proc")
			.filter((name) => /^\d+$/.test(name))
			.map(Number);
	} catch {
		return [];
	}
}

function statOf(id: number): Member | null {
	const text = contentOf(`/proc/${id}/stat`);
	if (text === null) return null;
	// The name of the program, in brackets, may hold anything.
	const words = text.slice(text.lastIndexOf(")") + 2).split(" ");
	return { id, parent: Number(words[1]), ticks: Number(words[11]) + Number(words[12]), rss: 0, highWater: 0 };
}

function memoryOf(id: number): Pick<Member, "rss" | "highWater"> {
	const status = contentOf(`/proc/${id}/status`) ?? "";
	const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
	return { rss: kilobytes("VmRSS"), highWater: kilobytes("VmHWM") };
}

/** Null for a process that has ended meanwhile. */
function contentOf(path: string): string | null {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return null;
	}
}
