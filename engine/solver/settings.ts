/**
 * How the search behaves. Data, so that an ablation can turn every part off; the defaults were chosen on generated instances
 * (benchmarks/quality/ablation.ts), never on the public ones.
 */
export interface SearchSettings {
	/** Contacts that a ruin of strings removes on average, and the longest string. */
	readonly meanRemoved: number;
	readonly longestString: number;
	/** Share of iterations that ruin whole customers (problems of several days) and remote contacts (problems that have any). */
	readonly customerRuins: number;
	readonly callRuins: number;
	/** Share that remove contacts anywhere, in small problems and where resources are limited over the horizon. */
	readonly scatteredRuins: number;
	/** Share of iterations that offer it to others than those who lost a contact first, near anybody, so that a far cluster can take a near one's place. */
	readonly elsewhere: number;
	/** Beside those that lost a contact, an iteration offers the free time to about half of so many nearest to the ruin's seed, and to so many others. */
	readonly nearOffers: number;
	readonly farOffers: number;
	/** Share of positions that an insertion overlooks, usually and now and then. */
	readonly blink: number;
	readonly wideBlink: number;
	/** Whether days have prices of their own, from a relaxation, where remote contacts can fill every gap (problems of more than a few customers). */
	readonly dayPrices: boolean;
	/** Elsewhere a second costs an insertion between these shares of what a second of the slots yields, drawn evenly on a logarithmic scale. */
	readonly timePrices: readonly [number, number];
	/** Hottest cycles lean towards short ways, each by a share of its own: cheap time is out, and a second of travel counts up to this share of the yield. */
	readonly leaning: number;
	/** Temperatures in mean values of a contact: cycles begin hot and hottest in turn, the hottest forget where they came from. */
	readonly hot: number;
	readonly hottest: number;
	readonly cold: number;
	/** Iterations of the first cycle, and growth from one to the next. */
	readonly firstCycle: number;
	readonly cycleGrowth: number;
	/** Ends of cycles kept apart, from which the hottest cycles start; 0: all start from the best. */
	readonly elites: number;
	/** Share of the work that recombinations of kept routes may take; 0: none. */
	readonly recombination: number;
}

export const DEFAULT_SETTINGS: SearchSettings = {
	meanRemoved: 8,
	longestString: 10,
	customerRuins: 0.1,
	callRuins: 0.15,
	scatteredRuins: 0.05,
	elsewhere: 0.2,
	nearOffers: 25,
	farOffers: 10,
	blink: 0.01,
	wideBlink: 1 / 3,
	dayPrices: true,
	timePrices: [0.15, 0.8],
	leaning: 1,
	hot: 0.5,
	hottest: 2,
	cold: 0.01,
	firstCycle: 6000,
	cycleGrowth: 1.4,
	elites: 4,
	recombination: 0.25,
};

/** Most routes of a problem that has the settings above. */
export const FEW_ROUTES = 4;

/**
 * What differs for many routes, and where days have prices of their own because remote contacts fill what a ruin leaves: there the settings for
 * long routes were measured to bring nothing or to cost.
 */
export const SETTLED: Partial<SearchSettings> = { elsewhere: 0, timePrices: [0.15, 0.5], leaning: 0, hot: 0.2, cold: 0.005 };

/** What differs for few customers, where few iterations see all strings gone: there it pays to remove contacts from anywhere more often, at dearer time. */
export const SMALL: Partial<SearchSettings> = { scatteredRuins: 0.15, timePrices: [0.15, 1.5] };

/** Problems so small that every move may be tried. */
export const FEW_CUSTOMERS = 20;
