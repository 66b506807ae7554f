import type { Told } from "../../engine/index.ts";

/** Languages in which pages speak. */
export const LANGUAGES = ["pt-BR", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** How a page says things in one language. Numbers, money and dates are written by Intl; nulls are dashes. */
export interface Speech {
	readonly language: Language;
	readonly tell: (told: Told, words?: Readonly<Record<string, string | number>>) => string;
	/** Rounded to whole units from 100 units on. */
	readonly money: (cents: number | null) => string;
	/** In few signs: R$ 1,2 mi. */
	readonly briefMoney: (cents: number | null) => string;
	readonly count: (value: number | null) => string;
	readonly decimal: (value: number | null) => string;
	readonly share: (value: number | null) => string;
	readonly hours: (seconds: number | null) => string;
	/** From an ISO date. */
	readonly date: (isoDate: string) => string;
	readonly shortDate: (isoDate: string) => string;
	/** From `YYYY-MM`. */
	readonly month: (period: string) => string;
	readonly shortMonth: (period: string) => string;
}

const DASH = "–";

/** The language asked for, else the first of an Accept-Language that pages speak, else the policy's. */
export function chooseLanguage(asked: string | undefined, accepted: string | undefined, policy: string): Language {
	const wanted = [...(asked ? [asked] : []), ...(accepted ?? "").split(",").map((part) => part.split(";")[0].trim()), policy];
	for (const tag of wanted) {
		const primary = tag.toLowerCase().split("-")[0];
		if (primary === "pt") return "pt-BR";
		if (primary === "en") return "en";
	}
	return "en";
}

/** The voice of a page. `currency`: ISO 4217 code of all its money. */
export function createSpeech(language: Language, currency: string): Speech {
	const number = (options: Intl.NumberFormatOptions) => {
		const format = new Intl.NumberFormat(language, { signDisplay: "negative", ...options }); // what rounds to nought has no sign
		return (value: number | null): string => (value === null || !Number.isFinite(value) ? DASH : format.format(value));
	};
	const date = (options: Intl.DateTimeFormatOptions) => {
		const format = new Intl.DateTimeFormat(language, { timeZone: "UTC", ...options });
		return (iso: string): string => format.format(new Date(`${iso}T00:00:00Z`));
	};
	const whole = number({ style: "currency", currency, maximumFractionDigits: 0 });
	const exact = number({ style: "currency", currency });
	const decimal = number({ maximumFractionDigits: 1 });
	const brief = number({ style: "currency", currency, notation: "compact", maximumSignificantDigits: 3 });
	const month = date({ month: "long", year: "numeric" });
	const shortMonth = date({ month: "short" });
	const tongue = language === "pt-BR" ? "pt" : "en";
	return {
		language,
		tell: (told, words = {}) => told[tongue].replaceAll(/\{(\w+)\}/g, (_, word: string) => String(words[word])),
		money: (cents) => (cents === null ? DASH : Math.abs(cents) < 10_000 && cents !== 0 ? exact(cents / 100) : whole(cents / 100)),
		briefMoney: (cents) => (cents === null ? DASH : brief(cents / 100)),
		count: number({ maximumFractionDigits: 0 }),
		decimal,
		share: number({ style: "percent", maximumFractionDigits: 1 }),
		hours: (seconds) => (seconds === null ? DASH : `${decimal(seconds / 3600)} h`),
		date: date({ dateStyle: "medium" }),
		shortDate: date({ day: "2-digit", month: "2-digit" }),
		month: (period) => month(`${period}-01`),
		shortMonth: (period) => shortMonth(`${period}-01`),
	};
}
