import { cp } from "node:fs/promises";
import { join } from "node:path";
import { SCOPES, type Scope } from "../../server/store/keys.ts";
import { type TestService, makePlan, startService } from "./service.ts";

/** A service with plans and keys, for requests of every kind. */
export async function makeFuzzedService(): Promise<{
	readonly service: TestService;
	readonly known: { readonly planIds: readonly string[]; readonly keys: readonly (string | undefined)[] };
}> {
	const service = await startService({ limits: { requests_per_minute: 1_000_000_000 } });
	const planIds = [await makePlan(service.app), await makePlan(service.app)];
	// Of plans some may be discarded; the published one stays.
	await service.app.inject({ method: "POST", url: `/v1/plans/${planIds[0]}/publish` });
	await cp(join(service.dataDir, "portfolios"), join(service.dataDir, "tenants", "other", "portfolios"), { recursive: true });
	const payload = { url: "https://receiver.invalid/hook", types: ["run.lapsed"] }; // which does not happen here
	const webhook = (await service.app.inject({ method: "POST", url: "/v1/webhooks", payload })).json<{ id: string }>().id;
	const make = async (tenant: string, scopes: readonly Scope[]): Promise<string> =>
		(await service.services.keys.create({ tenant, name: "fuzz", scopes, expiresAt: null })).text;
	const full = await make("default", SCOPES);
	const keys = [full, full, full, full, await make("default", ["read"]), await make("other", SCOPES), "ck_0_x", undefined];
	await new Promise((resolve) => setTimeout(resolve, 1100)); // for so long it is believed that there is no key yet
	return { service, known: { planIds: [...planIds, webhook, "plan20261123", "pl_0"], keys } };
}
