"""Orders: the figures that both generations work out alike, and whose orders are whose."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Iterable

from django.db import connection
from django.db.models import Q
from saleor.order.models import Order as OrderRow

from saleor_reciprocity import addresses
from saleor_reciprocity.addresses import normalised

from ..facts import BoughtProduct, Line, Person
from ..indexes import Index
from .people import _address


def paid_goods(lines: tuple[Line, ...], total: Decimal, shipping: Decimal) -> Decimal:
    """What was paid for goods: the lines' totals, less what the whole order's discounts and gift cards took off."""
    return max(Decimal(0), min(sum((line.total for line in lines), Decimal(0)), total - shipping))


def paid_shipping(shipping: Decimal, left: Decimal) -> Decimal:
    """What was paid for shipping, where so much of the order was left to pay: gift cards pay for goods first."""
    return max(Decimal(0), min(shipping, left))


def products_on(lines: Any) -> tuple[BoughtProduct, ...]:
    """The different products on an order's lines that the shop still has, in their order."""
    rows = lines.filter(variant__isnull=False)
    names: dict[int, str] = {}
    for product_id, translated, name in rows.values_list(
        "variant__product_id", "translated_product_name", "product_name"
    ):
        names.setdefault(product_id, translated or name)
    return tuple(BoughtProduct(product_id, name) for product_id, name in names.items())


def shipped(row: Any) -> tuple[tuple[datetime, int], ...]:
    """When how many pieces of an order line were shipped."""
    return tuple(zip(row.moments or (), row.pieces or ()))


def pieces(shipments: Iterable[tuple[datetime, int]]) -> int:
    """How many pieces were shipped in all."""
    return sum(quantity for _moment, quantity in shipments)


def part(amount: Decimal, whole: Decimal, of_whole: Decimal) -> Decimal:
    """The same part of an amount as `of_whole` is of `whole`."""
    return amount * of_whole / whole if whole else amount


def orders_of(person: Person) -> Any:
    """The order rows of a person: the user's own, and those under the address; drafts among them."""
    mine = Q(address=normalised(person.email)) if person.email else Q(pk=None)
    rows = OrderRow.objects.annotate(address=_address("user_email"))
    return rows.filter(mine | Q(user_id=person.user_id) if person.user_id is not None else mine)


# What finds the orders and users of an address.
INDEXES_OF_ADDRESSES: tuple[Index, ...] = (
    ("reciprocity_orders_of_address", "order_order", addresses.in_sql("user_email")),
    ("reciprocity_users_of_address", "account_user", addresses.in_sql("email")),
)

# Each look-up reads all that its index leads to, however few are wanted: a planner who hopes to meet somebody's orders
# early would read the orders of everybody.
_EARLIER = """(
WITH mine AS MATERIALIZED (
  SELECT placed_at, number FROM ({numbered}) n WHERE (n.user_id = %(user)s OR n.address = %(address)s))
SELECT count(*) FROM (
  SELECT FROM mine WHERE (placed_at, number) < (%(before)s::timestamptz, %(number)s::bigint) LIMIT %(most)s) earlier)
"""


def earlier_in(numbered: str) -> str:
    """How many of the orders in the SQL `numbered` somebody placed before: an expression about `of_earlier`."""
    return _EARLIER.format(numbered=numbered)


def of_earlier(person: Person, before: datetime, number: str, at_most: int) -> dict[str, Any]:
    """Before a moment or, in it, under a lower number; counting ends at `at_most`."""
    return {
        "user": person.user_id,
        "address": normalised(person.email) or None,
        "before": before,
        "number": int(number or 0),
        "most": at_most,
    }


def count_earlier(earlier: str, values: dict[str, Any]) -> int:
    """What an expression of `earlier_in` comes to."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {earlier}", values)
        return int(cursor.fetchone()[0])


def postal_lines(chosen: str) -> str:
    """Where the one chosen order goes: what tells one postal address from another, whoever lives there; "" nowhere."""
    return f"""coalesce((
SELECT concat_ws(' ', a.street_address_1, a.street_address_2, a.postal_code, a.city, a.country)
FROM order_order o JOIN account_address a ON a.id = o.shipping_address_id WHERE {chosen}), '')
"""  # noqa: S608 - a constant
