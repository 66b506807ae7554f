import type { Policy } from "../../engine/index.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { type ExperimentReport, LADDER, type LadderStep, type Uplift } from "./experiment-document.ts";

/** What the experiment showed in one team; null: no stratum of its own has two units in both arms. */
export interface TeamEvidence {
	readonly uplift: readonly Uplift[] | null;
	/** Share of the team's held-out units that were contacted all the same. */
	readonly contactedShare: number;
}

type Company = Pick<ExperimentReport, "uplift" | "guardrails" | "is_over">;

const money = (cents: number): string => (cents / 100).toFixed(2);
const marginOf = (uplift: readonly Uplift[]): Uplift | undefined => uplift.find(({ metric }) => metric === "margin");
const showsLoss = (uplift: readonly Uplift[]): boolean => uplift.some(({ verdict }) => verdict === "loss");

function inWords(margin: Uplift | undefined): string {
	if (!margin) return "too few units in both arms";
	const { effect, lower, upper } = margin.adjusted;
	return `margin a unit ${money(effect)} (${money(lower)} to ${money(upper)})`;
}

/**
 * For each team the next step and what speaks for it. Advice wants no loss shown by the company nor by the team; the plan a gain in margin: the
 * team's own, or the company's where the team's own interval does not contradict it. Teams that cannot be judged alone stay where they are.
 */
export function ladderOf(
	{ tables: { reps } }: Portfolio,
	{ rollout }: Policy,
	company: Company,
	evidenceOf: (team: string | null) => TeamEvidence,
	mostContacted: number,
): LadderStep[] {
	const teams = new Set(Array.from({ length: reps.numRows }, (_, rep) => reps.texts.team_id.at(rep)));
	const all = marginOf(company.uplift);
	return [...teams]
		.sort((a, b) => (a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1))
		.map((team) => {
			const stage = rollout.find((row) => row.team_id === team)?.stage ?? "plan";
			const next = LADDER[LADDER.indexOf(stage) + 1] ?? null;
			const { uplift, contactedShare } = evidenceOf(team);
			const own = uplift ? marginOf(uplift) : undefined;
			const isCarried = all?.verdict === "gain" && own !== undefined && own.adjusted.upper >= all.adjusted.lower;
			const evidence = [
				{ rule: "over", is_met: company.is_over, detail: "the experiment is over" },
				{ rule: "guardrails", is_met: company.guardrails.every(({ is_met }) => is_met), detail: "every guardrail is met" },
				{ rule: "no_loss", is_met: !showsLoss(company.uplift), detail: "no figure of the company shows a loss" },
				{ rule: "team_obeyed", is_met: contactedShare <= mostContacted, detail: "the team left its hold-out alone" },
				{
					rule: "team_no_loss",
					is_met: uplift !== null && !showsLoss(uplift),
					detail: `no figure of the team shows a loss: ${inWords(own)}`,
				},
				...(next === "plan"
					? [
							{
								rule: "gain",
								is_met: own?.verdict === "gain" || isCarried,
								detail: `a gain in margin, the team's own (${inWords(own)}), or the company's that it does not contradict (${inWords(all)})`,
							},
						]
					: []),
			];
			const isReady = next !== null && evidence.every(({ is_met }) => is_met);
			return { team_id: team, stage, next, is_ready: isReady, evidence, uplift: uplift === null ? [] : [...uplift] };
		});
}
