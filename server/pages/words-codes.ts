import type { Told } from "../../engine/index.ts";
import type { Speech } from "./speech.ts";

/** The words of the codes that figures tell apart, by kind of cell. */
const CODES: Readonly<Record<string, Readonly<Record<string, Told>>>> = {
	phase: {
		prospect: { pt: "Em potencial", en: "Prospect" },
		new: { pt: "Novo", en: "New" },
		active: { pt: "Ativo", en: "Active" },
		pre_inactive: { pt: "Pré-inativo", en: "Pre-inactive" },
		inactivating: { pt: "Inativando", en: "Inactivating" },
		inactive: { pt: "Inativo", en: "Inactive" },
		ex_customer: { pt: "Ex-cliente", en: "Ex-customer" },
	},
	service: {
		on_time: { pt: "Em dia", en: "On time" },
		due: { pt: "A contatar", en: "Due" },
		disrupted: { pt: "Interrompido", en: "Disrupted" },
		never_contacted: { pt: "Nunca contatado", en: "Never contacted" },
		not_served: { pt: "Fora do atendimento", en: "Not served" },
	},
	state: {
		positivated: { pt: "Positivado", en: "Positivated" },
		insufficient: { pt: "Abaixo do mínimo", en: "Below the minimum" },
		none: { pt: "Sem compra", en: "No purchase" },
	},
	cause: {
		not_served: { pt: "Não atendido", en: "Not served" },
		credit: { pt: "Crédito", en: "Credit" },
		stock_out: { pt: "Falta de estoque", en: "Out of stock" },
		delivery_failure: { pt: "Falha de entrega", en: "Delivery failure" },
		price_objection: { pt: "Preço", en: "Price" },
		complaint: { pt: "Reclamação", en: "Complaint" },
		competitor: { pt: "Concorrente", en: "Competitor" },
		closed: { pt: "Fechou", en: "Closed" },
		unknown: { pt: "Sem evidência", en: "No evidence" },
	},
	credit: {
		sell: { pt: "Vender", en: "Sell" },
		sell_with_notice: { pt: "Vender com aviso", en: "Sell with notice" },
		collect_and_sell_cash: { pt: "Cobrar e vender à vista", en: "Collect, sell for cash" },
		collect_only: { pt: "Só cobrar", en: "Collect only" },
		collections_team: { pt: "Com a cobrança", en: "Collections team" },
	},
	channel: {
		visit: { pt: "Visita", en: "Visit" },
		phone: { pt: "Telefone", en: "Phone" },
		message: { pt: "Mensagem", en: "Message" },
		email: { pt: "E-mail", en: "E-mail" },
	},
	metric: {
		revenue: { pt: "Receita", en: "Revenue" },
		margin: { pt: "Margem", en: "Margin" },
		positivation: { pt: "Positivação", en: "Positivation" },
		mix: { pt: "Mix", en: "Mix" },
		new: { pt: "Clientes novos", en: "New customers" },
		recovered: { pt: "Recuperados", en: "Recovered" },
		orders: { pt: "Pedidos", en: "Orders" },
	},
	measure: {
		customers: { pt: "Clientes", en: "Customers" },
		revenue_cents: { pt: "Vendas", en: "Sales" },
		margin_cents: { pt: "Margem", en: "Margin" },
		late_days: { pt: "Dias de atraso", en: "Days late" },
		price_cents: { pt: "Preço do atraso", en: "Price of the delay" },
		service_seconds: { pt: "Tempo de atendimento", en: "Service time" },
		expected_breaches: { pt: "Interrupções esperadas", en: "Breaches expected" },
		breaches_with_plan: { pt: "Interrupções com o plano", en: "Breaches with the plan" },
		value_cents: { pt: "Valor", en: "Value" },
		products: { pt: "Produtos", en: "Products" },
		monthly_revenue_cents: { pt: "Compra mensal perdida", en: "Monthly purchase lost" },
		monthly_margin_cents: { pt: "Margem mensal perdida", en: "Monthly margin lost" },
		contacts: { pt: "Contatos", en: "Contacts" },
		overdue_cents: { pt: "Vencido", en: "Overdue" },
		contacted: { pt: "Contatados", en: "Contacted" },
		reached: { pt: "Alcançados", en: "Reached" },
		orders: { pt: "Pedidos", en: "Orders" },
		seconds: { pt: "Tempo registrado", en: "Recorded time" },
	},
	cell: {
		phase: { pt: "Fase", en: "Phase" },
		class: { pt: "Classe", en: "Class" },
		month: { pt: "Mês", en: "Month" },
		from: { pt: "De", en: "From" },
		to: { pt: "Para", en: "To" },
		service: { pt: "Atendimento", en: "Service" },
		date: { pt: "Data", en: "Date" },
		state: { pt: "Situação", en: "State" },
		cause: { pt: "Causa", en: "Cause" },
		objection: { pt: "Objeção", en: "Objection" },
		credit: { pt: "Crédito", en: "Credit" },
		channel: { pt: "Canal", en: "Channel" },
		rep: { pt: "Vendedor", en: "Rep" },
		team: { pt: "Equipe", en: "Team" },
		line: { pt: "Linha", en: "Line" },
		segment: { pt: "Segmento", en: "Segment" },
		city: { pt: "Cidade", en: "City" },
	},
};

/** Cells whose codes are those of another kind. */
const ALIASES: Readonly<Record<string, string>> = { from: "phase", to: "phase" };

/** A code in words; dates and months as dates; names of the company's own as they are. */
export function tellCode(speech: Speech, kind: string, code: string): string {
	if (kind === "month" && /^\d{4}-\d{2}$/.test(code)) return speech.month(code);
	if (kind === "date" && /^\d{4}-\d{2}-\d{2}$/.test(code)) return speech.shortDate(code);
	const codes = CODES[ALIASES[kind] ?? kind] ?? {};
	return Object.hasOwn(codes, code) ? speech.tell(codes[code]) : code; // anybody's words may be "constructor"
}

/** A measure as its name's ending says: cents, seconds, else a count. `isBrief`: money in few signs. */
export function tellMeasure(speech: Speech, id: string, value: number | null, isBrief = false): string {
	if (id.endsWith("_cents")) return isBrief ? speech.briefMoney(value) : speech.money(value);
	return id.endsWith("seconds") ? speech.hours(value) : speech.count(value);
}
