import { SingleBar } from "cli-progress";
import pc from "picocolors";

/** A bar on stderr, on a terminal only. */
export interface Progress {
	update(done: number, total: number, note?: string): void;
	end(): void;
}

/** A bar with a label, drawn from the first update on. */
export function createProgress(label: string): Progress {
	if (!process.stderr.isTTY) return { update: () => {}, end: () => {} };
	const bar = new SingleBar({
		format: `${label} {bar} {value}/{total} {note}`,
		stream: process.stderr,
		clearOnComplete: true,
		hideCursor: true,
		barsize: 30,
	});
	let isDrawn = false;
	return {
		update(done, total, note = "") {
			if (!isDrawn) bar.start(total, done, { note });
			isDrawn = true;
			bar.setTotal(total);
			bar.update(done, { note });
		},
		end: () => bar.stop(),
	};
}

/** A line for people, on stderr. */
export function tell(text: string): void {
	process.stderr.write(`${text}\n`);
}

const err = pc.createColors(process.stderr.isTTY && pc.isColorSupported);

/** A line about something to look at, on stderr. */
export function warn(text: string): void {
	tell(`${err.yellow("warning:")} ${text}`);
}
