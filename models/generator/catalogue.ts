import type { Random } from "../../engine/random.ts";
import { createRandom } from "../../engine/random.ts";
import type { Cents, Day } from "../../engine/units.ts";
import { between, chance, clip, cumulate, logNormal, pick, pickCumulative, wholeBetween } from "./draw.ts";
import { HISTORY_DAYS } from "./market-calendar.ts";
import { SEGMENTS } from "./segments.ts";
import { STREAMS } from "./streams.ts";

export interface Product {
	readonly id: string;
	readonly name: string;
	readonly category: string;
	readonly line: string;
	/** List price of a unit today. */
	readonly price: Cents;
	readonly marginRate: number;
	readonly weight: number;
	/** Units that a customer of average size takes at a time. */
	readonly usualQuantity: number;
	readonly popularity: number;
	readonly stock: number;
	readonly active: boolean;
	/** First and last day it is sold. */
	readonly soldFrom: Day;
	readonly soldTo: Day;
}

/** Products, who likes which, and which go together. */
export interface Catalogue {
	readonly products: readonly Product[];
	/** By segment: running sums of the products' weights. */
	readonly tastes: readonly (readonly number[])[];
	/** By segment: groups of products that are bought together, as positions in `products`. */
	readonly clusters: readonly (readonly (readonly number[])[])[];
}

interface Category {
	readonly name: string;
	readonly title: string;
	readonly lines: readonly string[];
	readonly price: readonly [Cents, Cents];
	readonly margin: readonly [number, number];
	readonly weight: readonly [number, number];
	readonly quantity: readonly [number, number];
	readonly variants: readonly string[];
}

const category = (
	name: string,
	title: string,
	lines: string,
	price: readonly [Cents, Cents],
	margin: readonly [number, number],
	weight: readonly [number, number],
	quantity: readonly [number, number],
	variants: string,
): Category => ({ name, title, lines: lines.split(","), price, margin, weight, quantity, variants: variants.split(",") });

const CATEGORIES: readonly Category[] = [
	category(
		"refrigerante",
		"Refrigerante",
		"Serra Fria,Mata Azul",
		[2400, 5200],
		[0.12, 0.2],
		[6, 13],
		[2, 8],
		"Cola,Guaraná,Laranja,Limão,Uva,Zero",
	),
	category(
		"cerveja",
		"Cerveja",
		"Serra Fria,Porto Sol",
		[2800, 7800],
		[0.1, 0.18],
		[5, 12],
		[2, 10],
		"Pilsen,Lager,Puro Malte,Escura,Sem Álcool",
	),
	category("agua", "Água", "Mata Azul", [900, 2400], [0.18, 0.3], [6, 12], [2, 8], "Sem Gás,Com Gás,de Coco"),
	category("suco", "Suco", "Mata Azul,Vale Verde", [1800, 4600], [0.16, 0.28], [4, 9], [1, 5], "Uva,Laranja,Pêssego,Maracujá,Caju"),
	category("energetico", "Energético", "Porto Sol", [3800, 9200], [0.2, 0.32], [3, 7], [1, 4], "Original,Tropical,Zero,Melancia"),
	category("destilado", "Destilado", "Porto Sol", [1400, 9800], [0.18, 0.3], [1, 7], [1, 4], "Cachaça,Vodca,Gim,Conhaque"),
	category("vinho", "Vinho", "Porto Sol,Dona Alba", [1900, 6400], [0.2, 0.35], [1, 8], [1, 4], "Tinto Seco,Tinto Suave,Branco,Rosé"),
	category(
		"biscoito",
		"Biscoito",
		"Bom Grão,Doce Lar",
		[1600, 4200],
		[0.16, 0.28],
		[2, 6],
		[1, 5],
		"Água e Sal,Recheado,Maisena,Polvilho,Wafer",
	),
	category("chocolate", "Chocolate", "Doce Lar", [2600, 8800], [0.2, 0.32], [1, 3], [1, 3], "ao Leite,Amargo,Branco,Bombom"),
	category(
		"salgadinho",
		"Salgadinho",
		"Doce Lar,Bom Grão",
		[1500, 3800],
		[0.22, 0.34],
		[1, 3],
		[1, 5],
		"de Milho,de Batata,Amendoim,Torresmo",
	),
	category("massa", "Massa", "Bom Grão", [1700, 4400], [0.12, 0.22], [4, 10], [1, 5], "Espaguete,Penne,Parafuso,Lasanha"),
	category(
		"molho",
		"Molho",
		"Vale Verde,Bom Grão",
		[1500, 4800],
		[0.16, 0.28],
		[3, 8],
		[1, 4],
		"de Tomate,Maionese,Mostarda,de Pimenta,Shoyu",
	),
	category("cafe", "Café", "Dona Alba", [2900, 9600], [0.12, 0.22], [2, 6], [1, 4], "Tradicional,Extraforte,Solúvel,em Grão"),
	category(
		"laticinio",
		"Laticínio",
		"Vale Verde",
		[1900, 6800],
		[0.1, 0.2],
		[3, 12],
		[1, 6],
		"Leite Integral,Creme de Leite,Condensado,Manteiga,Queijo",
	),
	category("higiene", "Higiene", "Casa Nova", [1400, 5200], [0.18, 0.3], [1, 6], [1, 4], "Sabonete,Papel,Creme Dental,Xampu"),
	category(
		"limpeza",
		"Limpeza",
		"Casa Nova",
		[1300, 4800],
		[0.16, 0.28],
		[3, 12],
		[1, 5],
		"Detergente,Sabão,Água Sanitária,Desinfetante,Amaciante",
	),
];

/** Supplier lines of the catalogue. */
export const LINES: readonly string[] = [...new Set(CATEGORIES.flatMap(({ lines }) => lines))];
const PACKS = ["6×", "12×", "24×", "cx", "fd", "un"];

/** 200 to 800 products, growing with the number of customers. */
export function buildCatalogue(seed: number, numCustomers: number, asOf: Day): Catalogue {
	const random = createRandom(seed, STREAMS.catalogue);
	const numProducts = Math.round(clip(200 + 60 * Math.log2(Math.max(1, numCustomers / 100)), 200, 800));
	const products = Array.from({ length: numProducts }, (_, i) => drawProduct(random, i, asOf));
	const tastes = SEGMENTS.map((segment) =>
		cumulate(products.map((product) => product.popularity * (segment.tastes[product.category] ?? 0.3))),
	);
	const clusters = tastes.map((cumulative) => Array.from({ length: 10 }, () => drawCluster(random, cumulative)));
	return { products, tastes, clusters };
}

function drawProduct(random: Random, index: number, asOf: Day): Product {
	const category = CATEGORIES[index % CATEGORIES.length];
	const line = pick(random, category.lines);
	const fresh = chance(random, 0.08); // launched inside the history
	const retired = !fresh && chance(random, 0.05);
	const variant = category.variants[Math.floor(index / CATEGORIES.length) % category.variants.length];
	return {
		id: String(index + 1).padStart(5, "0"),
		name: `${category.title} ${variant} ${line} ${pick(random, PACKS)} ${wholeBetween(random, 1, 20) * 50}`,
		category: category.name,
		line,
		price: Math.round(between(random, ...category.price) / 10) * 10,
		marginRate: Math.round(between(random, ...category.margin) * 1000) / 1000,
		weight: Math.round(between(random, ...category.weight) * 100) / 100,
		usualQuantity: between(random, ...category.quantity),
		popularity: 1 / (1 + Math.floor(index / CATEGORIES.length)) ** 0.7 / logNormal(random, 0.4),
		stock: chance(random, 0.03) ? 0 : Math.round(2000 * logNormal(random, 1)),
		active: !retired,
		soldFrom: fresh ? asOf - wholeBetween(random, 20, 500) : asOf - HISTORY_DAYS,
		soldTo: retired ? asOf - wholeBetween(random, 30, 500) : asOf + 36_500,
	};
}

function drawCluster(random: Random, cumulative: readonly number[]): number[] {
	const cluster = new Set<number>();
	const size = wholeBetween(random, 4, 8);
	while (cluster.size < size) cluster.add(pickCumulative(random, cumulative));
	return [...cluster];
}

/** Price tables and how they compare with the list price. */
export const PRICE_TABLES = [
	{ id: "T1", factor: 1, minOrder: 8000 },
	{ id: "T2", factor: 0.97, minOrder: 10_000 },
	{ id: "T3", factor: 0.94, minOrder: 20_000 },
	{ id: "T4", factor: 1.04, minOrder: 5000 },
] as const;

/** Prices rose once, this many days before asOf, by this factor. */
export const PRICE_RISE = { daysAgo: 120, factor: 1.05 } as const;

/** Net price of a unit in a price table on a day. */
export function priceOn(product: Product, table: number, day: Day, asOf: Day): Cents {
	const rise = day < asOf - PRICE_RISE.daysAgo ? PRICE_RISE.factor : 1;
	return Math.round((product.price * PRICE_TABLES[table].factor) / rise);
}
