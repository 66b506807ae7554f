import { DataType, type Field, MessageReader, Precision, RecordBatchReader, type Schema } from "apache-arrow";
import { CarteiraError } from "../../errors.ts";
import { checkFooterMetadata, checkMessageMetadata, type Place } from "./check-metadata.ts";
import { refuseBomb } from "./file-limits.ts";

const MAGIC = "ARROW1";
/** Of a file: the magic word and its padding before the messages. */
const FILE_HEAD = 8;
/** Behind the footer: its length and the magic word. */
const FILE_TAIL = 10;
const CONTINUATION = -1;
/** Bytes to which buffers may be padded. */
const MAX_PADDING = 64;

type Message = NonNullable<ReturnType<MessageReader["readMessage"]>>;
type BatchHeader = Extract<ReturnType<Message["header"]>, { nodes: unknown; compression: unknown }>;

/** A batch of rows or of a dictionary's words, and the bytes of its buffers. */
interface Batch {
	readonly header: BatchHeader;
	/** Of a dictionary. */
	readonly id: number | null;
	readonly body: Buffer;
	/** First byte of its message. */
	readonly at: number;
}

/**
 * Checks the structure of an Arrow IPC file or stream before anything is made of it: messages follow each other without a gap, buffers
 * lie in their message one behind the other, every column has the rows of its batch, bytes enough for them and as many nulls as it
 * says. The library, which trusts all that, would loop, allocate or read other bytes. Answers the number of batches of rows; throws
 * INVALID_INPUT for what is damaged.
 */
export function checkArrow(file: Buffer): number {
	const isFile = file.toString("latin1", 0, MAGIC.length) === MAGIC;
	const { stated, batches, end } = readMessages(file, isFile);
	const rows = batches.filter(({ id }) => id === null);
	for (const { header, body } of batches) checkBuffers(header, body, file.length);
	const footerLength = isFile ? readInt(file, file.length - FILE_TAIL) : 0;
	if (isFile && end + footerLength + FILE_TAIL !== file.length) throw damaged("its footer does not follow its messages");
	const placesOf = (some: readonly Batch[]): Place[] => some.map(({ at, body }) => ({ at, bodyLength: body.length }));
	if (isFile) checkFooterMetadata(sliceOf(file, end, footerLength), placesOf(rows), placesOf(batches.filter(({ id }) => id !== null)));
	const { schema } = RecordBatchReader.from(file).open();
	if (stated && String(stated) !== String(schema)) throw damaged("its footer has another schema");
	const types = schema.fields.map((field: Field): DataType => field.type);
	refuseBomb(
		rows.reduce((sum, { header }) => sum + header.length, 0),
		types.length,
		file.length,
	);
	for (const { header, body } of rows) checkColumns(header, body, types);
	for (const { header, id, body } of batches) {
		const type = id === null ? null : schema.dictionaries.get(id);
		if (type === undefined) throw damaged(`no column has the dictionary ${id}`);
		if (type !== null) checkColumns(header, body, [type]);
	}
	return rows.length;
}

/** Files need no schema among their messages, for their footer has it. */
function readMessages(file: Buffer, isFile: boolean): { stated: Schema | null; batches: readonly Batch[]; end: number } {
	const batches: Batch[] = [];
	let stated: Schema | null = null;
	let at = isFile ? FILE_HEAD : 0;
	for (;;) {
		if (!isFile && at === file.length) break; // a stream may end without its mark
		const [mark, length] = [readInt(file, at), readInt(file, at + 4)];
		if (mark !== CONTINUATION) throw damaged(`no message at byte ${at}`);
		at += 8;
		if (length === 0) break;
		checkMessageMetadata(sliceOf(file, at, length));
		const message = new MessageReader(sliceOf(file, at - 8, length + 8)).readMessage();
		const body = sliceOf(file, at + length, message?.bodyLength ?? -1);
		if (message?.isRecordBatch()) batches.push({ header: message.header(), id: null, body, at: at - 8 });
		else if (message?.isDictionaryBatch()) batches.push({ header: message.header().data, id: message.header().id, body, at: at - 8 });
		else if (message?.isSchema() && !stated && batches.length === 0) stated = message.header();
		else throw damaged(`no message at byte ${at}`);
		at += length + body.length;
	}
	return { stated, batches, end: at };
}

function readInt(file: Buffer, at: number): number {
	return file.readInt32LE(inside(file, at, 4));
}

function sliceOf(file: Buffer, at: number, length: number): Buffer {
	return file.subarray(inside(file, at, length), at + length);
}

function inside(file: Buffer, at: number, length: number): number {
	if (!(at >= 0 && length >= 0 && at + length <= file.length)) throw damaged(`it ends before byte ${at + length}`);
	return at;
}

function checkBuffers({ length, buffers, compression }: BatchHeader, body: Buffer, numBytes: number): void {
	if (compression !== null) throw new CarteiraError("INVALID_INPUT", "compressed Arrow buffers; expected uncompressed ones");
	refuseBomb(length, 1, numBytes);
	let end = 0;
	for (const { offset, length: size } of buffers) {
		if (size === 0) continue;
		if (!(size > 0 && offset >= end && offset < end + MAX_PADDING)) throw damaged("buffers that do not follow each other");
		end = offset + size;
	}
	if (end > body.length || body.length >= end + MAX_PADDING) throw damaged("buffers that do not fill their message");
}

function checkColumns({ length, nodes, buffers }: BatchHeader, body: Buffer, types: readonly DataType[]): void {
	const layouts = types.map(layoutOf);
	if (!layouts.every((layout) => layout !== null)) return; // nested columns, of which none is read, shift the others' buffers
	let next = 0;
	for (const [i, { numBuffers, bytesFor }] of layouts.entries()) {
		const { length: numRows, nullCount } = nodes[i] ?? { length: -1, nullCount: 0 };
		if (numRows !== length || !(nullCount >= 0 && nullCount <= length)) throw damaged("columns of other lengths than their batch");
		const [validity, values] = buffers.slice(next, next + numBuffers);
		next += numBuffers;
		if (numBuffers === 0) continue;
		if (!values || values.length < bytesFor(length)) throw damaged("buffers shorter than their rows");
		checkNulls(body.subarray(validity.offset, validity.offset + validity.length), length, nullCount);
	}
	if (next !== buffers.length || nodes.length !== types.length) throw damaged("buffers that belong to no column");
}

/** A column without nulls may do without the bits. */
function checkNulls(validity: Uint8Array, numRows: number, nullCount: number): void {
	if (validity.length === 0 && nullCount === 0) return;
	if (validity.length * 8 < numRows || numRows - countBits(validity, numRows) !== nullCount) throw damaged("other nulls than it says");
}

function countBits(bits: Uint8Array, length: number): number {
	let count = 0;
	for (let i = 0; i < length >> 3; i++) count += BITS[bits[i]];
	for (let i = length & ~7; i < length; i++) count += (bits[i >> 3] >> (i & 7)) & 1;
	return count;
}

const BITS = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll("0", "").length);

interface Layout {
	readonly numBuffers: number;
	/** Of the buffer behind the validity bits: the least that so many rows need. */
	readonly bytesFor: (numRows: number) => number;
}

/** How a flat type lies in its buffers; null for any other. */
function layoutOf(type: DataType): Layout | null {
	if (DataType.isNull(type)) return { numBuffers: 0, bytesFor: () => 0 };
	const offsets = DataType.isUtf8(type) || DataType.isBinary(type) ? 4 : DataType.isLargeUtf8(type) || DataType.isLargeBinary(type) ? 8 : 0;
	if (offsets > 0) return { numBuffers: 3, bytesFor: (numRows) => (numRows === 0 ? 0 : (numRows + 1) * offsets) };
	const bits = bitsOf(type);
	return bits === null ? null : { numBuffers: 2, bytesFor: (numRows) => Math.ceil((numRows * bits) / 8) };
}

function bitsOf(type: DataType): number | null {
	if (DataType.isBool(type)) return 1;
	if (DataType.isInt(type) || DataType.isDecimal(type) || DataType.isTime(type)) return type.bitWidth;
	if (DataType.isFloat(type)) return type.precision === Precision.HALF ? 16 : type.precision === Precision.SINGLE ? 32 : 64;
	if (DataType.isDate(type)) return type.ArrayType.BYTES_PER_ELEMENT * 8;
	if (DataType.isTimestamp(type) || DataType.isDuration(type)) return 64;
	return DataType.isDictionary(type) ? bitsOf(type.indices) : null;
}

function damaged(what: string): CarteiraError {
	return new CarteiraError("INVALID_INPUT", `not a complete Arrow IPC file: ${what}`);
}
