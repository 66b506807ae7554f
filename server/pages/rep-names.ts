interface Named {
	readonly rep_id: string;
	readonly name: string | null;
}

/** Reps' names by id; a name that several have is told apart by the id, so that a plot never adds them up as one. */
export function repNames(reps: readonly Named[]): ReadonlyMap<string, string> {
	const times = new Map<string, number>();
	for (const { rep_id, name } of reps) times.set(name ?? rep_id, (times.get(name ?? rep_id) ?? 0) + 1);
	return new Map(
		reps.map(({ rep_id, name }) => [rep_id, name === null || times.get(name) === 1 ? (name ?? rep_id) : `${name} (${rep_id})`]),
	);
}
