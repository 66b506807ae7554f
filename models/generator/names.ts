import type { Random } from "../../engine/random.ts";
import { pick } from "./draw.ts";

const FIRST =
	"Ana Bruno Carla Davi Elisa Fábio Gisele Heitor Ivone João Karina Luís Marta Nelson Olga Paulo Quitéria Rafael Sônia Tiago Úrsula Vitor Wagner Yara Zilda".split(
		" ",
	);
const LAST =
	"Almeida Barros Campos Duarte Esteves Farias Guimarães Hortêncio Ibarra Junqueira Lacerda Macedo Nogueira Oliveira Pacheco Queiroz Rezende Siqueira Tavares Uchoa Vieira Xavier Zanetti".split(
		" ",
	);
const SAINT = "Aurélia Benedita Cecília Doroteia Eulália Filomena Gertrudes Helena Irene Justina Leopoldina Marcela".split(" ");
const PLACE = "Águas Campos Lagoa Morros Palmeiras Pedras Ribeirão Serra Vale Várzea Vila Porto".split(" ");
const OF = ["do Sul", "do Norte", "da Mata", "do Pinhal", "da Colina", "das Flores", "do Planalto", "dos Ipês", "da Barra", "do Cedro"];

/** A person's name. */
export function personName(random: Random): string {
	return `${pick(random, FIRST)} ${pick(random, LAST)}`;
}

/** A made-up town. */
export function townName(random: Random): string {
	return random.next() < 0.4 ? `Santa ${pick(random, SAINT)} ${pick(random, OF)}` : `${pick(random, PLACE)} ${pick(random, OF)}`;
}

/** A shop's name after its kind. */
export function shopName(random: Random, title: string): string {
	return `${title} ${random.next() < 0.5 ? pick(random, FIRST) : pick(random, LAST)}${random.next() < 0.3 ? ` & ${pick(random, LAST)}` : ""}`;
}
