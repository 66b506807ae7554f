import { describe, expect, it } from "vitest";
import { lastObjectionOf } from "../../engine/agenda/brief.ts";
import { HELD_OUT } from "../../engine/index.ts";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { parseDay } from "../../engine/units.ts";
import { type ContactSpec, contactPortfolio } from "../policy/contact-portfolio.ts";

const AS_OF = parseDay("2026-11-23");

function objectionAfter(contacts: readonly Omit<ContactSpec, "customer">[]): string | null {
	const portfolio = contactPortfolio(
		[],
		contacts.map((contact) => ({ customer: 0, ...contact })),
	);
	return lastObjectionOf({ portfolio, history: buildHistory(portfolio, AS_OF) }, 0);
}

describe("the last objection of a brief", () => {
	it("is the latest that the customer made", () => {
		const price = { day: AS_OF - 20, objection: "price" };
		expect(objectionAfter([price, { day: AS_OF - 10, objection: "overstocked" }, { day: AS_OF - 5 }])).toBe("overstocked");
		expect(objectionAfter([{ day: AS_OF - 5 }])).toBeNull();
	});

	it("is never why a contact was not made: a lot that withheld it, rain, a closed door", () => {
		const price = { day: AS_OF - 20, objection: "price" };
		for (const missed of [
			{ outcome: "cancelled", objection: HELD_OUT },
			{ outcome: "cancelled", objection: "rain" },
			{ outcome: "not_reached", objection: "closed" },
		] as const) {
			expect(objectionAfter([price, { day: AS_OF - 3, ...missed }])).toBe("price");
			expect(objectionAfter([{ day: AS_OF - 3, ...missed }])).toBeNull();
		}
	});
});
