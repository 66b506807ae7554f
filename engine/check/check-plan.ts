import type { Violation } from "../agenda/plan-document.ts";
import { CarteiraError } from "../errors.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { checkAppointments } from "./check-appointments.ts";
import { checkContacts } from "./check-contacts.ts";
import { checkCoverage } from "./check-coverage.ts";
import { checkCredit } from "./check-credit.ts";
import { checkDays } from "./check-days.ts";
import { checkLimits } from "./check-limits.ts";
import { checkOffers } from "./check-offers.ts";
import { checkReceipt } from "./check-receipt.ts";
import { checkRevision } from "./check-revision.ts";
import { checkStanding } from "./check-standing.ts";
import { checkSums } from "./check-sums.ts";
import { checkTimes } from "./check-times.ts";
import { checkTravel } from "./check-travel.ts";
import { checkValues } from "./check-values.ts";
import { type CheckOptions, createContext } from "./context.ts";
import { readShape } from "./shape.ts";
import { type Checked, contactsByCustomer, viewReps } from "./views.ts";

const CHECKS: readonly ((context: Checked) => void)[] = [
	checkReceipt,
	checkDays,
	checkTimes,
	checkTravel,
	checkLimits,
	checkContacts,
	checkCredit,
	checkStanding,
	checkValues,
	checkOffers,
	checkSums,
	checkAppointments,
	checkCoverage,
	checkRevision,
];

/**
 * Lists every rule that a plan.json breaks, recomputed from the portfolio and the policy that the plan carries; empty for a valid
 * plan. A document without the contract's shape, or with an invalid policy, is told only that.
 */
export function checkPlan(portfolio: Portfolio, document: unknown, options: CheckOptions = {}): Violation[] {
	const shape = readShape(document);
	if ("violations" in shape) return shape.violations;
	const violations: Violation[] = [];
	const report: Checked["report"] = (rule, pointer, message) => violations.push({ rule, pointer, message });
	try {
		const context = createContext(portfolio, shape.plan, report, options);
		const reps = viewReps(context);
		const checked: Checked = { ...context, reps, contacts: contactsByCustomer(reps) };
		for (const check of CHECKS) check(checked);
	} catch (error) {
		if (!(error instanceof CarteiraError) || error.code !== "INVALID_POLICY") throw error;
		report("policy", `/policy${error.details[0]?.pointer ?? ""}`, error.message);
	}
	return violations;
}
