import { type Command, Option } from "commander";
import { ALIASES, type Alias, CarteiraError, hasChampion, type Portfolio, readPortfolio } from "../../engine/index.ts";
import {
	formatRegistry,
	formatVerdict,
	judgePromotion,
	listRegistry,
	moveAlias,
	formerChampion,
	registerModel,
	type Verdict,
} from "../../models/index.ts";
import { given, jsonOption, seedOption, validateFolder, validateOutFolder } from "./options.ts";
import { tell } from "./progress.ts";

interface PromoteFlags {
	readonly registry: string;
	readonly to: Alias;
	readonly on?: string;
	readonly seed?: number;
	readonly rollback?: true;
	readonly json?: true;
}

/** The portfolio that a champion is chosen on. */
async function readJudge(on: string | undefined): Promise<Portfolio> {
	if (on === undefined) throw new CarteiraError("USAGE", "--on: a champion is chosen on a portfolio folder; expected its path");
	validateFolder(on);
	return readPortfolio(on, { requireTables: ["orders"] });
}

/** The figures on which a version may become champion; throws where they forbid it. */
async function judge(portfolio: Portfolio, version: number, { registry, seed }: PromoteFlags): Promise<Verdict> {
	const champion = hasChampion(registry) ? `${registry}@champion` : undefined;
	const verdict = await judgePromotion(portfolio, { challenger: `${registry}@${version}`, ...given({ champion, seed }) });
	tell(formatVerdict(verdict));
	const { refusals, challenger } = verdict;
	if (refusals.length > 0) throw new CarteiraError("CONFLICT", `${challenger} does not become champion: ${refusals.join("; ")}`);
	return verdict;
}

async function promote(model: string, flags: PromoteFlags): Promise<void> {
	const portfolio = flags.to === "champion" ? await readJudge(flags.on) : undefined;
	const version = await registerModel(flags.registry, model);
	const verdict = portfolio && (await judge(portfolio, version, flags));
	moveAlias(flags.registry, flags.to, version, verdict);
}

async function run(model: string | undefined, flags: PromoteFlags): Promise<void> {
	const { registry, rollback, json } = flags;
	validateOutFolder(registry, "--registry");
	if (rollback && model !== undefined)
		throw new CarteiraError("USAGE", "--rollback goes back to the former champion; expected no model beside it");
	if (rollback) moveAlias(registry, "champion", formerChampion(registry));
	else if (model !== undefined) await promote(model, flags);
	const list = await listRegistry(registry);
	process.stdout.write(json ? `${JSON.stringify(list)}\n` : `${formatRegistry(list)}\n`);
}

/** `carteira promote`: the registry of models, and who is champion in it. */
export function addPromoteCommand(program: Command): void {
	program
		.command("promote")
		.description(
			"give a model a role in a registry, or list it; a champion must beat the present one on the latest 90 days, which it may not have seen",
		)
		.argument("[model]", "a model folder, or a version of the registry; without one, the registry is listed")
		.requiredOption("--registry <folder>", "the registry; made when it is not there")
		.addOption(new Option("--to <role>", "the role").choices(ALIASES).default("champion"))
		.option("--on <folder>", "portfolio folder to judge a champion on: its latest 90 days")
		.addOption(seedOption())
		.option("--rollback", "give the role of champion back to who had it before")
		.addOption(jsonOption())
		.action(run);
}
