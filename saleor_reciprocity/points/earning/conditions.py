"""Conditions: what a rule may ask of an order, of a line of it, or of whoever placed it. Pure.

A condition is one field of `Conditions`: its name, what kind of value it has, what it is asked of, its test in Python,
the same test in SQL, and its words in the API. Orders are settled by the one and awarded in sets by the other; a test
holds them to each other. Everything else goes through the fields: nothing has a list of conditions of its own.

The SQL is about an order `o` (`user_id`, `goods`, `shipping`, `local` for the time by the channel's clock, `tier`, and
`number_of_person` for which order of its person it is), or about a line `p` of it (`product_id`, `category_id`). A
value is `%(name)s`; relations of the host stand in braces, and `in_sql` fills them in.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any, Callable, Iterator, Mapping

from ..tiers.ladder import Standing


@dataclass(frozen=True)
class Shelf:
    """Where a product stands: its category and all above it, and its collections."""

    categories: frozenset[int] = frozenset()
    collections: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Buyer:
    """What rules ask about whoever placed an order, as it was then."""

    earlier_orders: int = 0
    groups: frozenset[str] = frozenset()
    tier: Standing | None = None


NOWHERE = Shelf()


@dataclass(frozen=True)
class Asked:
    """What is looked at: a buyer; an order of theirs, at its time by the channel's clock; or a line, with its shelf."""

    buyer: Buyer
    order: Any = None  # host.Order
    local: Any = None  # datetime
    line: Any = None  # host.Line
    shelf: Shelf = NOWHERE


@dataclass(frozen=True)
class Kind:
    """A kind of value. `read` and `write` are from and to JSON; of a set, each for itself."""

    name: str
    read: Callable[[Any], Any]
    write: Callable[[Any], Any]
    is_set: bool = False
    names: str = ""  # of a set: the type of the shop's rows that its values name


PRODUCTS, CATEGORIES, COLLECTIONS = (Kind("id", int, int, True, name) for name in ("Product", "Category", "Collection"))
GROUPS, TIERS = (Kind("name", str, str, True, name) for name in ("Group", "Tier"))
WEEKDAYS = Kind("weekday", int, int, True)
NUMBER = Kind("number", int, int)
MONEY = Kind("money", Decimal, str)
TIME = Kind("time", time.fromisoformat, time.isoformat)

PERSON, ORDER, LINE = "person", "order", "line"  # what a condition is asked of


@dataclass(frozen=True)
class Condition:
    """All that there is to say about one condition. `shown` and `wanted` are its words where it is read and given."""

    name: str
    kind: Kind
    of: str
    holds: Callable[[Any, Asked], bool]
    sql: str
    shown: str
    wanted: str
    option: str

    @property
    def field(self) -> str:
        """Its name in the API."""
        first, *others = self.name.split("_")
        return first + "".join(word.capitalize() for word in others)


def condition(
    kind: Kind,
    of: str,
    holds: Callable[[Any, Asked], bool],
    sql: str,
    shown: str,
    wanted: str = "",
    option: str = "",
) -> Any:
    """A field of `Conditions`. `holds` gets all conditions of the rule, and what is looked at."""
    told = (kind, of, holds, sql, shown, wanted or shown, option)
    return dataclasses.field(default=frozenset() if kind.is_set else None, metadata={"condition": told})


def _in_window(asks: Conditions, asked: Asked) -> bool:
    now, start, end = asked.local.time(), asks.time_from or time.min, asks.time_to
    if end is None:
        return bool(start <= now)
    return bool(start <= now < end if start < end else now >= start or now < end)


_IN_WINDOW = """CASE WHEN %(time_to)s::time IS NULL THEN o.local::time >= coalesce(%(time_from)s::time, '00:00')
  WHEN coalesce(%(time_from)s::time, '00:00') < %(time_to)s::time
    THEN o.local::time >= coalesce(%(time_from)s::time, '00:00') AND o.local::time < %(time_to)s::time
  ELSE o.local::time >= coalesce(%(time_from)s::time, '00:00') OR o.local::time < %(time_to)s::time END"""


@dataclass(frozen=True)
class Conditions:
    """What has to be so for a rule to apply; what is empty or None is not asked for.

    All kinds of conditions have to hold, each for any one of its values. `categories` include those below them.
    `total` is what was left to pay for goods and shipping, taxes included. `weekdays` are 1 (Monday) to 7, by the
    channel's clock; a window of time runs up to, not including, its end, and past midnight where that is earlier.
    """

    products: frozenset[int] = condition(
        PRODUCTS,
        LINE,
        lambda asks, asked: asked.line.product_id in asks.products,
        "p.product_id = ANY(%(products)s::int[])",
        "The products.",
        "Any of these products.",
        "product",
    )
    categories: frozenset[int] = condition(
        CATEGORIES,
        LINE,
        lambda asks, asked: bool(asks.categories & asked.shelf.categories),
        "p.category_id IN (SELECT c.category_id FROM ({CATEGORIES_ABOVE}) c"
        " WHERE c.above_id = ANY(%(categories)s::int[]))",
        "The categories, with those below them.",
        "Any of these categories, or one below.",
        "category",
    )
    collections: frozenset[int] = condition(
        COLLECTIONS,
        LINE,
        lambda asks, asked: bool(asks.collections & asked.shelf.collections),
        "p.product_id IN (SELECT c.product_id FROM ({IN_COLLECTIONS}) c"
        " WHERE c.collection_id = ANY(%(collections)s::int[]))",
        "The collections.",
        "Any of these collections.",
        "collection",
    )
    groups: frozenset[str] = condition(
        GROUPS,
        PERSON,
        lambda asks, asked: bool(asks.groups & asked.buyer.groups),
        "o.user_id IN (SELECT m.user_id FROM ({GROUP_MEMBERS}) m WHERE m.name = ANY(%(groups)s::text[]))",
        "Names of the customer's groups.",
        "The customer is in one of the groups with these names.",
        "group",
    )
    tiers: frozenset[str] = condition(
        TIERS,
        PERSON,
        lambda asks, asked: asked.buyer.tier is not None and asked.buyer.tier.code in asks.tiers,
        "o.tier = ANY(%(tiers)s::text[])",
        "Codes of the customer's tier.",
        "The customer has the tier with one of these codes.",
        "tier",
    )
    order_number: int | None = condition(
        NUMBER,
        ORDER,
        lambda asks, asked: asked.buyer.earlier_orders + 1 == asks.order_number,
        "o.number_of_person = %(order_number)s",
        "Which order of the customer: 1 is the first.",
    )
    every_nth_order: int | None = condition(
        NUMBER,
        ORDER,
        lambda asks, asked: (asked.buyer.earlier_orders + 1) % asks.every_nth_order == 0,
        "o.number_of_person %% %(every_nth_order)s = 0",
        "Every how many-th order of the customer.",
    )
    minimum_total: Decimal | None = condition(
        MONEY,
        ORDER,
        lambda asks, asked: asks.minimum_total <= asked.order.goods + asked.order.shipping,
        "o.goods + o.shipping >= %(minimum_total)s",
        "The smallest total of the order, with shipping and taxes.",
    )
    maximum_total: Decimal | None = condition(
        MONEY,
        ORDER,
        lambda asks, asked: asked.order.goods + asked.order.shipping <= asks.maximum_total,
        "o.goods + o.shipping <= %(maximum_total)s",
        "The largest total of the order, with shipping and taxes.",
    )
    weekdays: frozenset[int] = condition(
        WEEKDAYS,
        ORDER,
        lambda asks, asked: asked.local.isoweekday() in asks.weekdays,
        "extract(isodow FROM o.local)::int = ANY(%(weekdays)s::int[])",
        "Days of the week by the channel's clock.",
        option="weekday",
    )
    time_from: time | None = condition(
        TIME, ORDER, _in_window, _IN_WINDOW, "From what time of day on, by the channel's clock, as HH:MM."
    )
    time_to: time | None = condition(
        TIME, ORDER, _in_window, _IN_WINDOW, "Up to what time of day, not included; past midnight if it is earlier."
    )

    @property
    def about_lines(self) -> bool:
        """Whether some lines of an order may match and others not."""
        return any(each.of == LINE for each in given(self))

    @property
    def about_number(self) -> bool:
        """Whether it matters which order of the customer it is."""
        return any(each.kind is NUMBER for each in given(self))


def declared(of: type | None = None) -> tuple[Condition, ...]:
    """All conditions that there are."""
    known = dataclasses.fields(of or Conditions)
    return tuple(Condition(each.name, *each.metadata["condition"]) for each in known)


def given(asks: Conditions) -> Iterator[Condition]:
    """The conditions that a rule has."""
    return (each for each in declared(type(asks)) if getattr(asks, each.name) not in (None, frozenset()))


def hold(asks: Conditions, asked: Asked, *of: str) -> bool:
    """Whether all holds that a rule asks `of` a person, an order or a line."""
    return all(each.holds(asks, asked) for each in given(asks) if each.of in of)


def in_sql(asks: Conditions, relations: Mapping[str, str], *of: str) -> str:
    """The same as one condition of SQL, for the values of `sql_values`."""
    return " AND ".join(["true", *(each.sql.format(**relations) for each in given(asks) if each.of in of)])


def sql_values(asks: Conditions) -> dict[str, Any]:
    """What a rule asks for, by name, as SQL takes it."""
    found = ((each, getattr(asks, each.name)) for each in declared(type(asks)))
    return {each.name: sorted(value) if each.kind.is_set else value for each, value in found}


def conditions_from(stored: Mapping[str, Any]) -> Conditions:
    """Conditions as they were stored. Raises KeyError for one that nobody knows any more."""
    kinds = {each.name: each.kind for each in declared()}
    return Conditions(**{name: _read(kinds[name], value) for name, value in stored.items()})


def _read(kind: Kind, value: Any) -> Any:
    return frozenset(map(kind.read, value)) if kind.is_set else kind.read(value)


def conditions_as_json(asks: Conditions) -> dict[str, Any]:
    """Conditions as they are stored; what is not asked for is left out."""
    found = {each: getattr(asks, each.name) for each in given(asks)}
    return {
        each.name: sorted(map(each.kind.write, value)) if each.kind.is_set else each.kind.write(value)
        for each, value in found.items()
    }
