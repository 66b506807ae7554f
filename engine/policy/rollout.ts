import type { Portfolio } from "../portfolio/portfolio.ts";
import type { Policy } from "./policy.ts";

/** Stages of a roll-out below the last, at which agendas are the plan. */
export type EarlyStage = "shadow" | "advise";

/** How far a rep's team is, by row of the reps table; undefined: its agendas are the plan. */
export type StageOf = (rep: number) => EarlyStage | undefined;

/** Reads the policy's roll-out; a row without a team is for reps without one. */
export function readRollout({ tables: { reps } }: Portfolio, { rollout }: Policy): StageOf {
	const stages = new Map(rollout.map(({ team_id, stage }) => [team_id, stage === "plan" ? undefined : stage]));
	return stages.size === 0 ? () => undefined : (rep) => stages.get(reps.texts.team_id.at(rep));
}
