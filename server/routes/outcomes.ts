import { CarteiraError, type PlanDiff, type PlanDocument } from "../../engine/index.ts";
import type { Tenants } from "../tenants.ts";
import { readContacts } from "./contacts.ts";

/** A row of `contacts`. */
interface Outcome {
	/** The same for the same planned contact, so that what is told again is one row. */
	readonly contact_id: string;
	readonly entry_id?: string;
	readonly customer_id: string;
	readonly rep_id: string;
	readonly contacted_at: string;
	readonly channel: string;
	readonly outcome: string;
	readonly objection?: string;
}

/** What a revision's events say of contacts, as rows: those done or tried stand in its agendas, those cancelled in what it took out. */
export function outcomesOf({ reps, receipt }: Pick<PlanDocument, "reps" | "receipt">, { changes }: Pick<PlanDiff, "changes">): Outcome[] {
	const { now = "", events = [] } = receipt.revision ?? {};
	const today = now.slice(0, 10);
	const rowOf = (rep_id: string, date: string, start: string, customer_id: string) => ({
		contact_id: `${rep_id} ${date} ${customer_id}`,
		customer_id,
		rep_id,
		contacted_at: `${date}T${start}`,
	});
	return events.flatMap(({ type, rep_id, customer_id, date = today }): Outcome[] => {
		if (type === "cancelled") {
			const from = changes.find(
				(change) => change.customer_id === customer_id && change.from?.rep_id === rep_id && change.from.date === date,
			)?.from;
			return from ? [{ ...rowOf(rep_id, from.date, from.start, String(customer_id)), channel: from.channel, outcome: "cancelled" }] : [];
		}
		if (type !== "done" && type !== "not_reached") return [];
		const entries = reps.find((rep) => rep.rep_id === rep_id)?.days.find((day) => day.date === today)?.entries ?? [];
		return entries
			.filter((entry) => entry.customer_id === customer_id && entry.outcome !== undefined)
			.map(({ entry_id, start, channel, outcome = "", objection }) => ({
				...rowOf(rep_id, today, start, String(customer_id)),
				entry_id,
				channel,
				outcome,
				...(objection !== undefined && { objection }),
			}));
	});
}

/** Makes the outcomes durable rows of the portfolio's contacts. */
export async function postOutcomes({ held }: Tenants, tenant: string, portfolio: string, outcomes: readonly Outcome[]): Promise<void> {
	if (outcomes.length === 0) return;
	const read = readContacts(outcomes);
	const wrong = read.find(({ contact }) => contact === null)?.item.problem;
	if (wrong) throw new CarteiraError("INVALID_INPUT", `an outcome makes no contact: ${wrong.message}`);
	await held.post({ tenant, portfolio, contacts: read.flatMap(({ contact }) => contact ?? []) });
}
