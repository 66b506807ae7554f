/**
 * Where the random streams of each kind of thing begin. A rep, team or customer has a stream of its own, so that it comes out the
 * same whatever is generated before it and nothing needs to be remembered.
 */
export const STREAMS = {
	catalogue: 1,
	campaigns: 2,
	border: 30_000,
	team: 10_000,
	anniversary: 20_000,
	territory: 100_000,
	rep: 200_000,
	routes: 300_000,
	promises: 400_000,
	customer: 1_000_000,
	past: 20_000_000,
	standing: 40_000_000,
	credit: 60_000_000,
	outcomes: 80_000_000,
} as const;
