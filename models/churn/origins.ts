import type { History } from "../../engine/portfolio/history.ts";
import type { Day } from "../../engine/units.ts";

/** Days between origins: no multiple of 7, so that they fall on every weekday in turn. */
const STEP = 11;
/** History that an origin needs before it. */
const MIN_HISTORY = 90;
/** Shortest future that teaches the hazard something. */
const MIN_FUTURE = 14;
const MAX_ORIGINS = 60;

/** Past days from which the future until `asOf` is known, latest first: where a model could have been asked, and can be told the answer. */
export function pickOrigins(history: History, asOf: Day): Day[] {
	const first = history.eventDay.reduce((min, day) => Math.min(min, day), asOf);
	const origins: Day[] = [];
	for (let origin = asOf - MIN_FUTURE; origin >= first + MIN_HISTORY && origins.length < MAX_ORIGINS; origin -= STEP) origins.push(origin);
	return origins;
}
