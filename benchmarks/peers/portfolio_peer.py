"""Aggregates the order lines of a portfolio folder by customer with Polars, and says in one JSON line how long it took and what it found.

Usage: portfolio_peer.py FOLDER FORMAT AS_OF. The questions are those of benchmarks/scale/portfolio/aggregate.sql.
"""

import datetime
import json
import sys
import time

import polars as pl


def lines_of(orders: pl.LazyFrame, products: pl.LazyFrame, as_of: datetime.date) -> pl.LazyFrame:
    kind = pl.col("kind").fill_null("sale")
    is_return = (kind == "return") | (pl.col("quantity") < 0)
    net = pl.col("net_value").cast(pl.Float64)
    sign = pl.when(is_return & (net > 0)).then(-1.0).otherwise(1.0)
    margin = pl.coalesce(pl.col("margin").cast(pl.Float64), net * pl.col("margin_rate").cast(pl.Float64))
    kept = orders.filter(pl.col("status").ne_missing("cancelled") & (pl.col("ordered_on") < as_of))
    return kept.join(products.select("product_id", "margin_rate"), on="product_id", how="left").select(
        "customer_id",
        "ordered_on",
        "product_id",
        is_sale=(pl.col("quantity") > 0) & (kind == "sale"),
        is_return=is_return,
        value=sign * net,
        margin=sign * margin,
    )


def customers_of(line: pl.LazyFrame, as_of: datetime.date) -> pl.LazyFrame:
    day = line.group_by("customer_id", "ordered_on").agg(
        value=pl.col("value").sum(),
        margin=pl.col("margin").sum(),
        lines=pl.len(),
        returns=pl.col("is_return").sum(),
        is_purchase=pl.col("is_sale").any(),
    )
    purchase = day.filter(pl.col("is_purchase")).sort("customer_id", "ordered_on")
    gap = purchase.with_columns(
        gap=pl.when(pl.col("customer_id") == pl.col("customer_id").shift(1)).then(pl.col("ordered_on").diff().dt.total_days())
    )
    rhythm = gap.group_by("customer_id").agg(
        purchases=pl.len(),
        first_day=pl.col("ordered_on").min(),
        last_day=pl.col("ordered_on").max(),
        gap_mean=pl.col("gap").mean(),
        gap_deviation=pl.col("gap").std(),
    )
    products = line.filter(pl.col("is_sale")).group_by("customer_id").agg(products=pl.col("product_id").n_unique())
    year = pl.col("ordered_on") >= as_of - datetime.timedelta(365)
    quarter = pl.col("ordered_on") >= as_of - datetime.timedelta(90)
    total = day.group_by("customer_id").agg(
        lines=pl.col("lines").sum(),
        returns=pl.col("returns").sum(),
        value=pl.col("value").sum(),
        margin=pl.col("margin").sum(),
        value_90=pl.col("value").filter(quarter).sum(),
        value_365=pl.col("value").filter(year).sum(),
        margin_365=pl.col("margin").filter(year).sum(),
    )
    return total.join(rhythm, on="customer_id", how="left").join(products, on="customer_id", how="left")


def main(folder: str, form: str, as_of: datetime.date) -> None:
    started = time.perf_counter()
    if form == "parquet":
        orders, products = (pl.scan_parquet(f"{folder}/{table}.parquet") for table in ("orders", "products"))
    else:
        # Every other column of the orders is text: an id of digits must stay one.
        numbers = {"quantity": pl.Float64, "net_value": pl.Float64, "margin": pl.Float64, "ordered_on": pl.Date, "invoiced_on": pl.Date}
        names = pl.read_csv(f"{folder}/orders.csv", n_rows=0).columns
        orders = pl.scan_csv(f"{folder}/orders.csv", schema={name: numbers.get(name, pl.String) for name in names})
        products = pl.scan_csv(f"{folder}/products.csv", schema_overrides={"product_id": pl.String})
    found = customers_of(lines_of(orders, products, as_of), as_of).collect(engine="streaming")
    seconds = time.perf_counter() - started
    totals = {
        "customers": found.height,
        **{name: found[name].sum() for name in ("lines", "returns", "purchases", "products", "value", "margin", "value_90", "value_365")},
        "margin_365": found["margin_365"].sum(),
        "gap_mean": found["gap_mean"].sum(),
        "gap_deviation": found["gap_deviation"].sum(),
        "days": (found["last_day"] - found["first_day"]).dt.total_days().sum(),
    }
    print(json.dumps({"seconds": seconds, "rows": totals["lines"], "totals": totals, "version": f"polars {pl.__version__}"}))


main(sys.argv[1], sys.argv[2], datetime.date.fromisoformat(sys.argv[3]))
