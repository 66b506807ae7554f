import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import Table from "cli-table3";
import { CarteiraError } from "../../engine/index.ts";
import { type KeyRecord, type Keys, SCOPES, type Scope, validateTenant } from "../store/keys.ts";
import { DEFAULT_TENANT } from "../store/data-folder.ts";
import { dataOption, databaseOption, jsonOption, validateOutFolder, wholeArgument } from "./options.ts";
import { openKeys } from "./open-keys.ts";
import { tell } from "./progress.ts";

interface KeyFlags {
	readonly data: string;
	readonly database?: string;
	readonly json?: boolean;
}
interface CreateFlags extends KeyFlags {
	readonly tenant: string;
	readonly scopes: readonly Scope[];
	readonly name: string;
	readonly expiresDays?: number;
}

const DAY = 86_400_000;

function scopesArgument(text: string): Scope[] {
	const asked = text.split(",").map((name) => name.trim());
	const unknown = asked.find((name) => !SCOPES.some((scope) => scope === name));
	if (unknown !== undefined) throw new InvalidArgumentError(`expected some of ${SCOPES.join(",")}, got ${unknown}`);
	return SCOPES.filter((scope) => asked.includes(scope));
}

function tenantArgument(text: string): string {
	validateTenant(text);
	return text;
}

function nameArgument(text: string): string {
	if (text.length > 200) throw new InvalidArgumentError("expected at most 200 characters");
	return text;
}

function stateOf({ revokedAt, expiresAt }: KeyRecord): string {
	if (revokedAt !== null) return `revoked ${revokedAt.slice(0, 10)}`;
	if (expiresAt === null) return "valid";
	return `${expiresAt <= new Date().toISOString() ? "expired" : "until"} ${expiresAt.slice(0, 10)}`;
}

const fieldsOf = ({ id, tenant, name, scopes, createdAt, expiresAt, revokedAt }: KeyRecord): object => ({
	id,
	tenant,
	name,
	scopes,
	created_at: createdAt,
	expires_at: expiresAt,
	revoked_at: revokedAt,
});

function formatKeys(keys: readonly KeyRecord[], isJson: boolean | undefined): string {
	if (isJson) return `${JSON.stringify(keys.map(fieldsOf), null, "\t")}\n`;
	if (keys.length === 0) return "no keys\n";
	const table = new Table({ head: ["id", "tenant", "name", "scopes", "state"], style: { head: [], border: [] } });
	for (const key of keys) table.push([key.id, key.tenant, key.name, key.scopes.join(" "), stateOf(key)]);
	return `${table.toString()}\n`;
}

async function withKeys(flags: KeyFlags, work: (keys: Keys) => Promise<void>, mayCreate = false): Promise<void> {
	validateOutFolder(flags.data, "--data");
	const keys = await openKeys(flags.data, flags.database, { mayCreate });
	try {
		await work(keys);
	} finally {
		await keys.close();
	}
}

function create({ tenant, scopes, name, expiresDays, ...flags }: CreateFlags): Promise<void> {
	const expiresAt = expiresDays === undefined ? null : new Date(Date.now() + expiresDays * DAY).toISOString();
	return withKeys(
		flags,
		async (keys) => {
			const { record, text } = await keys.create({ tenant, scopes, name, expiresAt });
			process.stdout.write(flags.json ? `${JSON.stringify({ ...fieldsOf(record), key: text }, null, "\t")}\n` : `${text}\n`);
			tell(`key ${record.id} of tenant ${tenant} may ${scopes.join(", ")}; it is shown this once. From now on every call needs a key`);
		},
		true,
	);
}

function addKeyOptions(command: Command): Command {
	return command.addOption(dataOption()).addOption(databaseOption()).addOption(jsonOption());
}

/** `carteira keys`: who may call the service, also while it runs. */
export function addKeysCommand(program: Command): void {
	const keys = program.command("keys").description("make, list and revoke the keys of the HTTP API");
	addKeyOptions(keys.command("create").description("make a key and show it, this once"))
		.addOption(new Option("--tenant <name>", "whose data it opens").argParser(tenantArgument).default(DEFAULT_TENANT))
		.addOption(new Option("--scopes <list>", `what it may do: some of ${SCOPES.join(",")}`).argParser(scopesArgument).makeOptionMandatory())
		.addOption(new Option("--name <text>", "what it is for").argParser(nameArgument).default(""))
		.addOption(new Option("--expires-days <n>", "days until it ends; default: never").argParser(wholeArgument(1, 36_500)))
		.action(create);
	addKeyOptions(keys.command("list").description("list the keys, without their secrets")).action((flags: KeyFlags) =>
		withKeys(flags, async (all) => void process.stdout.write(formatKeys(await all.list(), flags.json))),
	);
	addKeyOptions(
		keys.command("revoke").description("end a key at once").addArgument(new Argument("<id>", "the key's id, or the key")),
	).action((given: string, flags: KeyFlags) =>
		withKeys(flags, async (all) => {
			const id = /^ck_([0-9a-f]{16})_/.exec(given)?.[1] ?? given; // the secret is not repeated
			if (!/^[0-9a-f]{16}$/.test(id)) throw new CarteiraError("USAGE", "expected the id of a key, 16 of 0-9 a-f, as `keys list` shows it");
			const key = await all.revoke(id);
			process.stdout.write(formatKeys([key], flags.json));
		}),
	);
}
