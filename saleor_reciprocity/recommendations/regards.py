"""Writes what many people's stars leave of products, for a version: the newest stars of each person count once."""

from __future__ import annotations

from django.db import connections

from .algorithms.regard import LOW, worth
from .feedback import Feedback
from .models import ModelVersion, Regard

_COUNTED = f"""
SELECT product_id, count(*), count(*) FILTER (WHERE stars <= {LOW}) FROM (
  SELECT DISTINCT ON (person, product_id) person, product_id, stars FROM ({{said}}) said
  WHERE stars IS NOT NULL AND said_at < %s ORDER BY person, product_id, said_at DESC, stars) latest
GROUP BY product_id ORDER BY product_id
"""  # noqa: S608 - constants


def write(version: ModelVersion, feedback: Feedback, database: str) -> int:
    """Keep what sinks, by the stars of at least the version's `people`. Returns how many products do."""
    with connections[database].cursor() as cursor:
        cursor.execute(_COUNTED.format(said=feedback.of_all), [version.started_at])
        counted = cursor.fetchall()
    usual = sum(low for _product, _people, low in counted) / max(sum(people for _product, people, _low in counted), 1)
    judged = [
        Regard(version=version, product_id=product, people=people, worth=worth(low, people, usual))
        for product, people, low in counted
        if people >= version.people
    ]
    return len(Regard.objects.bulk_create(regard for regard in judged if regard.worth < 1))
