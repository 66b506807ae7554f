import { open } from "node:fs/promises";
import type { DayPlan, Entry, PlanDocument, RepPlan } from "../../engine/index.ts";
import { writeDurably } from "../durable-file.ts";

/** Where a part of a plan stands in its file, in bytes. */
export interface Piece {
	readonly kind: "day" | "entry" | "unplanned" | "unmet";
	readonly repId: string | null;
	readonly customerId: string | null;
	readonly date: string | null;
	readonly start: number;
	readonly length: number;
}

/** Told of every piece as it is written. */
type OnPiece = (piece: Piece) => void;

const FLUSH_BYTES = 1 << 20;

/** Text into bytes by the megabyte, knowing the offset. */
function createSink(writeBytes: (bytes: Buffer) => Promise<unknown>) {
	let offset = 0;
	let pending: Buffer[] = [];
	let numPending = 0;
	const flush = async (): Promise<void> => {
		const bytes = Buffer.concat(pending);
		[pending, numPending] = [[], 0];
		await writeBytes(bytes);
	};
	return {
		offset: (): number => offset,
		flush,
		async write(text: string): Promise<void> {
			const bytes = Buffer.from(text);
			offset += bytes.length;
			numPending += bytes.length;
			pending.push(bytes);
			if (numPending >= FLUSH_BYTES) await flush();
		},
	};
}
type Sink = ReturnType<typeof createSink>;

/** JSON of an object with its brace left open, for a list to be written after its other fields. */
const openJson = (fields: object): string => `${JSON.stringify(fields).slice(0, -1)},`;

/** Writes `"name":[…]` with one item a line, each by `writeItem`. */
async function writeList<T>(sink: Sink, name: string, items: readonly T[], writeItem: (item: T) => Promise<void>): Promise<void> {
	await sink.write(`"${name}":[`);
	for (const [index, item] of items.entries()) {
		await sink.write(index === 0 ? "\n" : ",\n");
		await writeItem(item);
	}
	await sink.write("]");
}

async function writeEntry(sink: Sink, rep: RepPlan, day: DayPlan, entry: Entry, onPiece: OnPiece): Promise<void> {
	const start = sink.offset();
	await sink.write(JSON.stringify(entry));
	onPiece({ kind: "entry", repId: rep.rep_id, customerId: entry.customer_id, date: day.date, start, length: sink.offset() - start });
}

async function writeDay(sink: Sink, rep: RepPlan, day: DayPlan, onPiece: OnPiece): Promise<void> {
	const { entries, ...fields } = day;
	const start = sink.offset();
	await sink.write(openJson(fields));
	await writeList(sink, "entries", entries, (entry) => writeEntry(sink, rep, day, entry, onPiece));
	await sink.write("}");
	onPiece({ kind: "day", repId: rep.rep_id, customerId: null, date: day.date, start, length: sink.offset() - start });
}

async function writeRep(sink: Sink, rep: RepPlan, onPiece: OnPiece): Promise<void> {
	const { days, ...fields } = rep;
	await sink.write(openJson(fields));
	await writeList(sink, "days", days, (day) => writeDay(sink, rep, day, onPiece));
	await sink.write("}");
}

async function writeParts(sink: Sink, plan: PlanDocument, onPiece: OnPiece): Promise<void> {
	const { reps, unplanned, unmet_required, ...head } = plan;
	const leftOut =
		(kind: "unplanned" | "unmet") => async (item: PlanDocument["unplanned"][number] | PlanDocument["unmet_required"][number]) => {
			const start = sink.offset();
			await sink.write(JSON.stringify(item));
			const date = "on" in item ? item.on : null;
			onPiece({ kind, repId: item.rep_id, customerId: item.customer_id, date, start, length: sink.offset() - start });
		};
	await sink.write(openJson(head));
	await writeList(sink, "reps", reps, (rep) => writeRep(sink, rep, onPiece));
	await sink.write(",");
	await writeList(sink, "unplanned", unplanned, leftOut("unplanned"));
	await sink.write(",");
	await writeList(sink, "unmet_required", unmet_required, leftOut("unmet"));
	await sink.write("}\n");
}

/**
 * Writes plan.json a contact a line, in pieces of about a megabyte, so that a plan larger than the longest string can be written. The
 * bytes depend on the plan alone.
 */
export async function writePlan(
	plan: PlanDocument,
	writeBytes: (bytes: Buffer) => Promise<unknown>,
	onPiece: OnPiece = () => {},
): Promise<void> {
	const sink = createSink(writeBytes);
	await writeParts(sink, plan, onPiece);
	await sink.flush();
}

/** Writes plan.json to a file, whole or not at all. */
export async function writePlanFile(path: string, plan: PlanDocument, onPiece?: OnPiece): Promise<void> {
	await writeDurably(path, (file) => writePlan(plan, (bytes) => file.writeFile(bytes), onPiece));
}

/** Reads pieces of a plan file as texts, in the order asked. */
export async function readPieces(path: string, pieces: readonly Pick<Piece, "start" | "length">[]): Promise<string[]> {
	const file = await open(path, "r");
	try {
		const texts: string[] = [];
		for (const { start, length } of pieces) {
			const { buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, start);
			texts.push(buffer.toString("utf8"));
		}
		return texts;
	} finally {
		await file.close();
	}
}
