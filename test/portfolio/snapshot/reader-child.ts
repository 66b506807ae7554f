import { openSnapshot } from "../../../engine/portfolio/snapshot/snapshot.ts";

/** Entry of a process that opens a store's snapshot, and reads of it only when it is told to. */
const snapshot = openSnapshot(process.argv[2]);
process.send?.("opened");
process.once("message", () => {
	const { orders } = snapshot.portfolio().tables;
	process.send?.({ numRows: orders.numRows, last: orders.texts.order_id.at(orders.numRows - 1) });
});
