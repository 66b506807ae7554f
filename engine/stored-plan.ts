import { readFileSync } from "node:fs";
import type { PlanDocument } from "./agenda/plan-document.ts";
import { CarteiraError } from "./errors.ts";

/** A snapshot of a store. */
export interface StoredPortfolio {
	readonly folder: string;
	readonly sha: string;
}

/** A plan.json that its receipt's digest names. */
export interface StoredPlan {
	readonly plan_id: string;
	readonly file: string;
	/** Another number once a customer was erased from stored plans: what was kept of them before no longer holds. */
	readonly era?: number;
}

/** What is kept of a stored plan is kept under this. */
export function keyOfStored({ plan_id, era = 0 }: Omit<StoredPlan, "file">): string {
	return `${era} ${plan_id}`;
}

/** Reads the store's own, written by the engine. BUSY where a customer was erased and the plan has another file since. */
export function readStored({ plan_id, file }: StoredPlan): PlanDocument {
	try {
		const plan: PlanDocument = JSON.parse(readFileSync(file, "utf8"));
		return plan;
	} catch (error) {
		if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
		throw new CarteiraError("BUSY", `plan ${plan_id} has another file since a customer was erased; ask again`);
	}
}
