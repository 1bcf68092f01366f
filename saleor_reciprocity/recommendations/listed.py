"""What stood at the top of customers' lists, week by week, so that one can see what of it they bought."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from django.db import connection

from .models import ListedProducts

TOP = 10  # of each of a customer's two lists
EVERY = timedelta(days=7)
KEPT = timedelta(days=120)

# A customer's lists of the version that serves, unless a row of the last days has them already.
_KEEP = """
INSERT INTO reciprocity_listedproducts (user_id, listed_on, product_ids)
SELECT l.user_id, %(day)s, array_agg(DISTINCT p.product_id)
FROM reciprocity_customerlist l CROSS JOIN unnest(l.product_ids[1:%(top)s]) AS p (product_id)
WHERE l.version_id = %(version)s AND NOT EXISTS (
  SELECT FROM reciprocity_listedproducts k WHERE k.user_id = l.user_id AND k.listed_on > %(recent)s)
GROUP BY l.user_id
ON CONFLICT DO NOTHING
"""


def keep(version_id: int, now: datetime) -> None:
    """Keep what stands at the top of the lists of a version, of each customer once a week, and drop what is old."""
    day = now.astimezone(timezone.utc).date()
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {"day": day, "recent": day - EVERY, "version": version_id, "top": TOP})
    ListedProducts.objects.filter(listed_on__lt=day - KEPT).delete()
