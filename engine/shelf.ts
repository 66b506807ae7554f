/** The last few values by key; the oldest of too many is forgotten. */
export interface Shelf<Value> {
	/** The value of a key, made where it is not there. */
	get(key: string, make: () => Value): Value;
	drop(key: string): void;
}

export function createShelf<Value>(most: number): Shelf<Value> {
	const kept = new Map<string, Value>();
	return {
		get(key, make) {
			const value = kept.get(key) ?? make();
			kept.delete(key);
			kept.set(key, value); // deleting and setting moves it to the young end of the map
			for (const oldest of [...kept.keys()].slice(0, -most)) kept.delete(oldest);
			return value;
		},
		drop: (key) => void kept.delete(key),
	};
}
