import { readFile } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Entry, type Eraser, type PlanDocument, entryIdOf, spellingsOf } from "../../engine/index.ts";
import type { Database, Rows } from "./database.ts";
import type { Documents } from "./documents.ts";
import { type Piece, readPieces, writePlan } from "./plan-file.ts";
import { replacePieces } from "./plan-rows.ts";
import type { PlanHead } from "./store.ts";

/** Where the plans of a portfolio are. */
export interface PlanShelf {
	readonly database: Database;
	readonly documents: Documents;
	readonly tenant: string;
	readonly portfolio: string;
}

/** A plan whose file named the customer, and the file that takes its place. */
export interface RewrittenPlan {
	readonly id: string;
	readonly document: string;
	readonly pieces: readonly Piece[];
}

/** What the plans of a portfolio say of a customer beyond its id. */
export interface PlanTraces {
	readonly names: readonly string[];
	/** Ids of contacts, which are made of the customer's, and what they become. */
	readonly entryIds: Readonly<Record<string, string>>;
}

/** Finds the names under which plans know a customer, and its contacts. */
export async function findPlanTraces(shelf: PlanShelf, customerId: string, pseudonym: string): Promise<PlanTraces> {
	const { database, documents, tenant, portfolio } = shelf;
	const found = await database.as(tenant, (rows) =>
		rows
			.selectFrom("piece")
			.innerJoin("plan", "plan.id", "piece.plan")
			.select(["piece.rep_id", "piece.date", "piece.customer_id", "piece.start", "piece.length", "plan.document"])
			.where("plan.tenant", "=", tenant)
			.where("plan.portfolio", "=", portfolio)
			.where("plan.document", "is not", null)
			.where("piece.kind", "=", "entry")
			.where("piece.customer_id", "in", spellingsOf(customerId))
			.execute(),
	);
	const names = new Set<string>();
	for (const [document, mine] of Map.groupBy(found, (row) => String(row.document))) {
		for (const text of await readPieces(documents.pathOf(document), mine)) {
			const { brief }: Pick<Entry, "brief"> = JSON.parse(text);
			if (brief.customer_name !== null) names.add(brief.customer_name);
		}
	}
	const entryIds = found.map(({ rep_id, date, customer_id }): [string, string] => {
		const [rep, day] = [rep_id ?? "", date ?? ""];
		return [entryIdOf(rep, day, customer_id ?? ""), entryIdOf(rep, day, pseudonym)];
	});
	return { names: [...names], entryIds: Object.fromEntries(entryIds) };
}

/** Writes the files of plans that name the customer anew, beside those that count still. Nothing refers to them yet. */
export async function rewritePlans(shelf: PlanShelf, eraser: Eraser): Promise<RewrittenPlan[]> {
	const { database, documents, tenant, portfolio } = shelf;
	const plans = await database.as(tenant, (rows) =>
		rows
			.selectFrom("plan")
			.select(["id", "document"])
			.where("tenant", "=", tenant)
			.where("portfolio", "=", portfolio)
			.where("document", "is not", null)
			.orderBy("sequence")
			.execute(),
	);
	const rewritten: RewrittenPlan[] = [];
	for (const { id, document } of plans) {
		await nextTurn(); // plans are long, and others wait
		const text = await readFile(documents.pathOf(String(document)), "utf8");
		if (!eraser.mentions(text)) continue;
		const before: PlanDocument = JSON.parse(text);
		const after = eraser.json(before);
		if (after === before) continue;
		const pieces: Piece[] = [];
		const plan = { ...after, erased: erasedIn(after, eraser) };
		const written = await documents.write((writeBytes) => writePlan(plan, writeBytes, (piece) => pieces.push(piece)));
		rewritten.push({ id, document: written, pieces });
	}
	return rewritten;
}

const erasedIn = ({ erased = [] }: Pick<PlanDocument, "erased">, { pseudonym }: Eraser): readonly string[] => [
	...new Set([...erased, pseudonym]),
];

/** Lets the rows of plans refer to the files that took the place of theirs. */
export async function switchPlans(rows: Rows, tenant: string, eraser: Eraser, plans: readonly RewrittenPlan[]): Promise<void> {
	for (const { id, document, pieces } of plans) {
		const row = await rows.selectFrom("plan").select("head").where("tenant", "=", tenant).where("id", "=", id).executeTakeFirstOrThrow();
		const before: PlanHead = JSON.parse(row.head ?? "{}");
		const head = { ...eraser.json(before), erased: erasedIn(before, eraser) };
		await rows
			.updateTable("plan")
			.set({ document, head: JSON.stringify(head) })
			.where("tenant", "=", tenant)
			.where("id", "=", id)
			.execute();
		await replacePieces(rows, tenant, id, pieces);
	}
}
