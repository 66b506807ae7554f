/** The words of reasons and briefs by language; `{…}` are filled in. A language is added by adding its column. */
const MESSAGES = {
	appointment: { pt: "Compromisso marcado", en: "Promised appointment" },
	escalation: { pt: "Cliente em risco passado à liderança", en: "Customer at risk, called in by the rep's manager" },
	escalatedObjection: { pt: "Objeção “{objection}” levada à liderança", en: "Objection “{objection}” taken up by the rep's manager" },
	collect: { pt: "Cobrar {overdue} vencidos há {overdueDays} dias", en: "Collect {overdue}, {overdueDays} days overdue" },
	resolve: { pt: "Resolver a reclamação em aberto", en: "Resolve the open complaint" },
	prospect: { pt: "Cliente em potencial, ainda sem compra", en: "Prospect that has not bought yet" },
	rhythm: { pt: "compra a cada {interval} dias e não compra há {silence}", en: "buys every {interval} days, silent for {silence}" },
	firstOrders: { pt: "última compra há {silence} dias", en: "last order {silence} days ago" },
	risk: { pt: "risco de perda de {risk}", en: "{risk} risk of losing it" },
	ticket: { pt: "tíquete médio de {ticket}", en: "average ticket {ticket}" },
	overdue: { pt: "{overdue} vencidos há {overdueDays} dias", en: "{overdue} overdue for {overdueDays} days" },
	mix: { pt: "{count} produtos a oferecer, {value} esperados", en: "{count} products to offer, {value} expected" },
	campaign: { pt: "cabe na campanha vigente", en: "fits the current campaign" },
	goal: { pt: "conta para a meta do mês", en: "counts for this month's target" },
	cadence: { pt: "mantém o intervalo de contato do plano de ação", en: "keeps to the contact interval of its action plan" },
	neverContacted: { pt: "nenhum contato registrado", en: "no contact on record" },
	delivery: { pt: "entrega em {delivers}", en: "delivered on {delivers}" },
	orderBy: { pt: "entrega em {delivers} com pedido até {orderBy}", en: "delivered on {delivers} if ordered by {orderBy}" },
	offer: { pt: "Oferecer: {products}", en: "Offer: {products}" },
	orderUntil: { pt: "Pedido até {orderBy}", en: "Order by {orderBy}" },
	lastOrder: { pt: "Última compra: {date}", en: "Last order: {date}" },
	complaint: { pt: "Reclamação em aberto: {complaint}", en: "Open complaint: {complaint}" },
	lastObjection: { pt: "Última objeção: {objection}", en: "Last objection: {objection}" },
	worth: { pt: "Vale {value}", en: "Worth {value}" },
	stopped_not_served: { pt: "parou de comprar depois de ficar sem contato", en: "stopped buying after it was left without contact" },
	stopped_credit: { pt: "parou de comprar por causa do crédito", en: "stopped buying over credit" },
	stopped_stock_out: { pt: "parou de comprar depois de faltar estoque", en: "stopped buying after stock ran out" },
	stopped_delivery_failure: { pt: "parou de comprar depois de uma falha de entrega", en: "stopped buying after a failed delivery" },
	stopped_price_objection: { pt: "parou de comprar por causa do preço", en: "stopped buying over the price" },
	stopped_complaint: { pt: "parou de comprar depois de uma reclamação", en: "stopped buying after a complaint" },
	stopped_competitor: { pt: "parou de comprar por causa de um concorrente", en: "stopped buying because of a competitor" },
	stopped_closed: { pt: "parou de comprar e não atende mais", en: "stopped buying and answers no more" },
	stopped_unknown: { pt: "parou de comprar sem causa registrada", en: "stopped buying, without a cause on record" },
	recover_not_served: {
		pt: "Retomar o atendimento e combinar o próximo contato",
		en: "Take service up again and agree on the next contact",
	},
	recover_credit: {
		pt: "Acertar o crédito e a forma de pagamento antes de vender",
		en: "Settle credit and terms of payment before selling",
	},
	recover_stock_out: {
		pt: "Confirmar que o que faltou já está em estoque e repor",
		en: "Confirm that what was missing is in stock, and replenish",
	},
	recover_delivery_failure: {
		pt: "Explicar a falha de entrega e garantir a próxima",
		en: "Explain the failed delivery and make sure of the next",
	},
	recover_price_objection: { pt: "Rever preço e condições com o cliente", en: "Go through price and terms with the customer" },
	recover_complaint: { pt: "Responder à reclamação antes de vender", en: "Answer the complaint before selling" },
	recover_competitor: { pt: "Saber o que o concorrente oferece e responder", en: "Learn what the competitor offers, and answer it" },
	recover_closed: { pt: "Confirmar se o cliente continua aberto", en: "Find out whether the customer is still open" },
	recover_unknown: { pt: "Perguntar por que parou de comprar", en: "Ask why it stopped buying" },
	goalMissing: { pt: "ainda não positivado no mês", en: "not yet positivated this month" },
} as const;

export type MessageKey = keyof typeof MESSAGES;
export type Words = Readonly<Record<string, string | number>>;

/** Speaks one language: messages, money and dates. */
export interface Voice {
	readonly tongue: "pt" | "en";
	say(key: MessageKey, words?: Words): string;
	money(cents: number): string;
	percent(share: number): string;
	/** Weekday, day and month. */
	date(isoDate: string): string;
}

/** The voice of a policy's language; languages without messages of their own speak English. */
export function createVoice(language: string, currency: string): Voice {
	const tongue = language.toLowerCase().startsWith("pt") ? "pt" : "en";
	const money = new Intl.NumberFormat(language, { style: "currency", currency, maximumFractionDigits: 0 });
	const percent = new Intl.NumberFormat(language, { style: "percent" });
	const date = new Intl.DateTimeFormat(language, { weekday: "short", day: "2-digit", month: "2-digit", timeZone: "UTC" });
	return {
		tongue,
		say: (key, words = {}) => MESSAGES[key][tongue].replaceAll(/\{(\w+)\}/g, (_, word: string) => String(words[word])),
		money: (cents) => money.format(cents / 100).replaceAll(/\p{Zs}/gu, " "), // Intl writes no-break spaces; spreadsheets and consoles show them as junk
		percent: (share) => percent.format(share).replaceAll(/\p{Zs}/gu, " "),
		date: (isoDate) => date.format(new Date(`${isoDate}T00:00:00Z`)),
	};
}
