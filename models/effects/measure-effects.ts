import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { readModelFolder } from "../../engine/scoring/model-folder.ts";
import { defaultModelDir } from "../../engine/scoring/predictor.ts";
import type { Day } from "../../engine/units.ts";
import { type EffectsReport, estimateEffects } from "./estimate-effects.ts";

export interface MeasureEffectsOptions {
	/** Nothing dated on this day or later is looked at. */
	readonly asOf: Day;
	/** Model folder, for the chance of an order under usual service; the shipped one unless said. */
	readonly model?: string;
}

/** Re-estimates the effects of a contact from a portfolio's own outcomes. */
export async function measureEffects(portfolio: Portfolio, { asOf, model }: MeasureEffectsOptions): Promise<EffectsReport> {
	const { manifest } = await readModelFolder(model ?? defaultModelDir());
	return estimateEffects(portfolio, { asOf, model: manifest.churn.buyTillYouDie });
}
