"""Facts: orders and lines that no database knows."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from saleor_reciprocity.host.facts import Line, Order, OrderState, Person

PLACED_AT = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)
NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)

amounts = st.decimals(min_value=0, max_value=10_000, places=3)


def line(number: int, total: str, quantity: int = 1, **changes: Any) -> Line:
    values = {"fulfilled": 0, "given_back": 0, "is_gift_card": False, **changes}
    return Line(id=str(number), product_id=number, quantity=quantity, total=Decimal(total), **values)


def order(*lines: Line, shipping: str = "0", refunded: str = "0", goods: str | None = None, **changes: Any) -> Order:
    paid = sum((each.total for each in lines), Decimal(0)) if goods is None else Decimal(goods)
    values = {
        "id": "token",
        "number": "1",
        "channel_id": "1",
        "currency": "USD",
        "placed_at": PLACED_AT,
        "state": OrderState.PLACED,
        "replaces_another": False,
        "person": Person(1, "ada@example.com", confirmed=True),
        **changes,
    }
    return Order(goods=paid, shipping=Decimal(shipping), refunded=Decimal(refunded), lines=lines, **values)


@st.composite
def orders(draw: Any) -> Order:
    lines = []
    for number in range(draw(st.integers(1, 4))):
        quantity = draw(st.integers(1, 5))
        given_back = draw(st.integers(0, quantity))
        fulfilled = draw(st.integers(0, quantity - given_back))
        lines.append(line(number, str(draw(amounts)), quantity, given_back=given_back, fulfilled=fulfilled))
    goods = min(draw(amounts), sum(each.total for each in lines))
    return order(*lines, goods=str(goods), shipping=str(draw(amounts)), refunded=str(draw(amounts)))
