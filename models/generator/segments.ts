/** A kind of shop: how common, how large, when it can be visited, how long a visit takes, what it sells. */
export interface Segment {
	readonly name: string;
	readonly share: number;
	/** Purchases against the average customer. */
	readonly size: number;
	readonly hours: readonly string[];
	readonly minutes: readonly [number, number];
	/** Weight of each category in its baskets; categories that are not named weigh 0.3. */
	readonly tastes: Readonly<Record<string, number>>;
	/** Words that its shops' names begin with. */
	readonly titles: readonly string[];
}

export const SEGMENTS: readonly Segment[] = [
	{
		name: "bar",
		share: 0.18,
		size: 0.8,
		hours: ["Mo-Sa 10:00-22:00", "Tu-Sa 13:00-23:00", "Mo-Fr 09:30-12:00,15:00-22:00; Sa 10:00-23:00"],
		minutes: [15, 25],
		tastes: { cerveja: 6, refrigerante: 3, destilado: 3, agua: 2, salgadinho: 2, energetico: 2 },
		titles: ["Bar do", "Bar e Petiscaria", "Boteco"],
	},
	{
		name: "mercearia",
		share: 0.16,
		size: 0.7,
		hours: ["Mo-Sa 08:00-19:00", "Mo-Fr 08:00-12:00,13:30-19:00; Sa 08:00-13:00"],
		minutes: [15, 25],
		tastes: { massa: 3, molho: 2, cafe: 3, biscoito: 3, limpeza: 3, higiene: 2, refrigerante: 2, laticinio: 2 },
		titles: ["Mercearia", "Empório", "Armazém"],
	},
	{
		name: "mercado",
		share: 0.14,
		size: 1.6,
		hours: ["Mo-Sa 08:00-20:00; Su 08:00-13:00", "Mo-Fr 08:00-11:30,14:00-18:00"],
		minutes: [20, 35],
		tastes: { massa: 3, molho: 3, cafe: 2, biscoito: 3, limpeza: 3, higiene: 3, refrigerante: 3, cerveja: 3, laticinio: 3 },
		titles: ["Mercado", "Minimercado"],
	},
	{
		name: "supermercado",
		share: 0.05,
		size: 5,
		hours: ["Mo-Fr 07:00-11:00,14:00-17:00", "Mo,We,Fr 07:30-16:00; Tu,Th 07:30-12:00"],
		minutes: [30, 45],
		tastes: {
			massa: 3,
			molho: 3,
			cafe: 3,
			biscoito: 3,
			limpeza: 4,
			higiene: 4,
			refrigerante: 4,
			cerveja: 4,
			laticinio: 3,
			vinho: 2,
			chocolate: 2,
		},
		titles: ["Supermercado"],
	},
	{
		name: "padaria",
		share: 0.13,
		size: 1,
		hours: ["Mo-Sa 06:00-20:00", "Mo-Fr 09:30-16:00; Sa 07:00-12:00"],
		minutes: [15, 30],
		tastes: { laticinio: 5, cafe: 4, suco: 3, refrigerante: 3, biscoito: 2, chocolate: 2, agua: 2 },
		titles: ["Padaria", "Panificadora", "Confeitaria"],
	},
	{
		name: "restaurante",
		share: 0.13,
		size: 1.1,
		hours: ["Mo-Sa 08:30-11:00,14:30-17:30", "Mo-Fr 09:00-11:30,15:00-18:00"],
		minutes: [15, 30],
		tastes: { refrigerante: 4, cerveja: 3, agua: 3, molho: 4, massa: 3, suco: 3, limpeza: 2, vinho: 1.5 },
		titles: ["Restaurante", "Cantina", "Churrascaria"],
	},
	{
		name: "lanchonete",
		share: 0.11,
		size: 0.8,
		hours: ["Mo-Sa 09:00-21:00", "Mo-Fr 08:30-11:30,14:00-19:00"],
		minutes: [15, 25],
		tastes: { refrigerante: 5, suco: 3, agua: 2, salgadinho: 2, molho: 3, energetico: 2, laticinio: 2 },
		titles: ["Lanchonete", "Lanches"],
	},
	{
		name: "conveniencia",
		share: 0.05,
		size: 1.2,
		hours: ["24/7", "Mo-Su 07:00-23:00"],
		minutes: [15, 25],
		tastes: { energetico: 4, cerveja: 4, refrigerante: 3, chocolate: 3, salgadinho: 3, agua: 2, destilado: 1.5 },
		titles: ["Conveniência", "Loja Expressa"],
	},
	{
		name: "hotel",
		share: 0.02,
		size: 1.4,
		hours: ["Mo-Fr 09:00-17:00"],
		minutes: [20, 35],
		tastes: { cafe: 4, suco: 3, laticinio: 4, agua: 4, higiene: 4, limpeza: 4, vinho: 2 },
		titles: ["Hotel", "Pousada"],
	},
	{
		name: "adega",
		share: 0.03,
		size: 2.5,
		hours: ["Tu-Sa 10:00-20:00", "Mo-Sa 13:00-22:00"],
		minutes: [20, 35],
		tastes: { cerveja: 7, destilado: 4, vinho: 4, energetico: 3, agua: 2, refrigerante: 2, salgadinho: 1 },
		titles: ["Adega", "Distribuidora"],
	},
];
