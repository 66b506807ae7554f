import type { ContactOptionSpec, ProblemSpec, RouteSlotSpec } from "../../engine/solver/problem-spec.ts";

/** The best there is, by trying everything: fewest required contacts and periodic customers missing, then the largest value. */
export interface Optimum {
	readonly missing: number;
	readonly value: number;
}

/** Solves a problem of a few customers and days by enumeration. Shares no code with the solver. */
export function bruteForce(spec: ProblemSpec): Optimum {
	const costs = new Map<string, number>();
	const cheapestDay = (day: number, options: readonly number[]): number => {
		const key = `${day}:${options.join()}`;
		const known = costs.get(key);
		if (known !== undefined) return known;
		const slots = spec.slots.filter((slot) => slot.day === day);
		const cost = cheapestAssignment(spec, slots, options, costs);
		costs.set(key, cost);
		return cost;
	};
	let best: Optimum = { missing: Infinity, value: -Infinity };
	const chainsOf = Array.from({ length: spec.numCustomers }, (_, customer) => chains(spec, customer));
	const visit = (customer: number, chosen: readonly number[], missing: number, prizes: number): void => {
		if (customer === spec.numCustomers) {
			if (missing > best.missing || !fitsHorizon(spec, chosen)) return;
			let value = prizes - floorCost(spec, chosen);
			for (let day = 0; day < spec.days.length; day++) {
				value -= cheapestDay(
					day,
					chosen.filter((option) => spec.options[option].day === day),
				);
			}
			if (value > -Infinity && (missing < best.missing || value > best.value)) best = { missing, value };
			return;
		}
		for (const chain of chainsOf[customer])
			visit(customer + 1, [...chosen, ...chain.options], missing + chain.missing, prizes + chain.prize);
	};
	visit(0, [], 0, 0);
	return best;
}

interface Chain {
	readonly options: readonly number[];
	readonly prize: number;
	readonly missing: number;
}

/** Every allowed set of contacts of a customer. */
function chains(spec: ProblemSpec, customer: number): Chain[] {
	const own = spec.options.map((_, o) => o).filter((o) => spec.options[o].customer === customer);
	const combinations = spec.dayCombinations?.[customer] ?? null;
	const found: Chain[] = [];
	for (let mask = 0; mask < 2 ** own.length; mask++) {
		const options = own.filter((_, i) => (mask >> i) & 1);
		const contacts = options.map((o) => spec.options[o]);
		const isSpaced = contacts.every((a, i) =>
			contacts.slice(i + 1).every((b) => {
				const gap = spec.days[b.day] - spec.days[a.day];
				return gap > 0 && (a.gapExempt || b.gapExempt || gap >= spec.minGap[customer]);
			}),
		);
		const days = contacts.reduce((set, contact) => set | (1 << contact.day), 0);
		if (!isSpaced || (combinations && days !== 0 && !combinations.includes(days))) continue;
		const prize = contacts.reduce((sum, contact, i) => sum + contact.prize[i === 0 ? 0 : contacts[i - 1].day + 1], 0);
		const unmet = own.filter((o) => spec.options[o].required && !options.includes(o)).length;
		found.push({ options, prize, missing: unmet + (combinations && days === 0 ? 1 : 0) });
	}
	return found;
}

function fitsHorizon(spec: ProblemSpec, chosen: readonly number[]): boolean {
	return spec.resources.every(({ scope, cap }, r) => scope === "slot" || demandOf(spec, chosen, r) <= cap);
}

function demandOf(spec: ProblemSpec, options: readonly number[], resource: number): number {
	return options.reduce((sum, o) => sum + (spec.options[o].demand?.[resource] ?? 0), 0);
}

/** Cost of what the floors lack, in cents. */
export function floorCost(spec: ProblemSpec, chosen: readonly number[]): number {
	return spec.floors.reduce((sum, floor) => {
		const members = chosen.filter((o) => floor.customers.includes(spec.options[o].customer));
		const seconds = members.reduce((total, o) => total + spec.options[o].duration, 0);
		const done = floor.unit === "seconds" ? seconds : members.length;
		const missing = Math.max(0, floor.atLeast - done) / (floor.unit === "seconds" ? 3600 : 1);
		return sum + Math.round(100 * missing * floor.cost);
	}, 0);
}

/** Least travel cost and losses over all ways to deal the options to the slots and to order them; Infinity for none. */
function cheapestAssignment(
	spec: ProblemSpec,
	slots: readonly RouteSlotSpec[],
	options: readonly number[],
	costs: Map<string, number>,
): number {
	if (slots.length === 0) return options.length === 0 ? 0 : Infinity;
	const [slot, ...others] = slots;
	let best = Infinity;
	for (let mask = 0; mask < 2 ** options.length; mask++) {
		if (others.length === 0 && mask !== 2 ** options.length - 1) continue;
		const here = options.filter((_, i) => (mask >> i) & 1);
		const elsewhere = options.filter((_, i) => !((mask >> i) & 1));
		const key = `slot ${spec.slots.indexOf(slot)}:${here.join()}`;
		const cost = costs.get(key) ?? cheapestOrder(spec, slot, here);
		costs.set(key, cost);
		if (cost < best) best = Math.min(best, cost + cheapestAssignment(spec, others, elsewhere, costs));
	}
	return best;
}

function cheapestOrder(spec: ProblemSpec, slot: RouteSlotSpec, options: readonly number[]): number {
	const contacts = options.map((o) => spec.options[o]);
	const visits = contacts.filter((contact) => contact.channel === 0);
	if (visits.length > slot.maxVisits || contacts.length - visits.length > slot.maxCalls) return Infinity;
	if (contacts.filter((contact) => contact.isSwap).length > slot.maxSwaps) return Infinity;
	if (spec.resources.some(({ scope, cap }, r) => scope === "slot" && demandOf(spec, options, r) > cap)) return Infinity;
	let best = Infinity;
	const cell = (from: number, to: number): number => (from < 0 || to < 0 ? -1 : from * spec.numPlaces + to);
	const time = (at: number): number => (at < 0 ? 0 : spec.travelTime[at]);
	const money = (at: number): number => (at < 0 ? 0 : spec.travelCost[at]);
	const extend = (left: readonly ContactOptionSpec[], nextBreak: number, here: number, now: number, travel: number, cost: number): void => {
		if (left.length === 0 && nextBreak === slot.breaks.length) {
			const home = visits.length > 0 ? cell(here, slot.end) : -1;
			if (now + time(home) <= slot.close && travel + time(home) <= slot.maxTravelTime) best = Math.min(best, cost + money(home));
			return;
		}
		if (nextBreak < slot.breaks.length) {
			const { earliest, latest, duration } = slot.breaks[nextBreak];
			const start = Math.max(now, earliest);
			if (start <= latest) extend(left, nextBreak + 1, here, start + duration, travel, cost);
		}
		left.forEach((contact, i) => {
			const isVisit = contact.channel === 0;
			const leg = isVisit ? cell(here, contact.customer) : -1;
			const arrive = now + time(leg);
			const window = contact.windows.find(([, to]) => to >= arrive);
			if (!window) return;
			const start = Math.max(arrive, window[0]);
			const loss = start > contact.cutoff ? contact.cutoffLoss : 0;
			const place = isVisit ? contact.customer : here;
			extend(left.toSpliced(i, 1), nextBreak, place, start + contact.duration, travel + time(leg), cost + money(leg) + loss);
		});
	};
	extend(contacts, 0, slot.start, slot.open, 0, 0);
	return best;
}
