/** Values that are cheaper to keep than to make again, of the keys that were asked for last. */
export interface Kept<Value> {
	/** The value kept under a key, or else what `make` gives, which is kept from now on. */
	get(key: string, make: () => Value): Value;
	forget(key: string): void;
}

/** Keeps so many values at most. */
export function createKept<Value>(most: number): Kept<Value> {
	const kept = new Map<string, Value>();
	return {
		get(key, make) {
			const value = kept.has(key) ? (kept.get(key) as Value) : make();
			kept.delete(key);
			kept.set(key, value); // deleting and setting moves it to the young end of the map
			if (kept.size > most) kept.delete(kept.keys().next().value as string);
			return value;
		},
		forget: (key) => void kept.delete(key),
	};
}
