"""A shop with many orders, made in a few statements: copies of one order with all that hangs on it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from saleor.giftcard.models import GiftCard

from saleor_reciprocity import host

from . import hosts

FIRST = 10_000_000  # above every key that a test makes by itself

# The tables that hang on an order, each with how it is led to the order's copy; and what of it names its own row.
_CHAIN = (
    ("order_order", ()),
    ("order_orderline", (("order_id", "order_order"),)),
    ("order_orderevent", (("order_id", "order_order"),)),
    ("giftcard_giftcard", ()),
    ("order_order_gift_cards", (("order_id", "order_order"), ("giftcard_id", "giftcard_giftcard"))),
    ("order_fulfillment", (("order_id", "order_order"),)),
    ("order_fulfillmentline", (("fulfillment_id", "order_fulfillment"), ("order_line_id", "order_orderline"))),
    ("payment_payment", (("order_id", "order_order"),)),
    ("payment_transaction", (("payment_id", "payment_payment"),)),
    ("payment_transactionitem", (("order_id", "order_order"),)),
    ("payment_transactionevent", (("transaction_id", "payment_transactionitem"),)),
)
_TIMES = ("created", "created_at", "updated_at", "modified", "modified_at", "date")
_OWN = {
    "token": "md5(n::text)::uuid",
    "number": f"{FIRST} + n",
    "code": "'CARD' || n",
    "user_email": "'guest-' || n || '@example.com'",
    "user_id": "NULL",
}


_SETTLED = f"""
INSERT INTO reciprocity_settledorder (order_id, fingerprint, attempts, error, settled_at, erased)
SELECT o.order_id, o.fingerprint, 0, '', now(), false FROM ({host.ORDER_STATES}) o
"""  # noqa: S608 - constants


def fill(orders: int, age: timedelta = timedelta(days=400)) -> None:
    """Add so many guests' orders, shipped and partly refunded, all settled, spread over the time before yesterday."""
    template = hosts.order("template@example.com", [("20", 2)])
    hosts.ship(template)
    hosts.refund(template, "1")
    hosts.DATED_CHANGES["an event"](template)
    hosts.change(template, status="fulfilled")
    host.issue_gift_card("TEMPLATE", "Card", Decimal(5), hosts.open_channel(), None, None)
    template.gift_cards.add(GiftCard.objects.get(code="TEMPLATE"))
    if hosts.MULTI_CHANNEL:
        hosts.charge_back(hosts.transact(template, charged="20"), "1")
    moment = f"now() - interval '1 day' - n * interval '{age.total_seconds() / orders} seconds'"
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for table, leads in _CHAIN:
            if table in tables:
                cursor.execute(_copies(cursor, table, dict(leads), moment), [orders])
        cursor.execute("ANALYZE")
        cursor.execute(_SETTLED)
        cursor.execute("ANALYZE")


def _copies(cursor: Any, table: str, leads: dict[str, str], moment: str) -> str:
    columns = {column.name: "" for column in connection.introspection.get_table_description(cursor, table)}
    for name in columns:
        columns[name] = _value(cursor, table, name, leads, moment)
    newest = f"(SELECT * FROM {table} ORDER BY id DESC LIMIT 1)"  # noqa: S608 - names of tables
    if table == "order_order":
        newest = f"(SELECT * FROM {table} WHERE user_email = 'template@example.com')"  # noqa: S608
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())}"  # noqa: S608
        f" FROM {newest} t, generate_series(1, %s) n"
    )


def _value(cursor: Any, table: str, name: str, leads: dict[str, str], moment: str) -> str:
    if name == "id":
        return _key(cursor, table)
    if name in leads:
        return _key(cursor, leads[name])
    if name in _TIMES:
        return moment
    if name in _OWN and table in ("order_order", "payment_transactionitem", "giftcard_giftcard"):
        return _OWN[name]
    return f"t.{name}"


def _key(cursor: Any, table: str) -> str:
    cursor.execute(
        "SELECT data_type FROM information_schema.columns WHERE table_name = %s AND column_name = 'id'", [table]
    )
    return f"md5('{table}' || n)::uuid" if cursor.fetchone() == ("uuid",) else f"{FIRST} + n"
