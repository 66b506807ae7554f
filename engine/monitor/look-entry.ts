import { createLooker, type LookTask } from "./look.ts";
import type { MonitorCustomers, MonitorDocument } from "./monitor-document.ts";
import { type Outcome, outcomeLater } from "../outcome.ts";

const look = createLooker();

/** Thread entry: answers a question about a snapshot from looks that stay open between tasks. */
export default function lookTask(task: LookTask): Promise<Outcome<MonitorDocument | MonitorCustomers>> {
	return outcomeLater(() => look(task));
}
