import { CarteiraError } from "../../errors.ts";
import { MOST_BAD } from "../files/file-limits.ts";
import type { TableReport } from "../portfolio.ts";

import type { Manifest } from "./manifest.ts";

/** The tables' reports, with the rows that are set aside as the tables now stand together. */
export function reportsOf({ reports, aside = [] }: Manifest): TableReport[] {
	return reports.map((report) => {
		const now = aside.find(({ table }) => table === report.table);
		if (!now) return report;
		const { numQuarantined, numAccepted, numProblems, numConsequences, problems, warnings } = now;
		return {
			...report,
			numAccepted,
			numQuarantined: report.numQuarantined + numQuarantined,
			numProblems: report.numProblems + numProblems,
			numConsequences: report.numConsequences + numConsequences,
			problems: [...report.problems, ...problems].slice(0, 100),
			warnings: [...new Set([...report.warnings, ...warnings])],
		};
	});
}

/** Throws IMPORT_REFUSED where the tables do not fit together: more rows name what is not there than may be set aside. */
export function refuseAside({ aside = [] }: Manifest): void {
	const refused = aside.filter(({ numRead, numQuarantined }) => numQuarantined > numRead * MOST_BAD);
	if (refused.length === 0) return;
	const told = refused.map(
		({ table, numRead, numQuarantined }) => `${table}: ${numQuarantined} of ${numRead} rows are bad, more than 0.5 %`,
	);
	throw new CarteiraError(
		"IMPORT_REFUSED",
		`the tables do not fit together: ${told.join("; ")}`,
		aside.flatMap(({ problems }) => problems),
		aside.reduce((sum, { numProblems }) => sum + numProblems, 0),
	);
}
