/** Upper edges of the hazard's bins in days: fine where agendas are decided, and 90 among them, the horizon of `churnRisk`. */
export const HAZARD_EDGES: readonly number[] = [3, 7, 10, 14, 21, 28, 42, 60, 90, 120, 150, 180];
export const NUM_BINS = HAZARD_EDGES.length;
/** Expected days to the next order are counted up to here: the expectation over customers that may never return has no end. */
export const MAX_DAYS_TO_ORDER = 730;

/** P(no order before `days`) by a row of bin hazards; the logarithm of survival is linear inside a bin, and goes on as in the last one. */
export function survival(hazard: ArrayLike<number>, at: number, days: number): number {
	let [alive, from] = [1, 0];
	for (let bin = 0; bin < NUM_BINS && from < days; bin++) {
		const to = HAZARD_EDGES[bin];
		const share = bin === NUM_BINS - 1 || days < to ? (days - from) / (to - from) : 1;
		alive *= (1 - hazard[at + bin]) ** share;
		from = to;
	}
	return alive;
}

/** `survival` by a row of log odds, each moved by `shift`. */
export function survivalOfLogits(logits: ArrayLike<number>, at: number, days: number, shift: number): number {
	let [logAlive, from] = [0, 0];
	for (let bin = 0; bin < NUM_BINS && from < days; bin++) {
		const to = HAZARD_EDGES[bin];
		const share = bin === NUM_BINS - 1 || days < to ? (days - from) / (to - from) : 1;
		logAlive -= share * softplus(logits[at + bin] + shift);
		from = to;
	}
	return Math.exp(logAlive);
}

function softplus(x: number): number {
	return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** E[min(days to the next order, MAX_DAYS_TO_ORDER)]: survival summed over days, by trapezes inside the bins and day by day after them. */
export function expectedDaysToOrder(hazard: ArrayLike<number>, at: number): number {
	let [alive, from, days] = [1, 0, 0];
	for (let bin = 0; bin < NUM_BINS; bin++) {
		const next = alive * (1 - hazard[at + bin]);
		days += ((alive + next) / 2) * (HAZARD_EDGES[bin] - from);
		alive = next;
		from = HAZARD_EDGES[bin];
	}
	const lastWidth = HAZARD_EDGES[NUM_BINS - 1] - HAZARD_EDGES[NUM_BINS - 2];
	const daily = (1 - hazard[at + NUM_BINS - 1]) ** (1 / lastWidth);
	const rest = MAX_DAYS_TO_ORDER - from;
	return days + alive * (daily > 1 - 1e-9 ? rest : (1 - daily ** rest) / (1 - daily));
}
