import { setTimeout as rest } from "node:timers/promises";
import { CarteiraError } from "../engine/index.ts";
import { isDiskFailure } from "./file-error.ts";

/** Is the database away, or held by others for too long? */
export const isBusy = (error: unknown): boolean => error instanceof CarteiraError && error.code === "BUSY";

/** Is it the database, or the disk, that does not take anything now? */
export const isBusyOrDisk = (error: unknown): boolean => isBusy(error) || isDiskFailure(error);

/** Milliseconds after which a database that was away is tried again. */
const RETRY = 250;

/** Does a step again and again while it fails in a way that `mayPass`; such a failure is thrown too once `isOver`. */
export async function persist<T>(step: () => Promise<T>, mayPass: (error: unknown) => boolean, isOver: () => boolean): Promise<T> {
	for (;;) {
		try {
			return await step();
		} catch (error) {
			if (!mayPass(error) || isOver()) throw error;
			await rest(RETRY);
		}
	}
}
