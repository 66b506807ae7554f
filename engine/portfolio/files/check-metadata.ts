import type { Block } from "apache-arrow/fb/block";
import type { Field } from "apache-arrow/fb/field";
import { Footer } from "apache-arrow/fb/footer";
import { Message } from "apache-arrow/fb/message";
import { MessageHeader } from "apache-arrow/fb/message-header";
import { RecordBatch } from "apache-arrow/fb/record-batch";
import { DictionaryBatch } from "apache-arrow/fb/dictionary-batch";
import { Schema } from "apache-arrow/fb/schema";
import { ByteBuffer } from "flatbuffers";
import { CarteiraError } from "../../errors.ts";

/** Bytes that an entry of any list takes at least: its offset, and what lies there. */
const LEAST_BYTES = 8;

/**
 * Refuses the metadata of an Arrow message whose lists say to be longer than its bytes can hold, or whose columns hold each other without an
 * end: the library counts through whatever is said.
 */
export function checkMessageMetadata(bytes: Uint8Array): void {
	const count = createCounter(bytes.length);
	const message = Message.getRootAsMessage(new ByteBuffer(bytes));
	count(message.customMetadataLength());
	const type = message.headerType();
	if (type === MessageHeader.Schema) checkSchema(message.header(new Schema()), count);
	else if (type === MessageHeader.RecordBatch) checkBatch(message.header(new RecordBatch()), count);
	else if (type === MessageHeader.DictionaryBatch)
		checkBatch((message.header(new DictionaryBatch()) as DictionaryBatch | null)?.data() ?? null, count);
}

/** Where a message of a batch lies in its file. */
export interface Place {
	readonly at: number;
	readonly bodyLength: number;
}

/** The same of the footer of an Arrow file, which must list the batches and dictionaries where they lie: the library goes by it, in circles if need be. */
export function checkFooterMetadata(bytes: Uint8Array, batches: readonly Place[], dictionaries: readonly Place[]): void {
	const count = createCounter(bytes.length);
	const footer = Footer.getRootAsFooter(new ByteBuffer(bytes));
	count(footer.customMetadataLength());
	checkSchema(footer.schema(), count);
	const isListed = (places: readonly Place[], numBlocks: number, blockAt: (index: number) => Block | null): boolean =>
		places.length === numBlocks &&
		places.every(({ at, bodyLength }, i) => {
			const block = blockAt(i);
			return Number(block?.offset()) === at && Number(block?.bodyLength()) === bodyLength;
		});
	const isWhole =
		isListed(batches, footer.recordBatchesLength(), (i) => footer.recordBatches(i)) &&
		isListed(dictionaries, footer.dictionariesLength(), (i) => footer.dictionaries(i));
	if (!isWhole) throw new CarteiraError("INVALID_INPUT", "not a complete Arrow IPC file: its footer lists other batches than it has");
}

type Count = (entries: number) => void;

/** Adds up what the lists of some bytes say to hold. */
function createCounter(numBytes: number): Count {
	let left = numBytes / LEAST_BYTES;
	return (entries) => {
		left -= entries;
		if (!(entries >= 0 && left >= 0))
			throw new CarteiraError("INVALID_INPUT", "not a complete Arrow IPC file: metadata with more entries than bytes");
	};
}

function checkSchema(schema: Schema | null, count: Count): void {
	if (!schema) return;
	count(schema.customMetadataLength());
	count(schema.featuresLength());
	const numFields = schema.fieldsLength();
	count(numFields);
	for (let i = 0; i < numFields; i++) checkField(schema.fields(i), count);
}

function checkField(field: Field | null, count: Count): void {
	if (!field) return;
	count(field.customMetadataLength());
	const numChildren = field.childrenLength();
	count(numChildren);
	for (let i = 0; i < numChildren; i++) checkField(field.children(i), count);
}

function checkBatch(batch: RecordBatch | null, count: Count): void {
	if (!batch) return;
	count(batch.nodesLength());
	count(batch.buffersLength());
	count(batch.variadicBufferCountsLength());
}
