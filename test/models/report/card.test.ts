import { describe, expect, it } from "vitest";
import { modelName, readModelFolder } from "../../../engine/scoring/model-folder.ts";
import { defaultModelDir } from "../../../engine/scoring/predictor.ts";
import { renderCard } from "../../../models/report/card.ts";

const { manifest } = await readModelFolder(defaultModelDir());

describe("a model's card", () => {
	it("names both order models that the scores start from, and the share of the second", async () => {
		const { churn } = manifest;
		const card = await renderCard({ ...manifest, churn: { ...churn, bgShare: 0.25 } }, []);
		expect(card).toContain(`MBG/CNBD-k (k = ${churn.buyTillYouDie.k}, r = ${churn.buyTillYouDie.r.toFixed(3)}`);
		expect(card).toContain(`with a share of 25.0 %, BG/NBD (k = 1, r = ${churn.bgNbd.r.toFixed(3)}`);
	});

	it("shows words as text whatever is in them", async () => {
		const card = await renderCard({ ...manifest, name: "<script>1</script>", trainedOn: '"><img src=x>' }, []);
		expect(card).not.toMatch(/<script|<img/);
		expect(card).toContain("&lt;script&gt;");
	});
});

it("the name of a model without a net of its own moves with every parameter of its order models", () => {
	const { churn, training } = manifest;
	if (!training) throw new TypeError("the shipped model says how it came to be");
	const nameWith = (change: Partial<typeof churn>): string =>
		modelName({ ...manifest, churn: { ...churn, ...change }, training: { ...training, fallback: "too short" } });
	const names = [{}, { bgShare: 0.99 }, { bgNbd: { ...churn.bgNbd, r: 9 } }, { buyTillYouDie: { ...churn.buyTillYouDie, a: 9 } }].map(
		nameWith,
	);
	expect(new Set(names).size).toBe(4);
});
