"""Buyers: an order and whoever placed it, as campaigns ask about them, in one statement under the account's lock.

Whoever has an occasion is asked about as the buyer of the newest order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Sequence

from saleor_reciprocity import erased, host, identity
from saleor_reciprocity.experiments import assignment, holdout
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.points.tiers import standing

from .eligibility import Buyer
from .models import Campaign

_DRAWS = "SELECT 1 FROM reciprocity_draw d WHERE d.order_id = asked.order_id"

# What is read beside an order: what there may be to do, and by what its people are told from others.
BESIDE = {
    "undrawn": f"""ARRAY(
      SELECT c.id FROM reciprocity_campaign c WHERE c.channel_id = o.channel_id AND c.occasion = 'order'
        AND o.placed_at >= c.starts_at AND (c.ends_at IS NULL OR o.placed_at < c.ends_at)
        AND NOT EXISTS ({_DRAWS} AND d.campaign_id = c.id))""",  # noqa: S608 - constants
    "gifts_out": f"EXISTS ({_DRAWS} AND d.state = 'issued')",
    "unnoted": f"EXISTS ({_DRAWS} AND d.outcome = 'won' AND d.noted_at IS NULL)",
    "installation_key": identity.KEY,
    "postal_lines": host.SHIPPING_ADDRESS,
}

_UNDER_LOCK = {
    **BESIDE,
    "is_erased": erased.IS_ERASED.format(order="asked.order_id"),
    "earlier_orders": host.EARLIER_ORDERS,
    "persons": "mine.persons",
    "orders_today": "mine.orders_today",
    "won_at": "mine.won_at",
    "won_at_address": """(
      SELECT max(w.drawn_at) FROM reciprocity_draw w WHERE w.address = %(postal_address)s AND w.outcome = 'won')""",
    "held_out": holdout.HELD_OUT.format(experiment="%(experiment)s", person="%(person)s", before="mine.persons"),
}
# All draws of whoever placed the order: under the same e-mail address, by the same user, or of the same account. A user
# may change the address, and an account knows the orders from before people were merged.
_OF_DRAW = "d.id, d.person, d.order_id, d.outcome, d.drawn_at, d.occasion_at"
_JOINS = f"""
LEFT JOIN LATERAL (
  SELECT array_agg(DISTINCT d.person::text) AS persons, max(d.drawn_at) FILTER (WHERE d.outcome = 'won') AS won_at,
    count(DISTINCT d.order_id) FILTER (
      WHERE d.drawn_at >= %(today)s AND d.order_id <> asked.order_id AND d.occasion_at IS NULL) AS orders_today
  FROM (
    SELECT {_OF_DRAW} FROM reciprocity_draw d WHERE d.person = %(person)s
    UNION SELECT {_OF_DRAW} FROM reciprocity_draw d WHERE d.user_id = %(user)s
    UNION SELECT {_OF_DRAW}
      FROM reciprocity_orderterms t JOIN reciprocity_draw d ON d.order_id = t.order_id WHERE t.account_id = %(account)s
    UNION SELECT {_OF_DRAW} FROM reciprocity_account a JOIN reciprocity_draw d ON d.account_id = a.id
      WHERE a.id = %(account)s OR a.merged_into_id = %(account)s
  ) d
) mine ON true
"""  # noqa: S608 - constants


@dataclass(frozen=True)
class Seen:
    """An order in the state in which it was looked at, with the keyed hashes of its person and its postal address."""

    look: host.Look
    order: host.Order
    person: str
    address: str

    @classmethod
    def of(cls, look: host.Look, order: host.Order) -> Seen:
        """What was read beside an order."""
        key = look.beside["installation_key"]
        address = identity.address_hash(look.beside["postal_lines"], key)
        return cls(look, order, identity.email_hash(order.person.email, key), address)

    def is_still(self, again: Seen) -> bool:
        """Whether a later look saw nothing else."""
        mine, theirs = ((seen.look.fingerprint, seen.person, seen.address) for seen in (self, again))
        return mine == theirs


def again(seen: Seen, account: Account, campaigns: Sequence[Campaign], now: datetime) -> host.Look:
    """The order as it is now that its account is locked, and whoever placed it as these campaigns ask about them."""
    person, order = seen.order.person, seen.order
    most = max((campaign.from_order_number for campaign in campaigns), default=1) - 1
    values = {
        "person": seen.person,
        "account": account.pk,
        "postal_address": seen.address or None,
        "experiment": assignment.SURPRISES,
        "today": now.replace(hour=0, minute=0, second=0, microsecond=0),
        **host.of_earlier(person, order.placed_at, order.number, most),
    }
    return host.look(order.id, _UNDER_LOCK, _JOINS, values)


def buyer_of(seen: Seen, account: Account, campaigns: Sequence[Campaign], now: datetime) -> Buyer:
    """Whoever placed an order. What none of the campaigns asks about them is not looked up."""
    beside, user_id = seen.look.beside, seen.order.person.user_id
    return Buyer(
        earlier_orders=beside["earlier_orders"],
        orders_today=beside["orders_today"],
        won_at=beside["won_at"],
        won_at_address=beside["won_at_address"],
        groups=host.groups_of(user_id) if any(campaign.groups for campaign in campaigns) else frozenset(),
        tiers=standing.reached(account, now) if any(campaign.tier for campaign in campaigns) else frozenset(),
    )


def let_one_in(seen: Seen) -> None:
    """Of people with one e-mail address, and at one postal address, let one at a time win.

    Those of one account wait for it already. Who loses changes nothing for anybody, and waits for nobody.
    """
    identity.let_one_in(seen.person)
    if seen.address:
        identity.let_one_in(seen.address)


def is_held_out(seen: Seen, share: Decimal, now: datetime) -> bool:
    """Whether a person takes no part. Lots are drawn when it is asked first."""
    found = seen.look.beside["held_out"]
    if found is not None:
        return bool(found)
    before = seen.look.beside["persons"] or ()
    return holdout.assigned(seen.person, assignment.SURPRISES, share, now, before).held_out
