/** Runs what it is given one after the other, whatever became of the one before. */
export interface Turns {
	<T>(work: () => Promise<T>): Promise<T>;
	/** Resolves when all that was given so far is at its end. */
	idle(): Promise<void>;
}

export function createTurns(): Turns {
	let last: Promise<unknown> = Promise.resolve();
	const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
		const turn = last.then(work);
		last = turn.catch(() => {});
		return turn;
	};
	return Object.assign(inTurn, { idle: async () => void (await last) });
}

/** The same for each name apart. */
export function createTurnsByName(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
	const last = new Map<string, Promise<unknown>>();
	return (name, work) => {
		const turn = (last.get(name) ?? Promise.resolve()).then(work);
		const settled = turn.catch(() => {});
		last.set(name, settled);
		void settled.then(() => last.get(name) === settled && last.delete(name));
		return turn;
	};
}
