import type { DistantMonitor, LookTask, StoredLook } from "./look.ts";
import type { MonitorCustomers, MonitorDocument } from "./monitor-document.ts";
import { createLastingThread } from "../workers/lasting-thread.ts";

/** A thread that looks at snapshots, in which the caller goes on answering. */
export interface MonitorThread {
	/** Its questions reject with BUSY where too many wait. */
	open(look: StoredLook): DistantMonitor;
	/** Waits for what is running, then ends the thread. */
	close(): Promise<void>;
}

/** A look at a national portfolio holds gigabytes: they are given back when nobody has asked for ten minutes. */
const IDLE = 600_000;

export function createMonitorThread(): MonitorThread {
	const thread = createLastingThread<LookTask, MonitorDocument | MonitorCustomers>({
		entry: new URL("look-entry.ts", import.meta.url),
		tasks: "looks",
		idleTimeout: IDLE,
	});
	return {
		open: (look) => ({
			document: async (scope = {}) => (await thread.run({ look, question: { kind: "document", scope } })) as MonitorDocument,
			customers: async (figure, drill = {}) =>
				(await thread.run({ look, question: { kind: "customers", figure, drill } })) as MonitorCustomers,
		}),
		close: () => thread.close(),
	};
}
