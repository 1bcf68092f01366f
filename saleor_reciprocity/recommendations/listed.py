"""What stood at the top of customers' lists, week by week, so that one can see what of it they bought.

Some customers may be held out: their lists are kept here and not served, so they are shown what anybody is.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from django.db import connection

from saleor_reciprocity import digests, host, identity, programmes
from saleor_reciprocity.experiments import trust
from saleor_reciprocity.experiments.assignment import RECOMMENDATIONS

from .models import ListedProducts

TOP = 10  # of each of a customer's two lists
EVERY = timedelta(days=7)
KEPT = timedelta(days=120)

# A customer's lists of the version that serves, unless a row of the last days has them already. Whoever was drawn for
# stays what the lot said.
_KEEP = f"""
INSERT INTO reciprocity_listedproducts (user_id, listed_on, product_ids, share, held_out)
SELECT l.user_id, %(day)s, l.product_ids, coalesce(b.share, %(share)s),
  coalesce(b.held_out, {digests.digest("key", f"'{RECOMMENDATIONS}:' || l.user_id")} COLLATE "C" < %(limit)s)
FROM (
  SELECT l.user_id, array_agg(DISTINCT p.product_id) AS product_ids
  FROM reciprocity_customerlist l CROSS JOIN unnest(l.product_ids[1:%(top)s]) AS p (product_id)
  WHERE l.version_id = %(version)s AND NOT EXISTS (
    SELECT FROM reciprocity_listedproducts k WHERE k.user_id = l.user_id AND k.listed_on > %(recent)s)
  GROUP BY l.user_id) l
CROSS JOIN {digests.INSTALLATION_KEY} key
LEFT JOIN LATERAL (
  SELECT k.share, k.held_out FROM reciprocity_listedproducts k WHERE k.user_id = l.user_id AND k.share > 0
  ORDER BY k.listed_on DESC LIMIT 1) b ON true
ON CONFLICT DO NOTHING
"""  # noqa: S608 - constants
_HOLD_BACK = """
DELETE FROM reciprocity_customerlist l WHERE l.version_id = %(version)s AND EXISTS (
  SELECT FROM reciprocity_listedproducts k WHERE k.user_id = l.user_id AND k.held_out)
"""


def keep(version_id: int, now: datetime) -> None:
    """Keep what stands at the top of the lists of a version, of each customer once a week, and drop what is old.

    The lists of those held out are not served.
    """
    day, share = now.astimezone(timezone.utc).date(), _share(now)
    identity.installation_key()
    values = {"day": day, "recent": day - EVERY, "version": version_id, "top": TOP}
    (below,) = trust.limits([share], 64)["limits"]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {**values, "share": share, "limit": below})
        cursor.execute(_HOLD_BACK, values)
    ListedProducts.objects.filter(listed_on__lt=day - KEPT).delete()


def _share(now: datetime) -> Decimal:
    """The largest share that is held out in a channel: a customer has one list for all of them."""
    versions = (programmes.current(channel.id, now) for channel in host.channels())
    shares = (each.programme.recommendations_holdout_share for each in versions if each is not None and each.active)
    return max(shares, default=Decimal(0))
