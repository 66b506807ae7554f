import { expect, it } from "vitest";
import { objectionsOf } from "../../engine/check/action-plans.ts";
import { validatePolicy } from "../../engine/index.ts";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { parseDay } from "../../engine/units.ts";
import { contactPortfolio } from "../policy/contact-portfolio.ts";

const AS_OF = parseDay("2026-11-23");

it("objections are what customers said in contacts that reached them, not why contacts were not made", () => {
	const portfolio = contactPortfolio(
		[],
		[
			{ customer: 0, day: AS_OF - 9, objection: "price" },
			{ customer: 0, day: AS_OF - 5, outcome: "cancelled", objection: "held_out" },
			{ customer: 0, day: AS_OF - 4, outcome: "not_reached", objection: "overstocked" },
		],
	);
	const codes = ["price", "held_out", "overstocked"];
	const policy = validatePolicy({ objections: codes.map((code) => ({ code, channel: "phone" })) });
	const found = objectionsOf({ portfolio, policy, history: buildHistory(portfolio, AS_OF) }, 0);
	expect(found.map(({ code }) => code)).toEqual(["price"]);
});
