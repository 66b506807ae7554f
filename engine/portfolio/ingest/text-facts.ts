/** What tells whether a text is the plain CSV that two readers cannot differ about, and how many lines it has. */
export interface TextFacts {
	/** Line ends, CR LF counted once. */
	readonly numLineEnds: number;
	/** Null: of several kinds, or CR alone. */
	readonly lineEnd: "\n" | "\r\n" | null;
	/** Does white space stand beside a quote? Only some readers take such a quote for one that opens or closes. */
	readonly hasLooseQuote: boolean;
	/** Does the text end inside a line? */
	readonly endsOpen: boolean;
	readonly numBytes: number;
	readonly hasNul: boolean;
	/** Bytes that some line may end with, by their number; those of lines that end where two pieces meet are all of them. */
	readonly mayEndLine: Uint8Array;
}

const [LF, CR] = [0x0a, 0x0d];
const LOOSE = [' "', '" ', '\t"', '"\t'];

/** Gathers the facts of UTF-8 bytes piece by piece. */
export function createTextFacts() {
	let [numLf, numCr, numCrLf, numBytes, last] = [0, 0, 0, 0, -1];
	let hasLooseQuote = false;
	let hasNul = false;
	const mayEndLine = new Uint8Array(256);
	return {
		add(piece: Buffer): void {
			if (piece.length === 0) return;
			if (last === CR && piece[0] === LF) numCrLf++;
			for (let at = piece.indexOf(LF); at >= 0; at = piece.indexOf(LF, at + 1)) {
				numLf++;
				if (at > 0 && piece[at - 1] === CR) numCrLf++;
				if (at < 2) mayEndLine.fill(1);
				else mayEndLine[piece[at - 1] === CR ? piece[at - 2] : piece[at - 1]] = 1;
			}
			for (let at = piece.indexOf(CR); at >= 0; at = piece.indexOf(CR, at + 1)) numCr++;
			const across = Buffer.from([Math.max(0, last), piece[0]]);
			hasLooseQuote ||= LOOSE.some((pair) => piece.includes(pair) || across.includes(pair));
			hasNul ||= piece.includes(0);
			numBytes += piece.length;
			last = piece[piece.length - 1];
		},
		facts(): TextFacts {
			if (last >= 0) mayEndLine[last] = 1;
			const isOneKind = numCr === 0 || (numCr === numCrLf && numLf === numCrLf);
			return {
				numLineEnds: numLf + numCr - numCrLf,
				lineEnd: isOneKind ? (numCr > 0 ? "\r\n" : "\n") : null,
				hasLooseQuote,
				endsOpen: last !== LF && last !== CR,
				numBytes,
				hasNul,
				mayEndLine,
			};
		},
	};
}
