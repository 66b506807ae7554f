import { spellingsOf, wholeTaxId } from "./rows/tax-ids.ts";

/** What a customer that is to be erased is known by. */
export interface Traces {
	readonly customerId: string;
	/** Those that it has or had. */
	readonly names: readonly string[];
	/** Stands for it where money and counts are to add up still. */
	readonly pseudonym: string;
	/** Ids made of the customer's, and what stands for each. */
	readonly derived?: Readonly<Record<string, string>>;
}

/** Takes a customer out of texts and values. What says nothing of it is answered as it came. */
export interface Eraser {
	readonly pseudonym: string;
	/** Is this the customer's id, or the same tax number written otherwise? */
	readonly isTheirs: (id: unknown) => boolean;
	/** Does a text, or the JSON of one, hold a word of the customer? */
	readonly mentions: (text: string) => boolean;
	/** A text that people wrote, with the pseudonym in place of the customer's ids and names. */
	readonly text: (text: string) => string;
	/**
	 * A word of a system: a code, or the name of somebody else. Only ids that are nobody else's for their length are replaced: a short one may
	 * be that of anything, and others may have the same name.
	 */
	readonly code: (word: string) => string;
	/** The same for a value of JSON; of an object that is about the customer, also what people wrote, and what models said of it. */
	readonly json: <T>(value: T) => T;
}

/** What stands in place of a text about a customer that was erased. */
const ERASED = "erased";
/** Words of so many characters are found wherever they stand; shorter ones could be a part of anything. */
const LONG = 6;

/** Keys whose values are ids of customers. */
const CUSTOMER_KEYS = ["customer_id", "from_customer_id", "with", "customers", "displaced"];
/** Keys whose values are ids of something else, which may happen to be the same word. */
const OTHER_KEYS = ["rep_id", "manager_id", "team_id", "product_id", "product_ids", "reps", "plan_id", "plan", "plans"];
/** Key of a single word in prose: what was found in a cell. */
const CELL_KEY = "value";
/** Keys of names, which may be another's. */
const NAME_KEYS = ["name", "customer_name"];

/** Of an object about the customer: what stands for the fields that are personal, by their names. */
const PERSONAL: Readonly<Record<string, unknown>> = {
	reason: ERASED,
	detail: ERASED,
	message: ERASED,
	objection: ERASED,
	churn_risk: null,
	products: [],
	brief: {
		customer_name: null,
		last_order_on: null,
		days_since_last_order: null,
		expected_interval_days: null,
		ticket_cents: null,
		lapsed_products: [],
		overdue_cents: 0,
		overdue_days: 0,
		headroom_cents: null,
		credit: ERASED,
		stock_alerts: [],
		open_complaint: null,
		last_objection: null,
		goal_missing: null,
		order_by: null,
		delivers_on: null,
	},
};

export function createEraser({ customerId, names, pseudonym, derived = {} }: Traces): Eraser {
	const whole = wholeTaxId(customerId);
	const isTheirs = (id: unknown): boolean => {
		if (typeof id !== "string" && typeof id !== "number") return false;
		return String(id) === customerId || (whole !== null && wholeTaxId(String(id)) === whole);
	};
	const spellings = spellingsOf(customerId);
	const words = [...new Set([...spellings, ...names.map((name) => name.trim())])].filter((word) => word !== "");
	const isLong = ({ length }: string): boolean => length >= LONG;
	const anywhere = patternOf(words.filter(isLong));
	const longIds = patternOf(spellings.filter(isLong));
	const inProse = patternOf(words);
	const inJson = patternOf([...words, ...words.map((word) => JSON.stringify(word).slice(1, -1))], { isBroad: true });
	const text = (from: string): string => from.replace(inProse, pseudonym);
	const code = (from: string): string => from.replace(longIds, pseudonym);

	function wordOf(value: string, key: string): string {
		if (Object.hasOwn(derived, value)) return derived[value];
		if (OTHER_KEYS.includes(key)) return value;
		if (CUSTOMER_KEYS.includes(key) && isTheirs(value)) return pseudonym;
		if (NAME_KEYS.includes(key)) return code(value);
		return key === CELL_KEY || /\s/.test(value) ? text(value) : value.replace(anywhere, pseudonym);
	}

	function valueOf(value: unknown, key: string, isAbout: boolean): unknown {
		if (typeof value === "string") return wordOf(value, key);
		if (typeof value !== "object" || value === null) return CUSTOMER_KEYS.includes(key) && isTheirs(value) ? pseudonym : value;
		if (Array.isArray(value))
			return unlessSame(
				value,
				value.map((item) => valueOf(item, key, isAbout)),
			);
		return objectOf(value as Record<string, unknown>, isAbout);
	}

	function objectOf(object: Record<string, unknown>, isAbout: boolean): unknown {
		const isTheirOwn = "customer_id" in object ? isTheirs(object.customer_id) : isAbout;
		const fields = Object.entries(object).map(([key, value]): [string, unknown] => {
			const isPersonal = isTheirOwn && Object.hasOwn(PERSONAL, key) && value !== null;
			return [
				key,
				isPersonal ? PERSONAL[key] : valueOf(value, key === CELL_KEY && isOfCustomers(object) ? "customer_id" : key, isTheirOwn),
			];
		});
		return fields.every(([key, value]) => value === object[key]) ? object : Object.fromEntries(fields);
	}

	return {
		pseudonym,
		isTheirs,
		mentions: (from) => from.search(inJson) >= 0,
		text,
		code,
		json: <T>(value: T): T => valueOf(value, "", false) as T,
	};
}

function unlessSame(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
	return after.every((item, at) => item === before[at]) ? before : after;
}

/** Does an object tell of a cell in a column of ids of customers? */
const isOfCustomers = ({ column }: Record<string, unknown>): boolean => typeof column === "string" && CUSTOMER_KEYS.includes(column);

/** What says of a number behind it that it is a customer's, where it could be any number. */
const BEFORE_NUMBER = String.raw`(?:customer|customer_id|cliente)[\s:=#"'(]*`;

/** Finds words, whatever their case, that are not a part of longer ones; short numbers wherever they stand only where it is to be broad. */
function patternOf(words: readonly string[], { isBroad = false } = {}): RegExp {
	if (words.length === 0) return /(?!)/gu;
	const longestFirst = [...words].sort((a, b) => b.length - a.length);
	const found = longestFirst.map((word) => {
		const bare = word.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
		// A short id may also be a part of a date, a time, a number or a name of several parts.
		if (!isBroad && word.length < LONG && /^\d+$/.test(word))
			return String.raw`(?<=(?<![\p{L}\p{N}])${BEFORE_NUMBER})${bare}(?![\p{L}\p{N}_/:-]|[.,]\p{N})`;
		return word.length >= LONG
			? String.raw`(?<![\p{L}\p{N}])${bare}(?![\p{L}\p{N}])`
			: String.raw`(?<![\p{L}\p{N}_./:-])${bare}(?![\p{L}\p{N}_/:-]|[.,]\p{N})`;
	});
	return new RegExp(found.join("|"), "giu");
}
