"""The statement that serves: candidates from several sources, fused, judged by preferences, and only what is for sale.

Sources are fused by reciprocal rank (Cormack, Clarke, Buettcher 2009): a product at place r of a source adds
weight * 61 / (60 + r), so that sources whose scores can't be compared can be mixed, and agreement counts.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from saleor_reciprocity import host

from .algorithms.regard import CATEGORY_WEIGHT, HIGH, LOW, MOST_OF_A_CATEGORY

MOST_RECENT = 20  # products bought since the training whose neighbours are looked at
LIKED_FACTOR = 1.3


class Needs(Enum):
    """What a source has to be told."""

    NOTHING = "nothing"
    CUSTOMER = "who is signed in"
    AT_HAND = "the product or the checkout that is looked at"


# What has an opinion, a version or a purchase to offer. Each gives product, place, reason and the product it speaks of.
_LIST = """
SELECT i.product_id, i.place, i.reason::text, i.because
FROM x JOIN reciprocity_customerlist l ON l.version_id = x.id AND l.user_id = %(user)s::int AND l.kind = '{kind}',
  unnest(l.product_ids, l.reasons, l.because_product_ids) WITH ORDINALITY AS i (product_id, reason, because, place)
"""
_NEIGHBOURS = """
SELECT n.neighbour_id, row_number() OVER (ORDER BY sum(n.score) DESC, n.neighbour_id), 'together',
  (array_agg(n.product_id ORDER BY n.score DESC, n.product_id))[1]
FROM x, {seeds} s JOIN reciprocity_neighbour n ON n.product_id = s.product_id
WHERE n.version_id = x.id GROUP BY n.neighbour_id
"""
_LIKED = f"""
SELECT u.product_id, row_number() OVER (ORDER BY u.score DESC NULLS LAST, u.product_id), 'liked', NULL::int
FROM (
  SELECT q.product_id, q.score FROM x, opinions o, LATERAL (
    SELECT r.product_id, r.score FROM reciprocity_popularity r
    WHERE r.version_id = x.id AND r.channel_id = x.channel AND r.category_id = o.object_id
    ORDER BY r.score DESC, r.product_id LIMIT {MOST_OF_A_CATEGORY}) q
  WHERE o.kind = 'category' AND o.liked
  UNION ALL
  SELECT q.product_id, q.score FROM x, opinions o, LATERAL (
    SELECT m.product_id, r.score FROM ({host.IN_COLLECTIONS}) m LEFT JOIN reciprocity_popularity r
      ON r.version_id = x.id AND r.channel_id = x.channel AND r.category_id IS NULL AND r.product_id = m.product_id
    WHERE m.collection_id = o.object_id
    ORDER BY r.score DESC NULLS LAST, m.place, m.product_id LIMIT {MOST_OF_A_CATEGORY}) q
  WHERE o.kind = 'collection' AND o.liked) u
"""  # noqa: S608 - constants of ours
_RATED = f"""
SELECT q.product_id, row_number() OVER (ORDER BY q.score DESC, q.product_id), 'rated', k.because
FROM x, rated_categories k, LATERAL (
  SELECT r.product_id, r.score FROM reciprocity_popularity r
  WHERE r.version_id = x.id AND r.channel_id = x.channel AND r.category_id = k.category_id
  ORDER BY r.score DESC, r.product_id LIMIT {MOST_OF_A_CATEGORY}) q
WHERE NOT EXISTS (SELECT FROM bought WHERE bought.product_id = q.product_id)
"""  # noqa: S608 - constants of ours
_CATEGORY = f"""
SELECT q.product_id, row_number() OVER (ORDER BY q.score DESC, q.product_id), 'category', NULL::int
FROM x, (SELECT DISTINCT p.category_id FROM at_hand h JOIN {host.PRODUCTS} p ON p.id = h.product_id) k, LATERAL (
  SELECT r.product_id, r.score FROM reciprocity_popularity r
  WHERE r.version_id = x.id AND r.channel_id = x.channel AND r.category_id = k.category_id
  ORDER BY r.score DESC, r.product_id LIMIT {MOST_OF_A_CATEGORY}) q
"""  # noqa: S608 - constants of ours
_POPULAR = """
SELECT r.product_id, row_number() OVER (ORDER BY r.score DESC, r.product_id), 'popular', NULL::int
FROM x JOIN reciprocity_popularity r ON r.version_id = x.id AND r.channel_id = x.channel AND r.category_id IS NULL
"""
_LATEST = f"(SELECT product_id FROM bought_since ORDER BY placed_at DESC, product_id LIMIT {MOST_RECENT})"  # noqa: S608
# By name: what it takes for the source to have anything to say, and the source.
_SOURCES = {
    "again": (Needs.CUSTOMER, _LIST.format(kind="again")),
    "new": (Needs.CUSTOMER, _LIST.format(kind="new")),
    "lately": (Needs.CUSTOMER, _NEIGHBOURS.format(seeds=_LATEST)),
    "at hand": (Needs.AT_HAND, _NEIGHBOURS.format(seeds="at_hand")),
    "liked": (Needs.CUSTOMER, _LIKED),
    "rated": (Needs.CUSTOMER, _RATED),
    "category": (Needs.AT_HAND, _CATEGORY),
    "popular": (Needs.NOTHING, _POPULAR),
}
_NOBODY = "SELECT NULL::int, NULL::bigint, NULL::text, NULL::int, NULL::float8 WHERE false"
_WEIGHTED = "SELECT s.*, {weight}::float8 FROM ({source}) s"

# What each kind is made of: the sources with their weights, and what is never in it.
_FALLBACK = {"at hand": 0.9, "liked": 0.7, "category": 0.5, "popular": 0.3, "rated": CATEGORY_WEIGHT}
_KINDS: dict[str, tuple[dict[str, float], str]] = {
    "FOR_YOU": ({"again": 1, "new": 1, "lately": 1, **_FALLBACK}, "bought_since"),
    "NEW_TO_YOU": ({"new": 1, "lately": 1, **_FALLBACK}, "bought"),
    "BUY_AGAIN": ({"again": 1}, "bought_since"),
    "GOES_WITH": ({"at hand": 1, "category": 0.3}, "at_hand"),
    "COMPLETES_CHECKOUT": ({"at hand": 1, "again": 0.5, "category": 0.3}, "bought_since"),
}

# Of what a customer said: the deepest opinion on the way from a product's category to the root counts.
_SAID = f"""
  LEFT JOIN LATERAL (
    SELECT o.liked FROM opinions o JOIN ({host.CATEGORIES_ABOVE}) a ON a.above_id = o.object_id
    WHERE o.kind = 'category' AND a.category_id = p.category_id ORDER BY a.depth DESC LIMIT 1) of_category ON true
  LEFT JOIN LATERAL (
    SELECT bool_and(o.liked) AS liked FROM opinions o JOIN ({host.IN_COLLECTIONS}) m ON m.collection_id = o.object_id
    WHERE o.kind = 'collection' AND m.product_id = p.id) of_collection ON true
  LEFT JOIN rated of_product ON of_product.high AND of_product.product_id = p.id
  WHERE of_category.liked IS NOT false AND of_collection.liked IS NOT false
    AND f.product_id NOT IN (SELECT object_id FROM opinions WHERE kind = 'product')
    AND f.product_id NOT IN (SELECT product_id FROM rated WHERE low)
    AND f.product_id NOT IN (SELECT product_id FROM {{never}})
"""  # noqa: S608 - constants of ours
_LIKED_MORE = f"CASE WHEN of_category.liked OR of_collection.liked THEN {LIKED_FACTOR} ELSE 1 END"

# What a customer rated, the newest of each product, and the categories where more of it was high than low, if they said
# nothing of the category or of what is above it.
_OPINIONS = f"""
opinions AS (SELECT kind, object_id, liked FROM reciprocity_preference WHERE user_id = %(user)s::int),
rated AS (
  SELECT DISTINCT ON (product_id) product_id, stars, coalesce(stars, 0) <= {LOW} AS low, stars >= {HIGH} AS high
  FROM ({{rated}}) said ORDER BY product_id, said_at DESC, stars NULLS FIRST),
rated_categories AS (
  SELECT p.category_id, (array_agg(r.product_id ORDER BY r.stars DESC NULLS LAST, r.product_id))[1] AS because
  FROM rated r JOIN {host.PRODUCTS} p ON p.id = r.product_id
  WHERE NOT EXISTS (
    SELECT FROM opinions o JOIN ({host.CATEGORIES_ABOVE}) a ON a.above_id = o.object_id
    WHERE o.kind = 'category' AND a.category_id = p.category_id)
  GROUP BY p.category_id HAVING count(*) FILTER (WHERE r.high) > count(*) FILTER (WHERE r.low)),
"""  # noqa: S608 - constants of ours
_BECAUSE = """CASE WHEN of_product.high THEN 'rated' ELSE f.reason END AS reason,
    CASE WHEN of_product.high THEN f.product_id ELSE f.because END AS because"""
_STARS = "(SELECT stars FROM rated WHERE rated.product_id = r.because AND r.reason = 'rated')"

# `x` is the version that serves; there is none in a channel where the programme is off. Whether a product is for sale
# is asked one by one, from the best down, until the page is full: hence the sorted subquery, which the planner must not
# dissolve (OFFSET 0). What nobody refers to (PostgreSQL 12 and later) is not even planned.
_STATEMENT = """
WITH c AS (SELECT * FROM ({channel}) AS channel),
x AS (
  SELECT v.id, v.started_at, c.key AS channel FROM reciprocity_modelversion v, c WHERE v.serving AND (
    SELECT s.active FROM reciprocity_settingsversion s WHERE s.channel_id = c.key ORDER BY s.number DESC LIMIT 1)),
{opinions}bought AS (
  SELECT b.product_id FROM ({bought}) b
  UNION ALL SELECT unnest(l.product_ids) FROM x JOIN reciprocity_customerlist l
    ON l.version_id = x.id AND l.user_id = %(user)s::int AND l.kind = 'again'),
bought_since AS (
  SELECT b.product_id, max(b.placed_at) AS placed_at FROM ({bought}) b
  WHERE b.placed_at >= (SELECT started_at FROM x) GROUP BY b.product_id),
at_hand AS (
  SELECT p.id AS product_id FROM {products} p, c WHERE p.id = %(product)s::int AND {published}
  UNION ({in_checkout})),
candidates (product_id, place, reason, because, weight) AS ({candidates}),
fused AS (
  SELECT d.product_id, sum(d.weight / (60 + d.place) * CASE d.reason WHEN 'again' THEN 1 ELSE coalesce(g.worth, 1) END)
      * 61 AS score,
    (array_agg(d.reason ORDER BY d.weight / (60 + d.place) DESC, d.reason))[1] AS reason,
    (array_agg(d.because ORDER BY d.weight / (60 + d.place) DESC, d.reason))[1] AS because
  FROM candidates d LEFT JOIN (reciprocity_regard g JOIN x ON x.id = g.version_id) ON g.product_id = d.product_id
  GROUP BY d.product_id),
judged AS (
  SELECT f.product_id, {because}, round(f.score * {factor} * 1e9)::bigint AS points
  FROM fused f JOIN {products} p ON p.id = f.product_id {judged}{looked_at})
SELECT c.slug, r.product_id, r.points, r.reason, spoken_of.id, spoken_of.name, {stars}
FROM c LEFT JOIN LATERAL (
  SELECT ranked.* FROM (
    SELECT * FROM judged j WHERE %(after_score)s::bigint IS NULL OR j.points < %(after_score)s::bigint
      OR j.points = %(after_score)s::bigint AND j.product_id > %(after_product)s::bigint
    ORDER BY j.points DESC, j.product_id OFFSET 0) ranked
  JOIN LATERAL (SELECT true FROM {products} p WHERE p.id = ranked.product_id AND {sellable} OFFSET 0) found ON true
  ORDER BY ranked.points DESC, ranked.product_id LIMIT %(first)s) r ON true
LEFT JOIN LATERAL (SELECT p.id, p.name FROM {products} p WHERE p.id = r.because AND {published}) spoken_of ON true
ORDER BY r.points DESC, r.product_id
"""


@lru_cache(maxsize=None)
def statement(kind: str, signed_in: bool, looking: bool, rated: str) -> str:
    """The statement for a kind of recommendations, without the parts that have nothing to say to this visitor.

    They would change nothing but the time it takes to plan the statement, which is half of it all. `rated` is the
    relation of what a customer said of products.
    """
    known = {Needs.NOTHING: True, Needs.CUSTOMER: signed_in, Needs.AT_HAND: looking}
    weights, never = _KINDS[kind]
    sources = [
        _WEIGHTED.format(weight=weight, source=source)
        for (needs, source), weight in ((_SOURCES[name], weight) for name, weight in weights.items())
        if known[needs]
    ]
    return _STATEMENT.format(
        channel=host.CHANNEL,
        opinions=_OPINIONS.format(rated=rated) if signed_in else "",
        because=_BECAUSE if signed_in else "f.reason, f.because",
        stars=_STARS if signed_in else "NULL::int",
        bought=host.BOUGHT,
        in_checkout=host.IN_CHECKOUT,
        products=host.PRODUCTS,
        candidates="\nUNION ALL\n".join(sources or [_NOBODY]),
        factor=_LIKED_MORE if signed_in else "1",
        judged=_SAID.format(never=never) if signed_in else "WHERE true",
        looked_at=" AND f.product_id NOT IN (SELECT product_id FROM at_hand)" if looking else "",
        sellable=host.SELLABLE,
        published=host.PUBLISHED,
    )
