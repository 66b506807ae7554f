import { CarteiraError } from "../engine/index.ts";

/** What the operating system says about paths that a user named, in words. */
const WORDS: Readonly<Record<string, string>> = {
	ENOENT: "it, or its folder, is not there",
	ENOTDIR: "a part of the path is a file, not a folder",
	EISDIR: "it is a folder; expected a file",
	EACCES: "this user may not do that",
	EPERM: "this user may not do that",
	EROFS: "it is on a disk that can only be read",
	ELOOP: "its symbolic links go in a circle",
	ENAMETOOLONG: "the name is too long",
	EEXIST: "it is there already, as something else",
	ENOTEMPTY: "the folder is not empty",
	ENOSPC: "the disk is full",
	EDQUOT: "the disk quota is used up",
	EFBIG: "the file is larger than the system allows",
	EIO: "the disk fails",
};
/** Those that are no mistake of whoever named the path: the disk is full, fails, or may no longer be written. */
const OF_THE_DISK = ["ENOSPC", "EDQUOT", "EFBIG", "EIO", "EROFS"];

/** Could something not be kept, for want of a disk that takes it? */
export function isDiskFailure(error: unknown): boolean {
	if (error instanceof CarteiraError) return error.code === "STORAGE_FAILED";
	return error instanceof Error && "code" in error && OF_THE_DISK.includes(String(error.code));
}

/** An error of the file system as a refusal that names the path; null for every other error. */
export function describeFileError(error: unknown): CarteiraError | null {
	if (!(error instanceof Error && "code" in error && "syscall" in error)) return null;
	const words = WORDS[String(error.code)];
	if (words === undefined) return null;
	const path = "path" in error ? String(error.path) : "a file";
	return new CarteiraError(isDiskFailure(error) ? "STORAGE_FAILED" : "INVALID_INPUT", `${path}: ${words} (${String(error.code)})`);
}
