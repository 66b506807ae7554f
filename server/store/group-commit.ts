import { setImmediate as nextTurn } from "node:timers/promises";
import { CarteiraError } from "../../engine/index.ts";

/**
 * Lets things that come at the same time share a transaction: `commit` gets all that came while the one before was under way, and
 * answers each. Where it fails each is tried by itself, so that none falls with another; not while the database is away.
 */
export function createGroupCommit<Item, Answer>(
	commit: (items: readonly Item[]) => Promise<readonly Answer[]>,
): (item: Item) => Promise<Answer> {
	interface Waiting {
		readonly item: Item;
		readonly settle: (answer: Answer) => void;
		readonly fail: (error: unknown) => void;
	}
	let waiting: Waiting[] = [];
	let isRunning = false;

	async function commitAll(group: readonly Waiting[]): Promise<void> {
		try {
			const answers = await commit(group.map(({ item }) => item));
			for (const [at, { settle }] of group.entries()) settle(answers[at]);
		} catch (error) {
			if (group.length === 1 || (error instanceof CarteiraError && error.code === "BUSY")) for (const { fail } of group) fail(error);
			else for (const one of group) await commitAll([one]);
		}
	}

	async function run(): Promise<void> {
		isRunning = true;
		while (waiting.length > 0) {
			// What the sockets bring in this turn of the loop goes along; else each commit, which holds the loop, would have one thing.
			await nextTurn();
			const group = waiting;
			waiting = [];
			await commitAll(group);
		}
		isRunning = false;
	}

	return (item) =>
		new Promise((settle, fail) => {
			waiting.push({ item, settle, fail });
			if (!isRunning) void run();
		});
}
