const MAX_SHOWN = 200;

/** A JSON value as JSON for a message, cut to what people read, however deep it is nested. */
export function shownJson(value: unknown): string {
	try {
		return (JSON.stringify(value) ?? "nothing").slice(0, MAX_SHOWN);
	} catch {
		return "a value nested too deep to be shown";
	}
}
