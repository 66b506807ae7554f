/** CPU seconds of the process so far, of all its threads: those of the compiler and the garbage collector too. */
export function cpuSeconds(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1e6;
}
