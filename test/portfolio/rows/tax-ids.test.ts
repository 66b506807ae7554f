import { describe, expect, it } from "vitest";
import { createTaxIdLookup, wholeTaxId } from "../../../engine/portfolio/rows/tax-ids.ts";

describe("a tax number", () => {
	it.each([
		["00.000.000/0001-91", "00000000000191"], // Banco do Brasil
		["00000000000191", "00000000000191"],
		["11222333000181", "11222333000181"], // the usual example: 5·1+4·1+3·2+2·2+9·2+8·3+7·3+6·3+5·0+4·0+3·0+2·1 = 102, 102 mod 11 = 3 → 8; then 1
		["7526557000100", "07526557000100"], // a CNPJ that lost its zero
		["12.ABC.345/01DE-35", "12ABC34501DE35"], // the tax office's example of letters
		["12abc34501de35", "12ABC34501DE35"],
		["529.982.247-25", "52998224725"],
		["1234567890", "01234567890"], // 10·0+9·1+8·2+7·3+6·4+5·5+4·6+3·7+2·8 = 156, mod 11 = 2 → 9; then 0: a CPF that lost its zero
	])("%s is %s", (id, whole) => {
		expect(wholeTaxId(id)).toBe(whole);
	});

	it.each(["11222333000182", "11111111111", "C000123", "12ABC34501DE36", "1:0017:2", "", "ABC34501DE35", "52998224725000000"])(
		"is not %j",
		(id) => {
			expect(wholeTaxId(id)).toBeNull();
		},
	);

	it("is found among ids that lost their zeros or have marks, unless two of them are it", () => {
		const find = createTaxIdLookup(["7526557000100", "C1", "11.222.333/0001-81", "52998224725", "529.982.247-25"]);
		expect(find("07526557000100")).toBe("7526557000100");
		expect(find("11222333000181")).toBe("11.222.333/0001-81");
		expect(find("529982247-25")).toBeNull();
		expect(find("C1")).toBeNull();
		expect(find("00000000000191")).toBeNull();
	});
});
