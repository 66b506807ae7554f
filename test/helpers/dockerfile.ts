/** One instruction of a Dockerfile: its word, and the rest without flags. */
export interface Instruction {
	readonly word: string;
	readonly flags: readonly string[];
	readonly rest: string;
}

/** Reads a Dockerfile: comments dropped, lines that go on joined, flags (`--name=value`) set apart. */
export function parseDockerfile(text: string): Instruction[] {
	const lines = text
		.replaceAll(/^\s*#.*$/gm, "")
		.replaceAll(/\\\n/g, " ")
		.split("\n");
	return lines
		.map((line) => line.trim())
		.filter((line) => line !== "")
		.map((line) => {
			const [, word, flags, rest] = /^([A-Z]+)\s+((?:--\S+\s+)*)(.*)$/.exec(line) ?? [];
			if (word === undefined) throw new Error(`no instruction of a Dockerfile: ${line}`);
			return { word, flags: flags.split(/\s+/).filter((flag) => flag !== ""), rest };
		});
}

/** What ENV instructions set, in order; `$NAME` stands for what was set before. */
export function applyEnv(variables: Readonly<Record<string, string>>, rest: string): Record<string, string> {
	const set = { ...variables };
	for (const [, name, value] of rest.matchAll(/(\w+)=(\S+)/g))
		set[name] = value.replaceAll(/\$(\w+)/g, (_, known: string) => set[known] ?? "");
	return set;
}
