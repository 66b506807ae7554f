/** A value that is made when it is first asked for. */
export function once<T>(make: () => T): () => T {
	let made: { readonly value: T } | null = null;
	return () => (made ??= { value: make() }).value;
}

/** A record whose values are made one by one when they are first asked for. */
export function lazyRecord<T>(names: readonly string[], make: (name: string) => T): Record<string, T> {
	const record: Record<string, T> = {};
	for (const name of names) Object.defineProperty(record, name, { enumerable: true, get: once(() => make(name)) });
	return record;
}
