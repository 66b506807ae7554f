import { createHash } from "node:crypto";

/** Something that a lot can be drawn over. */
export interface LotUnit {
	/** A customer's id, or a rep's with a date. */
	readonly id: string;
	/** Units are drawn apart in each. */
	readonly stratum: string;
}

/** What tells draws apart: two experiments of one seed draw two lots. */
export interface Draw {
	readonly experiment: string;
	readonly seed: number;
}

/** A number in [0, 1) of a draw and a unit's id alone: the same whoever else is drawn, in whatever order. */
export function lotOf({ experiment, seed }: Draw, id: string): number {
	const digest = createHash("sha256")
		.update(JSON.stringify([experiment, seed, id]))
		.digest();
	return digest.readUIntBE(0, 6) / 2 ** 48;
}

/**
 * Draws a share of the units, stratum by stratum: those with the lowest lots, so many that each stratum gives its share, a fraction of a unit
 * rounded by lot too, and leaves either arm `fewest` at least; strata too small for that give none. Every unit has the same chance; the same draw and units give the same, whatever their order.
 */
export function drawHoldOut(units: readonly LotUnit[], draw: Draw, share: number, fewest = 0): ReadonlySet<string> {
	const drawn = new Set<string>();
	for (const [stratum, own] of Map.groupBy(units, (unit) => unit.stratum)) {
		if (own.length < 2 * fewest) continue;
		const wanted = Math.floor(share * own.length + lotOf(draw, `stratum ${stratum}`));
		const count = Math.min(Math.max(wanted, fewest), own.length - fewest);
		const lots = own.map(({ id }) => ({ id, lot: lotOf(draw, id) })).sort((a, b) => a.lot - b.lot || (a.id < b.id ? -1 : 1));
		for (const { id } of lots.slice(0, count)) drawn.add(id);
	}
	return drawn;
}
