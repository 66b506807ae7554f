/**
 * The figures of the monitor as data: what a row of each is told apart by, what it adds up, and what it means in words. Document, schema,
 * drill-down and pages are all derived from it. Every figure counts customers, each at most once a row, so that it leads to them by name.
 */

export const SERVICE_STATES = ["on_time", "due", "disrupted", "never_contacted", "not_served"] as const;
export const POSITIVATION_STATES = ["positivated", "insufficient", "none"] as const;

/** What customers can be grouped by. `line`: under every supplier line bought in the last 90 days. */
export const GROUPINGS = ["rep", "team", "line", "segment", "city"] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** One text in the languages of the pages. */
export interface Told {
	readonly pt: string;
	readonly en: string;
}

interface FigureSpec {
	/** What tells its rows apart, in order. */
	readonly cells: readonly string[];
	/** What its rows add up beside the number of customers: cents, seconds, days and counts by the ending of the name. */
	readonly measures: readonly string[];
	readonly title: Told;
	/** What is counted, exactly. */
	readonly definition: Told;
}

export const FIGURES = {
	customers: {
		cells: ["phase", "class"],
		measures: ["revenue_cents", "margin_cents"],
		title: { pt: "Clientes por fase e classe", en: "Customers by phase and class" },
		definition: {
			pt: "Clientes em cada fase e classe no início de as_of, com vendas menos devoluções e margem da janela da curva ABC (policy.classes.window_days).",
			en: "Customers in each phase and class when as_of begins, with sales less returns and margin over the window of the ABC curve (policy.classes.window_days).",
		},
	},
	flows: {
		cells: ["month", "from", "to"],
		measures: ["revenue_cents"],
		title: { pt: "Passagens entre fases", en: "Flows between phases" },
		definition: {
			pt: "Clientes pela fase no fim do mês anterior e no fim do mês (no mês corrente: em as_of), cada uma só pelos pedidos anteriores: quem fechou conta como o seu silêncio mostra, pois o cadastro não diz quando. Valor: vendas da janela ABC até as_of.",
			en: "Customers by their phase at the end of the month before and at the end of the month (of the running month: at as_of), each by the orders before it alone: one that closed counts as its silence shows, since the table does not say when. Money: sales of the ABC window up to as_of.",
		},
	},
	coverage: {
		cells: ["service"],
		measures: ["revenue_cents", "late_days", "price_cents"],
		title: { pt: "Cobertura e interrupções do atendimento", en: "Coverage and service disruptions" },
		definition: {
			pt: "Dias desde o último contato que alcançou o cliente: on_time até o intervalo do plano de ação, due até o máximo, disrupted além dele. not_served: sem vendedor, bloqueado, fechado, com a cobrança ou que pediu para não ser contatado. late_days: dias além do máximo; price_cents: o preço deles na política.",
			en: "Days since the last contact that reached the customer: on_time up to the action plan's interval, due up to its maximum gap, disrupted beyond. not_served: no rep, blocked, closed, with the collections team, or asked not to be contacted. late_days: days beyond the maximum; price_cents: their price in the policy.",
		},
	},
	cadence_debt: {
		cells: ["date"],
		measures: ["service_seconds", "expected_breaches", "breaches_with_plan", "revenue_cents"],
		title: { pt: "Dívida de cadência", en: "Cadence debt" },
		definition: {
			pt: "Clientes cujo intervalo máximo se esgota nos próximos 10 dias se ninguém os alcançar, pela primeira data além dele. expected_breaches: quantos se espera perder com o atendimento usual; breaches_with_plan: quantos o plano deixa, e de vendedores para os quais não foi feito quantos se espera; service_seconds: o tempo de atendimento que os evita todos.",
			en: "Customers whose maximum gap ends within the next 10 days unless somebody reaches them, by the first date beyond it. expected_breaches: how many are expected under usual service; breaches_with_plan: how many the plan leaves, and of reps that it was not made for how many are expected; service_seconds: the service time that avoids them all.",
		},
	},
	positivation: {
		cells: ["month", "state"],
		measures: ["value_cents", "margin_cents", "products"],
		title: { pt: "Positivação e mix", en: "Positivation and mix" },
		definition: {
			pt: "Clientes que já compraram alguma vez, pelas vendas menos devoluções do mês (sem canceladas e cortadas): positivated alcança o valor e os produtos mínimos da política, insufficient comprou menos. products: produtos diferentes de cada cliente.",
			en: "Customers that ever bought, by the month's sales less returns (cancelled and cut lines left out): positivated reaches the policy's least value and products, insufficient bought less. products: different products of each customer.",
		},
	},
	breaks: {
		cells: ["cause"],
		measures: ["monthly_revenue_cents", "monthly_margin_cents"],
		title: { pt: "Quebras de positivação por causa", en: "Positivation breaks by cause" },
		definition: {
			pt: "Clientes que compravam com regularidade (três compras ou mais) e pararam: inactivating ou inactive só pelos pedidos, também os que fecharam, desde a data em que a compra seguinte era esperada, com a causa pela evidência mais próxima e a compra mensal que se perdeu.",
			en: "Customers that bought regularly (three purchases at least) and stopped: inactivating or inactive by their orders alone, those that closed too, since the date when the next order was expected, with the cause by the nearest evidence and the monthly purchase that is lost.",
		},
	},
	objections: {
		cells: ["objection"],
		measures: ["contacts", "revenue_cents"],
		title: { pt: "Objeções", en: "Objections" },
		definition: {
			pt: "Contatos dos últimos 90 dias que alcançaram o cliente e registraram a objeção; valor: vendas da janela ABC desses clientes.",
			en: "Contacts of the last 90 days that reached the customer and recorded the objection; money: sales of the ABC window of those customers.",
		},
	},
	collections: {
		cells: ["credit"],
		measures: ["overdue_cents", "contacted"],
		title: { pt: "Cobrança", en: "Collections" },
		definition: {
			pt: "Clientes com valor vencido a partir do mínimo da política, pelo degrau da escada de crédito. contacted: alcançados nos últimos 28 dias.",
			en: "Customers with an overdue amount of at least the policy's, by rung of the credit ladder. contacted: reached in the last 28 days.",
		},
	},
	revenue_at_risk: {
		cells: ["phase"],
		measures: ["revenue_cents", "margin_cents"],
		title: { pt: "Receita em risco", en: "Revenue at risk" },
		definition: {
			pt: "O que os clientes que estão parando comprariam em 12 meses no seu próprio ritmo: pedido esperado × 365 ÷ intervalo.",
			en: "What the customers that are slipping away would buy in 12 months at their own rhythm: expected order × 365 ÷ interval.",
		},
	},
	productivity: {
		cells: ["channel"],
		measures: ["contacts", "reached", "orders", "value_cents", "seconds"],
		title: { pt: "Produtividade", en: "Productivity" },
		definition: {
			pt: "Contatos feitos nos últimos 28 dias (sem cancelados), quantos alcançaram o cliente, quantos terminaram em pedido, o valor dos pedidos do mesmo dia e o tempo registrado.",
			en: "Contacts made in the last 28 days (cancelled ones left out), how many reached the customer, how many ended in an order, the value of the same day's orders, and the time recorded.",
		},
	},
} as const satisfies Readonly<Record<string, FigureSpec>>;

export type FigureId = keyof typeof FIGURES;
export const FIGURE_IDS = Object.keys(FIGURES) as readonly FigureId[];

interface RatioSpec {
	/** Figure whose customers stand behind it. */
	readonly figure: FigureId;
	readonly title: Told;
	readonly definition: Told;
}

/** Shares and rates of a group's rows; null where there is nothing to divide by. */
export const RATIOS = {
	coverage: {
		figure: "coverage",
		title: { pt: "Cobertura", en: "Coverage" },
		definition: {
			pt: "Clientes atendidos dentro do intervalo máximo ÷ clientes a atender.",
			en: "Customers within their maximum gap ÷ customers to be served.",
		},
	},
	positivation: {
		figure: "positivation",
		title: { pt: "Positivação do mês", en: "Positivation of the month" },
		definition: {
			pt: "Clientes positivados no mês corrente ÷ clientes que já compraram alguma vez.",
			en: "Customers positivated in the running month ÷ customers that ever bought.",
		},
	},
	mix: {
		figure: "positivation",
		title: { pt: "Mix", en: "Mix" },
		definition: {
			pt: "Produtos diferentes por cliente positivado no mês corrente.",
			en: "Different products a positivated customer, running month.",
		},
	},
	reach: {
		figure: "productivity",
		title: { pt: "Alcance", en: "Reach" },
		definition: { pt: "Contatos que alcançaram o cliente ÷ contatos feitos.", en: "Contacts that reached the customer ÷ contacts made." },
	},
	conversion: {
		figure: "productivity",
		title: { pt: "Conversão", en: "Conversion" },
		definition: {
			pt: "Contatos que terminaram em pedido ÷ contatos que alcançaram o cliente.",
			en: "Contacts that ended in an order ÷ contacts that reached the customer.",
		},
	},
	value_cents_an_hour: {
		figure: "productivity",
		title: { pt: "Valor por hora", en: "Value an hour" },
		definition: {
			pt: "Valor dos pedidos dos contatos ÷ horas de contato registradas.",
			en: "Value of the contacts' orders ÷ recorded hours of contact.",
		},
	},
} as const satisfies Readonly<Record<string, RatioSpec>>;

export type RatioId = keyof typeof RATIOS;
export const RATIO_IDS = Object.keys(RATIOS) as readonly RatioId[];
