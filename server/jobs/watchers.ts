/** What changed: where the plan stands, or how far its making is. */
export type Change = "status" | "progress";

/** A change to come. */
export interface Coming {
	/** True at the change, false after so many milliseconds without it, or once nobody waits for it any more. */
	orAfter(milliseconds: number, gone?: AbortSignal): Promise<boolean>;
	/** No longer wanted. */
	forget(): void;
}

/** Those who wait for changes of plans in this process. */
export interface Watchers {
	/** The next change of a plan, counted from now; `progress` means either. */
	next(id: string, kind: Change): Coming;
	tell(id: string, kind: Change): void;
	tellAll(): void;
}

export function createWatchers(): Watchers {
	const waiting = new Map<string, Set<(kind: Change) => void>>();
	return {
		next(id, wanted) {
			const { promise, resolve } = Promise.withResolvers<boolean>();
			const listener = (kind: Change): void => {
				if (kind === "status" || kind === wanted) resolve(true);
			};
			const listeners = waiting.get(id) ?? new Set();
			waiting.set(id, listeners.add(listener));
			return {
				async orAfter(milliseconds, gone) {
					const timer = setTimeout(resolve, gone?.aborted ? 0 : milliseconds, false);
					const leave = (): void => resolve(false);
					gone?.addEventListener("abort", leave);
					const isChanged = await promise;
					gone?.removeEventListener("abort", leave);
					clearTimeout(timer);
					return isChanged;
				},
				forget() {
					listeners.delete(listener);
					if (listeners.size === 0 && waiting.get(id) === listeners) waiting.delete(id);
				},
			};
		},
		tell(id, kind) {
			for (const listener of waiting.get(id) ?? []) listener(kind);
		},
		tellAll() {
			for (const listeners of waiting.values()) for (const listener of listeners) listener("status");
		},
	};
}
