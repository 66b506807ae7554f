import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { createRandom } from "../../engine/random.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import { portfolioOf, type Row } from "../check/tables.ts";

const pickFrom =
	(random: ReturnType<typeof createRandom>) =>
	<T>(items: readonly T[]): T =>
		items[random.below(items.length)];

/**
 * A small company in which every figure has something to count: teams, cities, segments and lines, returns, cut and cancelled lines, contacts of
 * every outcome and channel, objections, overdue amounts, complaints, and rows dated as_of or later that nothing may see.
 */
export function monitorWorld(seed: number, asOf: Day): Portfolio {
	const random = createRandom(seed);
	const pick = pickFrom(random);
	const chance = (share: number): boolean => random.next() < share;
	const on = (from: number, to: number): string => formatDay(asOf + from + random.below(to - from));
	const sellers = ["R1", "R2", "R3"];
	const ids = Array.from({ length: 40 }, (_, i) => `C${i}`);
	const products = Array.from(
		{ length: 9 },
		(_, i): Row => ({
			product_id: `P${i}`,
			line: ["L1", "L2", "L3"][i % 3],
			...(i % 2 === 0 && { margin_rate: 0.25 }),
		}),
	);
	const orders = ids.flatMap((customer_id): Row[] => {
		if (chance(0.1)) return [];
		const interval = pick([5, 9, 14, 25]);
		const last = chance(0.6) ? -1 - random.below(12) : -1 - random.below(200);
		const rows: Row[] = [];
		for (let nth = 0, day = last; day > -500 && nth < 25; nth++, day -= interval + random.below(5)) {
			for (let line = 0; line < 1 + random.below(3); line++) {
				const isReturn = chance(0.06);
				rows.push({
					order_id: `${customer_id}-${nth}`,
					customer_id,
					ordered_on: formatDay(asOf + day),
					product_id: `P${random.below(9)}`,
					quantity: isReturn ? -1 : 1 + random.below(3),
					net_value: 40 + random.below(200),
					...(isReturn ? chance(0.5) && { kind: "return" } : chance(0.1) && { kind: pick(["bonus", "exchange"]) }),
					...(chance(0.3) && { margin: 11.25 }),
					...(chance(0.05) && { status: pick(["cancelled", "cut"]) }),
					...(chance(0.2) && { line: "L2" }),
				});
			}
		}
		return [...rows.reverse(), ...(chance(0.3) ? [{ ...rows[0], order_id: `${customer_id}-late`, ordered_on: on(0, 9) }] : [])];
	});
	return portfolioOf(
		{
			customers: ids.map(
				(customer_id): Row => ({
					customer_id,
					name: `name of ${customer_id}`,
					segment: pick(["bar", "shop"]),
					city_code: pick(["3500001", "3500002"]),
					lat: -23.5,
					lon: -46.6,
					...(chance(0.9) && { rep_id: pick(sellers) }),
					...(chance(0.3) && { potential_value: 500 * random.below(4) }),
					...(chance(0.25) && { overdue_amount: 20 + random.below(900), overdue_days: random.below(90) }),
					...(chance(0.08) && { status: pick(["closed", "do_not_contact"]) }),
					...(chance(0.05) && { blocked: true }),
				}),
			),
			reps: [
				{ rep_id: "S1", kind: "supervisor", team_id: "T1" },
				{
					rep_id: "R1",
					kind: "field_employee",
					team_id: "T1",
					manager_id: "S1",
					absences: `${formatDay(asOf + 2)}/${formatDay(asOf + 4)}`,
				},
				{ rep_id: "R2", kind: "rca", team_id: "T1", manager_id: "S1", break: "12:00-13:00" },
				{ rep_id: "R3", kind: "inside", team_id: "T2", shifts: "Mo-Fr 09:00-17:00; Sa 09:00-12:00" },
			],
			products,
			orders,
			contacts: Array.from(
				{ length: 500 },
				(_, i): Row => ({
					contact_id: `K${i}`,
					customer_id: pick(ids),
					rep_id: pick(["S1", ...sellers]),
					contacted_at: `${on(chance(0.5) ? -40 : -300, 12)}T${String(8 + random.below(9)).padStart(2, "0")}:${10 + random.below(50)}`,
					channel: pick(["visit", "phone", "message"]),
					outcome: pick(["order", "no_order", "no_order", "not_reached", "cancelled"]),
					...(chance(0.5) && { objection: pick(["price", "overstocked", "no_cash"]) }),
					...(chance(0.8) && { minutes: 3 + random.below(40) }),
				}),
			),
			service_events: Array.from(
				{ length: 14 },
				(_, i): Row => ({
					event_id: `E${i}`,
					customer_id: pick(ids),
					at: `${on(-120, 10)}T09:00`,
					kind: pick(["complaint", "delivery_failure", "request"]),
				}),
			),
			targets: ["revenue", "margin", "positivation", "mix"].flatMap((metric): Row[] => [
				{ period: "2026-11", rep_id: "R1", metric, target: metric === "mix" ? 3 : 900 },
				{ period: "2026-11", team_id: "T1", metric, target: metric === "mix" ? 6 : 1800, bonus_value: 300 },
				{ period: "2026-11", rep_id: "R2", metric, target: metric === "mix" ? 2.5 : 50, line: "L2", bonus_value: 100 },
				{ period: "2026-12", rep_id: "R2", metric, target: 50 },
			]),
		},
		{ language: "en", positivation: { min_value: 200, min_products: 2 } },
	);
}
