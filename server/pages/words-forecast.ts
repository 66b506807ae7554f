/** What the forecast's page says. */
export const FORECAST_WORDS = {
	title: { pt: "Previsão", en: "Forecast" },
	lead: {
		pt: "A partir de {date}, só com o que se sabia antes. Intervalos de {level}. {plan}",
		en: "From {date}, from what was known before alone. Intervals of {level}. {plan}",
	},
	noPlan: { pt: "Sem plano: o atendimento segue como é.", en: "Without a plan: service goes on as it is." },
	withPlan: {
		pt: "Com o plano de {from} a {to}: {contacts} contatos em vez dos {usual} usuais.",
		en: "With the plan from {from} to {to}: {contacts} contacts instead of the usual {usual}.",
	},
	total: { pt: "Empresa toda", en: "The whole company" },
	trust: { pt: "Quanto confiar", en: "How far to trust it" },
	model: { pt: "Modelo", en: "Model" },
	season: { pt: "Sazonalidade", en: "Season" },
	seasons: {
		none: { pt: "nenhuma: {days} dias de histórico não chegam a um ano", en: "none: {days} days of history do not make a year" },
		last_year: { pt: "o ano anterior ({days} dias de histórico)", en: "the year before ({days} days of history)" },
		two_years: { pt: "dois anos anteriores ({days} dias de histórico)", en: "two years before ({days} days of history)" },
	},
	plan: { pt: "Plano", en: "Plan" },
	revenueIn: { pt: "Receita em {days} dias", en: "Revenue in {days} days" },
	positivationIn: { pt: "Positivados em {days} dias", en: "Positivated in {days} days" },
	metrics: {
		revenue: { pt: "Receita", en: "Revenue" },
		margin: { pt: "Margem", en: "Margin" },
		positivation: { pt: "Clientes positivados", en: "Positivated customers" },
	},
	rangeCaption: {
		pt: "{metric} dos próximos 30, 60 e 90 dias: ponto é a previsão, barra é o intervalo de {level}; ao lado, o que houve antes.",
		en: "{metric} of the next 30, 60 and 90 days: the point is the forecast, the bar its interval of {level}; beside it, what came before.",
	},
	days: { pt: "{days} dias", en: "{days} days" },
	horizon: { pt: "Horizonte", en: "Horizon" },
	with: { pt: "Com o plano", en: "With the plan" },
	without: { pt: "Sem o plano", en: "Without the plan" },
	lastWindow: { pt: "Período anterior", en: "Window before" },
	lastYear: { pt: "Ano anterior", en: "Year before" },
	by: {
		total: { pt: "Total", en: "Total" },
		rep: { pt: "Vendedor", en: "Rep" },
		line: { pt: "Linha", en: "Line" },
		segment: { pt: "Segmento", en: "Segment" },
	},
	byCaption: {
		pt: "{by}: previsão e intervalo. Os intervalos das partes não se somam: o que afeta uma costuma afetar as outras.",
		en: "{by}: forecast and interval. Intervals of parts do not add up: what moves one tends to move the others.",
	},
	customers: { pt: "Clientes", en: "Customers" },
	none: { pt: "sem", en: "none" },
	coverage: { pt: "Os intervalos seguram?", en: "Do the intervals hold?" },
	coverageCaption: {
		pt: "Quantos intervalos de {level} feitos em {origins} datas passadas contiveram o que veio",
		en: "How many intervals of {level} made on {origins} past days held what came",
	},
	accuracy: { pt: "Melhor do que repetir o passado?", en: "Better than repeating the past?" },
	accuracyCaption: {
		pt: "Erro percentual médio do total em {origins} datas passadas; menor é melhor",
		en: "Mean percentage error of the total on {origins} past days; lower is better",
	},
	noOrigins: {
		pt: "O histórico é curto demais para medir a previsão no próprio passado.",
		en: "The history is too short to measure the forecast on its own past.",
	},
	metric: { pt: "Medida", en: "Figure" },
	grouping: { pt: "Por", en: "By" },
	inside: { pt: "Dentro", en: "Inside" },
	intervals: { pt: "Intervalos", en: "Intervals" },
	forecast: { pt: "Previsão", en: "Forecast" },
	forecastThere: { pt: "Previsão onde há ano anterior", en: "Forecast where the year before is known" },
	notes: {
		SHORT_SEASON: {
			pt: "Menos de dois anos de histórico: a sazonalidade vem de um só ano.",
			en: "Less than two years of history: the season is from one year alone.",
		},
		NO_SEASON: {
			pt: "Menos de um ano de histórico: não há sazonalidade na previsão.",
			en: "Less than a year of history: no season is in the forecast.",
		},
		FEW_ORIGINS: {
			pt: "Poucas datas passadas para medir os intervalos: eles são incertos.",
			en: "Few past days to measure the intervals on: they are uncertain themselves.",
		},
		STALE_ORDERS: {
			pt: "Faltam pedidos dos últimos dias: a previsão os conta como dias sem venda e fica baixa demais.",
			en: "Orders of the last days are missing: the forecast takes them for days without sales and is too low.",
		},
		NO_MARGIN: {
			pt: "Nem pedidos nem produtos informam a margem: vale a taxa padrão da política.",
			en: "Neither orders nor products state margins: the policy's default rate holds.",
		},
		PLAN_EFFECTS_ASSUMED: {
			pt: "O efeito dos contatos é o que a política supõe; ainda não foi medido.",
			en: "What contacts bring is the policy's assumption; it is not measured yet.",
		},
		NO_BETTER_THAN_NAIVE: {
			pt: "No passado a previsão não foi melhor do que repetir o período anterior ou o ano anterior.",
			en: "On the past the forecast was no better than repeating the window before or the year before.",
		},
	},
} as const;
