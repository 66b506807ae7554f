import type { Voice, Words } from "../agenda/messages.ts";

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
} as const;

export type DecisionKey = keyof typeof DECISIONS;

/** A decision in the voice's language. */
export function sayDecision(voice: Voice, key: DecisionKey, words: Words = {}): string {
	return DECISIONS[key][voice.tongue].replaceAll(/\{(\w+)\}/g, (_, word: string) => String(words[word]));
}
