import { type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TableFile } from "../../../engine/portfolio/files/find-tables.ts";
import { startCapped } from "../../../engine/portfolio/reading/run-reader.ts";
import { createRandom } from "../../../engine/random.ts";
import { inLanes } from "../../helpers/in-lanes.ts";
import type { Question, Reader, Verdict } from "./judge-mutants.ts";
import { MUTATION_NAMES, MUTATIONS } from "./mutate-bytes.ts";

const ENTRY = fileURLToPath(new URL("./judge-mutants.ts", import.meta.url));
const MEGABYTES = 3072;
const DEADLINE_SECONDS = 30;

export type Fate = Verdict["kind"] | "late" | "dead";

export interface Outcome {
	readonly name: string;
	readonly fate: Fate;
	readonly message: string;
	/** Where the mutant was read as different data: was it rejected once the whole file's digest stood beside it? */
	readonly isCaughtByDigest: boolean;
}

/** A process that reads many files; one that is late or dies is replaced, as in production it would be the end of that import. */
function openJudge() {
	let child: ChildProcess | null = null;
	return {
		ask(question: Question): Promise<{ fate: Fate; message: string }> {
			const running = (child ??= startCapped(ENTRY, MEGABYTES));
			return new Promise((settle) => {
				let isLate = false;
				const deadline = setTimeout(() => {
					isLate = true;
					running.kill("SIGKILL");
				}, DEADLINE_SECONDS * 1000);
				const end = (fate: Fate, message: string): void => {
					clearTimeout(deadline);
					running.removeAllListeners();
					settle({ fate, message });
				};
				running.once("message", ({ kind, message }: Verdict) => end(kind, message));
				running.once("close", (code, signal) => {
					child = null;
					end(isLate ? "late" : "dead", `${code ?? signal}`);
				});
				running.send(question);
			});
		},
		close: () => void child?.kill("SIGKILL"),
	};
}

/** Reads seeded mutants of files, in turn of each, and tells what became of them. The mutants lie in the folder for a moment. */
export async function readMutants(
	files: readonly TableFile[],
	folder: string,
	count: number,
	seed: number,
	reader: Reader = "small",
): Promise<Outcome[]> {
	const judges: ReturnType<typeof openJudge>[] = [];
	const openLane = () => {
		judges.push(openJudge());
		return { judge: judges[judges.length - 1], path: join(folder, `mutant-${judges.length}`) };
	};
	const outcomes: Outcome[] = [];
	const contents = files.map(({ path }) => readFileSync(path));
	const digests = contents.map((bytes) => createHash("sha256").update(bytes).digest("hex"));
	try {
		await inLanes(0, count, openLane, async (i, lane) => {
			const which = i % files.length;
			const random = createRandom(seed, i);
			const mutation = MUTATION_NAMES[random.below(MUTATION_NAMES.length)];
			const whole = files[which];
			const path = `${lane.path}.${whole.format}`;
			const bytes = MUTATIONS[mutation](Buffer.from(contents[which]), random);
			if (bytes.equals(contents[which])) return;
			writeFileSync(path, bytes);
			const question: Question = { whole, mutant: { ...whole, path }, reader };
			const { fate, message } = await lane.judge.ask(question);
			writeFileSync(`${path}.sha256`, `${digests[which]}  ${whole.path}\n`);
			const isCaughtByDigest = fate !== "different" || (await lane.judge.ask(question)).fate === "rejected";
			rmSync(`${path}.sha256`);
			outcomes.push({ name: `${i} ${mutation} of ${whole.path.slice(whole.path.lastIndexOf("/") + 1)}`, fate, message, isCaughtByDigest });
		});
	} finally {
		for (const judge of judges) judge.close();
	}
	return outcomes;
}

/** Those of the files that the reader of big ones reads. */
export function bigOnesOf(files: readonly TableFile[]): TableFile[] {
	return files.filter(({ table }) => table === "orders" || table === "contacts");
}

/** How many mutants met each fate. */
export function countFates(outcomes: readonly Outcome[]): Partial<Record<Fate, number>> {
	const counts: Partial<Record<Fate, number>> = {};
	for (const { fate } of outcomes) counts[fate] = (counts[fate] ?? 0) + 1;
	return counts;
}
