import type { Policy } from "../../engine/index.ts";
import { DEFAULT_POLICY } from "../../engine/index.ts";

/** The policy of a generated distributor: every field, as the engine would fill it in. */
export function distributorPolicy(): Policy {
	return { ...DEFAULT_POLICY, currency: "BRL", country: "BR", region: "SP", language: "pt-BR", time_zone: "America/Sao_Paulo" };
}

/** The policy of a British wholesaler of gifts: its margin rate and what a mile costs are assumptions. */
export function retailPolicy(): Policy {
	return {
		...DEFAULT_POLICY,
		currency: "GBP",
		country: "GB",
		region: "ENG",
		language: "en",
		time_zone: "Europe/London",
		travel: { ...DEFAULT_POLICY.travel, cost_per_km: 0.3, cost_per_hour: 15 },
		value: { ...DEFAULT_POLICY.value, default_margin_rate: 0.3 },
	};
}
