"""An order completed through GraphQL, with the plugin switched on and switched off."""

from __future__ import annotations

from itertools import cycle
from typing import Callable

from demo.storefront import Customer
from saleor_reciprocity import host
from saleor_reciprocity.points.models import OrderTerms
from tests import hosts
from tests.storefront import ShopInProcess

from .ratio import Row, Timed, in_turns
from .shop import settle_down, switch
from .statements import sent_by

CUSTOMERS = 20


def measure(channel: host.Channel, pairs: int) -> Row:
    """Time the mutation `checkoutComplete` alone, without asking for points; what leads up to it is prepared before."""
    prepare = purchases(channel, CUSTOMERS)
    settle_down()
    counts = {"statements with the plugin": len(sent_by(prepare(True))), "without": len(sent_by(prepare(False)))}
    awarded = OrderTerms.objects.count()
    row = in_turns(
        "order completed through GraphQL, plugin on ÷ off",
        1.05,
        lambda: prepare(True),
        lambda: prepare(False),
        pairs=pairs,
        warm_up=20,
        notes=counts,
    )
    assert OrderTerms.objects.count() == awarded + pairs + 20, "an order was not settled in its request"
    return row


def purchases(channel: host.Channel, customers: int) -> Callable[[bool], Timed]:
    """Prepares a purchase of one of so many customers, with the plugin switched on or off, of whom each has an account.

    What is returned completes the checkout.
    """
    shop = ShopInProcess(channel.slug)
    turns = cycle([_customer(shop, number) for number in range(customers)])
    variant = next(turns).variants()[0]

    def prepare(active: bool) -> Timed:
        customer = next(turns)
        checkout = customer.start_checkout(variant, 2)
        customer.pay(checkout)
        switch(active)
        order = ("ID!", checkout.id)
        return lambda: customer.do("checkoutComplete", "order { id number }", checkoutId=order)

    for _ in range(customers):
        prepare(True)()  # whoever buys again has an account
    return prepare


def _customer(shop: ShopInProcess, number: int) -> Customer:
    email = f"customer-{number}@example.com"
    hosts.customer(email)
    return Customer(shop, email, "password")
