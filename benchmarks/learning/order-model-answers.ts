import { fitBgNbd, fitMbgCnbd, fitPareto, fitTickets } from "../../models/buy-till-you-die/order-models.ts";
import type { Answer } from "./champion.ts";
import type { Situation } from "./situation.ts";

/** What the published buy-till-you-die models say, with Gamma-Gamma's tickets, each timed apart. */
export function askOrderModels({ past, customers, ownDays }: Situation, horizon: number): Map<string, Answer> {
	const answers = [fitBgNbd, fitPareto, fitMbgCnbd].map((fit): [string, Answer] => {
		const start = process.cpuUsage();
		const [model, ticketOf] = [fit(past), fitTickets(past)];
		const answer = {
			noOrder: Float64Array.from(customers, (customer) => model.noOrder(customer, horizon)),
			noOrderOwn: Float64Array.from(customers, (customer, i) => model.noOrder(customer, ownDays[i])),
			value: Float64Array.from(customers, (customer) => model.expectedOrders(customer, horizon) * ticketOf(customer)),
		};
		const { user, system } = process.cpuUsage(start);
		return [model.name, { ...answer, cpuSeconds: (user + system) / 1e6, peakMegabytes: process.resourceUsage().maxRSS / 1024 }];
	});
	return new Map(answers);
}
