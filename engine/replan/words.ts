import type { Voice, Words } from "../agenda/messages.ts";
import type { UnplannedCode } from "../policy/case.ts";

/** The words of decisions by language; `{…}` are filled in. */
const DECISIONS = {
	cancelled: { pt: "O cliente cancelou", en: "The customer cancelled" },
	refused: { pt: "Recusado pelo representante", en: "Refused by the rep" },
	swapped: { pt: "Trocado pelo representante", en: "Swapped by the rep" },
	urgent: { pt: "Pedido urgente", en: "Asked for as urgent" },
	absent: { pt: "O representante está ausente", en: "The rep is absent" },
	delayed: { pt: "O dia atrasou", en: "The day runs late" },
	road: { pt: "O trânsito está mais lento que o previsto", en: "The road is slower than planned" },
	notReached: { pt: "O cliente não foi encontrado", en: "The customer was not reached" },
	done: { pt: "Feito em outro horário", en: "Done at another time" },
	rules: { pt: "As regras já não o permitem nesse dia", en: "The rules no longer allow it on the day" },
	roomFor: { pt: "Há tempo livre; vale {worth}", en: "There is time for it; worth {worth}" },
	fitsBetter: { pt: "Encaixa melhor; vale {worth}", en: "Fits better; worth {worth}" },
	gaveWay: { pt: "Cedeu lugar a contatos de maior valor; valia {worth}", en: "Gave way to contacts worth more; it was worth {worth}" },
	nowOn: { pt: "agora em {date} às {time}", en: "now on {date} at {time}" },
	noPlace: { pt: "Nenhum dia, horário ou canal cabe nas regras", en: "No day, time or channel within the rules is left" },
} as const;

/** Why a customer was left out, in words. */
const LEFT_OUT: Readonly<Record<UnplannedCode, { readonly pt: string; readonly en: string }>> = {
	NOT_DUE: { pt: "ainda não está na hora do contato", en: "it is not due yet" },
	MIN_GAP: { pt: "o intervalo mínimo entre contatos ainda corre", en: "the minimum gap between contacts is still running" },
	CREDIT_BLOCKED: { pt: "o crédito não permite vender", en: "its credit does not allow a sale" },
	DELIVERY_DAY: { pt: "nenhuma entrega alcança o pedido", en: "no delivery would reach the order" },
	NO_WINDOW: { pt: "nenhum horário de atendimento comporta o contato", en: "none of its hours holds the contact" },
	NO_CHANNEL: { pt: "nenhum canal é permitido e possível", en: "no channel is allowed and possible" },
	UNREACHABLE: { pt: "a ida e a volta não cabem no dia", en: "no day holds the way there and back" },
	SHIFT_FULL: { pt: "a jornada está cheia", en: "the shift is full" },
	TRAVEL_LIMIT: { pt: "o limite de deslocamento do dia foi atingido", en: "the day's limit of travel is reached" },
	CONTACT_LIMIT: { pt: "o limite de contatos do dia foi atingido", en: "the day's limit of contacts is reached" },
	ABSENCE: { pt: "o representante não trabalha nesses dias", en: "the rep does not work on these days" },
	LOWER_VALUE: { pt: "outros contatos valem mais", en: "other contacts are worth more" },
	NEGATIVE_VALUE: { pt: "o contato custa mais do que vale", en: "the contact costs more than it is worth" },
	BLOCKED: { pt: "o cliente está bloqueado, fechado ou não quer contato", en: "the customer is blocked, closed or not to be contacted" },
	NO_REP: { pt: "nenhum representante atende o cliente", en: "no rep serves the customer" },
	HELD_OUT: { pt: "está no grupo de controle de um experimento", en: "it is held out by an experiment" },
};

export type DecisionKey = keyof typeof DECISIONS;

/** A decision in the voice's language. */
export function sayDecision(voice: Voice, key: DecisionKey, words: Words = {}): string {
	return DECISIONS[key][voice.tongue].replaceAll(/\{(\w+)\}/g, (_, word: string) => String(words[word]));
}

/** Why a customer was left out, each code once with its words in the voice's language; codes without words stand alone. */
export function sayLeftOut({ tongue }: Voice, codes: readonly string[]): string {
	const wordsOf = (code: string): string => (Object.hasOwn(LEFT_OUT, code) ? `${code}: ${LEFT_OUT[code as UnplannedCode][tongue]}` : code);
	return [...new Set(codes)].map(wordsOf).join("; ");
}
