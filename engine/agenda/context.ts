import type { Calendar } from "../portfolio/calendar/calendar.ts";
import type { History } from "../portfolio/history.ts";
import type { FeedHealth, Portfolio } from "../portfolio/portfolio.ts";
import type { Classification } from "../policy/case.ts";
import type { Policy } from "../policy/policy.ts";
import type { Population } from "../policy/population.ts";
import type { Scores } from "../scoring/scores.ts";
import type { Day } from "../units.ts";

/** All that is known when contacts are valued and explained: the inputs and what the earlier steps of the job made of them. */
export interface PlanContext {
	readonly portfolio: Portfolio;
	readonly policy: Policy;
	readonly calendar: Calendar;
	readonly feed: FeedHealth;
	readonly history: History;
	readonly scores: Scores;
	readonly classification: Classification;
	readonly asOf: Day;
	/** Working days planned. */
	readonly horizon: readonly Day[];
	/** Of the whole portfolio, where this one is a slice of it. */
	readonly population?: Population;
}
