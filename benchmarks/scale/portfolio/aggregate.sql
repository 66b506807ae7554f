-- What each customer did before $as_of, from a file of order lines, as the engine's history counts it: lines that were cancelled count for nothing,
-- returns are negative whatever their sign in the file, a purchase is a day with a sale, margins that are missing come from the product's rate.
WITH line AS (
	SELECT o.customer_id, o.ordered_on, o.product_id,
		o.quantity > 0 AND coalesce(o.kind, 'sale') = 'sale' AS is_sale,
		coalesce(o.kind, 'sale') = 'return' OR o.quantity < 0 AS is_return,
		CASE WHEN (coalesce(o.kind, 'sale') = 'return' OR o.quantity < 0) AND o.net_value > 0 THEN -1 ELSE 1 END AS sign,
		sign * o.net_value::DOUBLE AS value,
		sign * coalesce(o.margin::DOUBLE, o.net_value::DOUBLE * p.margin_rate) AS margin
	FROM $orders o LEFT JOIN $products p ON p.product_id = o.product_id
	WHERE o.status IS DISTINCT FROM 'cancelled' AND o.ordered_on < $as_of
),
day AS (
	SELECT customer_id, ordered_on, sum(value) AS value, sum(margin) AS margin, count(*) AS lines, bool_or(is_sale) AS is_purchase,
		count(*) FILTER (is_return) AS returns
	FROM line GROUP BY customer_id, ordered_on
),
gap AS (
	SELECT customer_id, ordered_on - lag(ordered_on) OVER (PARTITION BY customer_id ORDER BY ordered_on) AS days FROM day WHERE is_purchase
),
rhythm AS (SELECT customer_id, count(*) AS purchases, avg(days) AS gap_mean, stddev_samp(days) AS gap_deviation FROM gap GROUP BY customer_id),
products AS (SELECT customer_id, count(DISTINCT product_id) AS products FROM line WHERE is_sale GROUP BY customer_id),
total AS (
	SELECT customer_id, sum(lines) AS lines, sum(returns) AS returns,
		min(ordered_on) FILTER (is_purchase) AS first_day, max(ordered_on) FILTER (is_purchase) AS last_day,
		sum(value) AS value, sum(margin) AS margin,
		sum(value) FILTER (ordered_on >= $as_of - 90) AS value_90, sum(value) FILTER (ordered_on >= $as_of - 365) AS value_365,
		sum(margin) FILTER (ordered_on >= $as_of - 365) AS margin_365
	FROM day GROUP BY customer_id
)
SELECT * FROM total LEFT JOIN rhythm USING (customer_id) LEFT JOIN products USING (customer_id)
