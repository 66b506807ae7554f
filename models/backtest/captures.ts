import { type Interval, intervalOf, resample } from "../evaluation/bootstrap.ts";
import { type BacktestDocument, type Captured, type Estimate, type Ranking, RANKINGS } from "./backtest-document.ts";

/** What became of the customers of an origin, by position; and which of them each ranking has first. */
export interface OriginOutcome {
	/** Rows of the customers table. */
	readonly customers: readonly number[];
	readonly numContacts: number;
	/** 1: bought with regularity, and did not in the window. */
	readonly isBreak: Uint8Array;
	/** Net sales of the past year and of the window, cents. */
	readonly pastYear: Float64Array;
	readonly sales: Float64Array;
	readonly first: ReadonlyMap<Ranking, Uint8Array>;
	/** Positions in `customers` in order of each ranking. */
	readonly orders: ReadonlyMap<Ranking, readonly number[]>;
}

/** Shares of the customers at which curves are told. */
const CURVE = [0.05, 0.1, 0.2, 0.3, 0.5, 0.7];

const FIGURES = ["breaks", "value_at_risk", "sales"] as const;
type Figure = (typeof FIGURES)[number];

/** What the first customers of a ranking hold of an origin's breaks and money; null where there is none to hold. */
export function capturedOf(outcome: OriginOutcome, ranking: Ranking): Captured | null {
	const first = outcome.first.get(ranking);
	if (!first) return null;
	const shareOf = (figure: Figure): number | null => {
		const share = captureOf(outcome, first, figure, () => 1);
		return Number.isFinite(share) ? Math.max(0, Math.min(1, share)) : null;
	};
	return {
		ranking,
		num_contacts: first.reduce((sum, one) => sum + one, 0),
		breaks: shareOf("breaks"),
		value_at_risk: shareOf("value_at_risk"),
		sales: shareOf("sales"),
	};
}

function amountOf({ isBreak, pastYear, sales }: OriginOutcome, figure: Figure, i: number): number {
	if (figure === "sales") return sales[i];
	return figure === "breaks" ? isBreak[i] : isBreak[i] * pastYear[i];
}

/** Share of a figure's sum that the first hold, each customer counted so many times; NaN of nothing. */
function captureOf(outcome: OriginOutcome, first: Uint8Array, figure: Figure, countOf: (customer: number) => number): number {
	let [held, all] = [0, 0];
	for (const [i, customer] of outcome.customers.entries()) {
		const amount = amountOf(outcome, figure, i) * countOf(customer);
		all += amount;
		held += first[i] * amount;
	}
	return held / all;
}

/**
 * Means over the origins with 95 % intervals by drawing customers again, each with its rows of all origins, and how far the ranking `value` is
 * ahead of each on the same draws and origins.
 */
export function overallOf(outcomes: readonly OriginOutcome[], numCustomers: number, seed: number): BacktestDocument["overall"] {
	const present = RANKINGS.filter((ranking) => outcomes.some(({ first }) => first.has(ranking)));
	const draws = new Map<string, number[]>();
	const meanOf = (ranking: Ranking, figure: Figure, on: Ranking, countOf: (customer: number) => number): number => {
		const shares = outcomes.flatMap((outcome) => {
			const [first, asked] = [outcome.first.get(ranking), outcome.first.get(on)];
			if (!first || !asked) return [];
			const share = captureOf(outcome, first, figure, countOf);
			return Number.isFinite(share) ? [share] : [];
		});
		return shares.reduce((sum, share) => sum + share, 0) / shares.length;
	};
	const aheadOf = (ranking: Ranking, figure: Figure, countOf: (customer: number) => number): number =>
		meanOf("value", figure, ranking, countOf) - meanOf(ranking, figure, ranking, countOf);
	const keep = (key: string, value: number): void => void draws.set(key, [...(draws.get(key) ?? []), value]);
	resample(numCustomers, seed, (counts) => {
		const countOf = (customer: number): number => counts[customer];
		for (const ranking of present)
			for (const figure of FIGURES) {
				keep(`${ranking} ${figure}`, meanOf(ranking, figure, ranking, countOf));
				if (ranking !== "value") keep(`ahead ${ranking} ${figure}`, aheadOf(ranking, figure, countOf));
			}
	});
	const once = (): number => 1;
	const estimate = (mean: number, key: string): Estimate => {
		const interval: Interval | null = intervalOf(draws.get(key) ?? []);
		return { mean: Number.isFinite(mean) ? mean : null, lower: interval?.[0] ?? null, upper: interval?.[1] ?? null };
	};
	const each = (of: (figure: Figure) => Estimate) => ({ breaks: of("breaks"), value_at_risk: of("value_at_risk"), sales: of("sales") });
	return present.map((ranking) => ({
		ranking,
		num_origins: outcomes.filter(({ first }) => first.has(ranking)).length,
		...each((figure) => estimate(meanOf(ranking, figure, ranking, once), `${ranking} ${figure}`)),
		curve: curveOf(outcomes, ranking),
		value_ahead: ranking === "value" ? null : each((figure) => estimate(aheadOf(ranking, figure, once), `ahead ${ranking} ${figure}`)),
	}));
}

/** What the first shares of the customers hold, mean of the origins whose ranking goes so far. */
function curveOf(outcomes: readonly OriginOutcome[], ranking: Ranking): BacktestDocument["overall"][number]["curve"] {
	return CURVE.flatMap((share) => {
		const reaching = outcomes.filter(({ orders, customers }) => (orders.get(ranking)?.length ?? -1) >= share * customers.length);
		if (reaching.length === 0) return [];
		const meanOf = (figure: Figure): number | null => {
			const shares = reaching.flatMap((outcome) => {
				const first = new Uint8Array(outcome.customers.length);
				for (const i of (outcome.orders.get(ranking) ?? []).slice(0, Math.ceil(share * first.length))) first[i] = 1;
				const held = captureOf(outcome, first, figure, () => 1);
				return Number.isFinite(held) ? [Math.max(0, Math.min(1, held))] : [];
			});
			return shares.length > 0 ? shares.reduce((sum, one) => sum + one, 0) / shares.length : null;
		};
		return [{ customers: share, breaks: meanOf("breaks"), value_at_risk: meanOf("value_at_risk"), sales: meanOf("sales") }];
	});
}
