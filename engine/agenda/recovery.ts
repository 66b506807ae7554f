import { tellProof } from "../policy/break-causes.ts";
import { createActiveMaxGap, createBreaks } from "../policy/breaks.ts";
import { formatDay } from "../units.ts";
import type { PlanContext } from "./context.ts";
import type { Voice } from "./messages.ts";
import type { Recovery } from "./plan-document.ts";

/** Answers, of a customer that bought regularly and stopped, why and what to do about it, by the breaks that the monitor tells; null: it did not stop. */
export function createRecoveries(context: PlanContext, voice: Voice): (customer: number) => Recovery | null {
	const { portfolio, policy, scores } = context;
	const breakOf = createBreaks({ ...context, expectedInterval: scores.expectedInterval, activeMaxGap: createActiveMaxGap(context) });
	return (customer) => {
		const found = breakOf(customer);
		if (!found) return null;
		const { cause, on, proof } = found;
		const evidence = proof && tellProof(portfolio, proof);
		return {
			cause,
			since: formatDay(on),
			objective: policy.recovery_objectives[cause],
			advice: voice.say(`recover_${cause}`),
			evidence: evidence && { ...evidence, on: evidence.on === null ? null : formatDay(evidence.on) },
		};
	};
}
