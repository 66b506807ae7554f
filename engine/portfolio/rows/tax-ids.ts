/**
 * Brazilian tax numbers as ids: CNPJ (14 characters, of which the first twelve may be letters since 2026) and CPF (11 digits). Ids are
 * opaque everywhere else; here alone it is known that a spreadsheet takes the leading zeros off them, and that some systems write them
 * with dots, slash and hyphen.
 */
const MARKS = /[./-]/g;
/** A CNPJ with its marks. */
const LONGEST = 18;

/** The whole number, bare, of an id whose check digits say that it is one; null for any other id. */
export function wholeTaxId(id: string): string | null {
	if (id.length < 3 || id.length > LONGEST) return null;
	const bare = id.replaceAll(MARKS, "").toUpperCase();
	const isDigits = /^\d+$/.test(bare);
	if (bare.length > 14 || (bare.length < 14 && !isDigits)) return null;
	const [cnpj, cpf] = [bare.padStart(14, "0"), bare.padStart(11, "0")];
	const isCpf = /^\d{11}$/.test(cpf) && hasDigits(cpf, CPF_WEIGHTS);
	const isCnpj = /^[0-9A-Z]{12}\d{2}$/.test(cnpj) && hasDigits(cnpj, CNPJ_WEIGHTS);
	if (isCpf === isCnpj) return null; // neither, or no telling which
	return isCpf ? cpf : cnpj;
}

/** Of the characters before the first check digit; before the second one all weights move on by one. */
const CNPJ_WEIGHTS = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
const CPF_WEIGHTS = [10, 9, 8, 7, 6, 5, 4, 3, 2];

function hasDigits(id: string, weights: readonly number[]): boolean {
	const first = checkDigit(id, weights);
	const second = checkDigit(id, [weights[0] + 1, ...weights]);
	return !/^(.)\1+$/.test(id) && id.endsWith(`${first}${second}`);
}

/** Modulo 11 of the characters' codes above that of "0", as the tax office defines it for digits and letters alike. */
function checkDigit(id: string, weights: readonly number[]): number {
	const sum = weights.reduce((total, weight, i) => total + weight * (id.charCodeAt(i) - 48), 0);
	const rest = sum % 11;
	return rest < 2 ? 0 : 11 - rest;
}

/** Finds the one known id that is the same tax number as another id; null for none, for several, and where there is no tax number. */
export function createTaxIdLookup(ids: Iterable<string>): (id: string) => string | null {
	const known = new Map<string, string | null>();
	for (const id of ids) {
		const whole = wholeTaxId(id);
		if (whole !== null) known.set(whole, known.has(whole) ? null : id);
	}
	return (id) => {
		const whole = known.size === 0 ? null : wholeTaxId(id);
		return whole === null ? null : (known.get(whole) ?? null);
	};
}

/** An id and, of a tax number, the other ways in which it may be written. */
export function spellingsOf(id: string): string[] {
	const whole = wholeTaxId(id);
	if (whole === null) return [id];
	const marked =
		whole.length === 11
			? whole.replace(/^(...)(...)(...)(..)$/, "$1.$2.$3-$4")
			: whole.replace(/^(..)(...)(...)(....)(..)$/, "$1.$2.$3/$4-$5");
	return [...new Set([id, whole, whole.replace(/^0+/, ""), marked])];
}
