/** Did a query need more memory than it may have, and could not spill? */
export function isOutOfMemory(error: unknown): boolean {
	// Queries say it in words; the appender and its vectors in JSON, and where the process has a cap, as an allocation that failed.
	return error instanceof Error && /^Out of Memory Error|"exception_type":"Out of Memory"|bad allocation/.test(error.message);
}

/** Was a query stopped? */
export function isInterrupted(error: unknown): boolean {
	return error instanceof Error && error.message.startsWith("INTERRUPT Error");
}

/** Did a query need more room than there is on the disk? */
export function isDiskFull(error: unknown): boolean {
	return error instanceof Error && /No space left on device|Disk quota exceeded|File too large/.test(error.message);
}
