import { type Portfolio, rowsById } from "../engine/index.ts";

/** Answers where a customer is, as city and state; null where its row says neither. */
export function createPlaces({ tables: { customers } }: Portfolio): (customerId: string) => string | null {
	const rows = rowsById(customers, "customer_id");
	const { city_code: city, state } = customers.texts;
	return (customerId) => {
		const row = rows.get(customerId);
		if (row === undefined) return null;
		return [city.at(row), state.at(row)].filter((text) => text !== null).join(" / ") || null;
	};
}
