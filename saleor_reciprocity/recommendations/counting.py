"""The training that needs nothing but the database: own frequency, neighbours and popularity, counted in SQL.

What was bought lately counts more: a purchase loses half its weight in HALF_LIFE. One person's purchases of one day are
one. Every step is one statement over sets, or one for each block of customers, and bounded by the numbers below.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Callable

from django.contrib.auth import get_user_model
from django.db import connection

from saleor_reciprocity import host

from .models import LONGEST_LIST, MOST_NEIGHBOURS, MOST_POPULAR, ModelVersion

NAME = "counting"
HALF_LIFE = timedelta(days=90)
MOST_PRODUCTS = 200  # of one person, the weightiest: pairs grow with the square
SEEDS, OF_EACH_SEED = 50, 20  # whose neighbours make a customer's list of new products
BLOCK = 10_000  # customers a statement
MEMORY = "256MB"  # of the server, for each sort and hash of a statement; what needs more goes to its disk

_PURCHASES = """
CREATE TEMPORARY TABLE reciprocity_bought ON COMMIT DROP AS
SELECT person, max(user_id) OVER (PARTITION BY person) AS user_id, product_id, channel_id, weight, last, place
FROM (
  SELECT d.*, row_number() OVER (PARTITION BY person ORDER BY weight DESC, last DESC, product_id, channel_id) AS place
  FROM (
    SELECT person, max(user_id) AS user_id, product_id, channel_id, max(placed_at) AS last,
      sum(power(0.5, extract(epoch FROM %(now)s - placed_at) / %(half_life)s)) AS weight
    FROM (SELECT person, max(user_id) AS user_id, product_id, channel_id, max(placed_at) AS placed_at
          FROM ({purchases}) line WHERE person <> '' AND placed_at >= %(since)s AND placed_at < %(now)s
            AND NOT EXISTS (SELECT FROM reciprocity_settledorder s WHERE s.erased AND s.order_id = line.order_id)
          GROUP BY person, product_id, channel_id, placed_at::date) day
    GROUP BY person, product_id, channel_id) d) ranked
WHERE place <= %(most_products)s
"""
_INDEXES = """
CREATE INDEX ON reciprocity_bought (user_id);
CREATE INDEX ON reciprocity_bought (person);
ANALYZE reciprocity_bought;
"""

_NEIGHBOURS = """
INSERT INTO reciprocity_neighbour (version_id, product_id, neighbour_id, score, people)
WITH own AS (SELECT DISTINCT person, product_id FROM reciprocity_bought),
buyers AS (SELECT product_id, count(*) AS people FROM own GROUP BY product_id HAVING count(*) >= %(people)s),
kept AS (SELECT o.person, o.product_id FROM own o JOIN buyers b USING (product_id)),
pairs AS (
  SELECT a.product_id AS one, b.product_id AS another, count(*) AS people
  FROM kept a JOIN kept b ON b.person = a.person AND b.product_id > a.product_id
  GROUP BY a.product_id, b.product_id HAVING count(*) >= %(people)s),
scored AS (
  SELECT way.product, way.other, p.people, p.people / sqrt(x.people::float8 * y.people) AS score
  FROM pairs p JOIN buyers x ON x.product_id = p.one JOIN buyers y ON y.product_id = p.another,
    LATERAL (VALUES (p.one, p.another), (p.another, p.one)) AS way (product, other)),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY product ORDER BY score DESC, people DESC, other) AS place FROM scored)
SELECT %(version)s, product, other, score, people FROM ranked WHERE place <= %(most_neighbours)s
"""

# A product is popular in its own category, in every one above it, and in the channel (the category NULL).
_POPULARITY = """
INSERT INTO reciprocity_popularity (version_id, channel_id, category_id, product_id, score, people)
WITH sold AS (
  SELECT channel_id, product_id, sum(least(weight, 1)) AS score, count(DISTINCT person) AS people
  FROM reciprocity_bought GROUP BY channel_id, product_id HAVING count(DISTINCT person) >= %(people)s),
placed AS (
  SELECT s.*, NULL::int AS category_id FROM sold s
  UNION ALL
  SELECT s.*, a.above_id FROM sold s JOIN {products} p ON p.id = s.product_id
  JOIN ({above}) a ON a.category_id = p.category_id),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY channel_id, category_id ORDER BY score DESC, product_id) AS place
  FROM placed)
SELECT %(version)s, channel_id, category_id, product_id, score, people FROM ranked WHERE place <= %(most_popular)s
"""

_OWN = """
  SELECT b.user_id, b.product_id, sum(b.weight) AS weight, max(b.last) AS last
  FROM reciprocity_bought b JOIN {users} u ON u.id = b.user_id
  WHERE b.user_id > %(after)s AND b.user_id <= %(until)s GROUP BY b.user_id, b.product_id
"""
_INTO_LISTS = """
INSERT INTO reciprocity_customerlist (version_id, user_id, kind, product_ids, scores, reasons, because_product_ids)
"""
_AGAIN = """
WITH own AS ({own}), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY weight DESC, last DESC, product_id) AS place FROM own)
SELECT %(version)s, user_id, 'again', array_agg(product_id ORDER BY place), array_agg(weight::float8 ORDER BY place),
  array_agg('again'::text ORDER BY place), array_agg(NULL::int)
FROM ranked WHERE place <= %(longest)s GROUP BY user_id
"""
_NEW = """
WITH own AS ({own}), seeds AS (
  SELECT * FROM (
    SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY weight DESC, last DESC, product_id) AS place FROM own) o
  WHERE place <= %(seeds)s),
near AS (
  SELECT s.user_id, n.neighbour_id, sum(s.weight * n.score)::float8 AS score,
    (array_agg(s.product_id ORDER BY s.weight * n.score DESC, s.product_id))[1] AS because
  FROM seeds s, LATERAL (
    SELECT neighbour_id, score FROM reciprocity_neighbour
    WHERE version_id = %(version)s AND product_id = s.product_id
    ORDER BY score DESC, neighbour_id LIMIT %(of_each_seed)s) n
  WHERE NOT EXISTS (SELECT 1 FROM own o WHERE o.user_id = s.user_id AND o.product_id = n.neighbour_id)
  GROUP BY s.user_id, n.neighbour_id),
ranked AS (SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY score DESC, neighbour_id) AS place FROM near)
SELECT %(version)s, user_id, 'new', array_agg(neighbour_id ORDER BY place), array_agg(score ORDER BY place),
  array_agg('together'::text ORDER BY place), array_agg(because ORDER BY place)
FROM ranked WHERE place <= %(longest)s GROUP BY user_id
"""
_BLOCKS = """
SELECT max(user_id) FROM (
  SELECT user_id, (dense_rank() OVER (ORDER BY user_id) - 1) / %(block)s AS block
  FROM reciprocity_bought WHERE user_id IS NOT NULL) u GROUP BY block ORDER BY block
"""


def count(version: ModelVersion, days: int, progress: Callable[[str], None]) -> dict[str, Any]:
    """Write all rows of a version from the purchases of the last `days` days, within the caller's transaction.

    Returns how many rows there are.
    """
    read_purchases(version, days, progress)
    figures = {"neighbours": neighbours(version, progress), "popular": popularity(version, progress)}
    figures["lists"] = _lists(version, progress)
    return figures


def read_purchases(version: ModelVersion, days: int, progress: Callable[[str], None]) -> None:
    """Gather what everybody bought into a table that lasts as long as the caller's transaction."""
    progress("reading purchases")
    values = {
        "since": version.started_at - timedelta(days=days),
        "now": version.started_at,
        "half_life": HALF_LIFE.total_seconds(),
        "most_products": MOST_PRODUCTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{MEMORY}'")
        cursor.execute("DROP TABLE IF EXISTS reciprocity_bought")
        cursor.execute(_PURCHASES.format(purchases=host.PURCHASES), values)
        cursor.execute(_INDEXES)


def neighbours(version: ModelVersion, progress: Callable[[str], None]) -> int:
    """Count which products the same people bought. Needs `read_purchases`. Returns how many rows were written."""
    progress("counting neighbours")
    return _write(_NEIGHBOURS, version, most_neighbours=MOST_NEIGHBOURS)


def popularity(version: ModelVersion, progress: Callable[[str], None]) -> int:
    """Count what is bought by many, by channel and category. Needs `read_purchases`. Returns how many rows."""
    progress("counting popularity")
    sql = _POPULARITY.format(products=host.PRODUCTS, above=host.CATEGORIES_ABOVE)
    return _write(sql, version, most_popular=MOST_POPULAR)


def _lists(version: ModelVersion, progress: Callable[[str], None]) -> int:
    own = _OWN.format(users=get_user_model()._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(_BLOCKS, {"block": BLOCK})
        ends = [row[0] for row in cursor.fetchall()]
    written = 0
    for number, (after, until) in enumerate(zip([0, *ends], ends), start=1):
        progress(f"lists of customers, block {number} of {len(ends)}")
        for sql in (_AGAIN, _NEW):
            written += _write(
                _INTO_LISTS + sql.format(own=own),
                version,
                after=after,
                until=until,
                longest=LONGEST_LIST,
                seeds=SEEDS,
                of_each_seed=OF_EACH_SEED,
            )
    return written


def _write(sql: str, version: ModelVersion, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"version": version.pk, "people": version.people, **values})
        return int(cursor.rowcount)
