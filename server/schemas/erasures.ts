import { z } from "zod";

const counts = z.record(z.string(), z.int());

/** What came of erasing a customer. */
export const erasureView = z
	.looseObject({
		portfolio: z.string(),
		pseudonym: z
			.string()
			.meta({ description: "stands for the customer where money and counts had to stay; random, made of nothing of the customer" }),
		erased_at: z.string(),
		deleted: counts.meta({ description: "rows that are gone, by table; orders by line, `set_aside` of all tables" }),
		pseudonymised: counts.meta({ description: "records in which the pseudonym stands now, by kind" }),
		syncs_aborted: z.int().meta({ description: "open syncs of the portfolio: their files could have brought the customer back" }),
	})
	.meta({ id: "Erasure" });
