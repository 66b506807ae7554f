import { createLooker, type LookTask } from "../../look.ts";
import type { MonitorCustomers, MonitorDocument } from "../../monitor/monitor-document.ts";
import { type Outcome, outcomeOf } from "../messages.ts";

const look = createLooker();

/** Thread entry: answers a question about a snapshot from looks that stay open between tasks. */
export default function lookTask(task: LookTask): Outcome<MonitorDocument | MonitorCustomers> {
	return outcomeOf(() => look(task));
}
