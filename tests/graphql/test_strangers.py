"""What a stranger learns: who only knows an address, or only holds the id of an order or checkout under it.

The table names every field of ours below Order and Checkout. What is "the order's" is the same whoever the address
belongs to: a test compares a customer of the highest tier, who has bought before, with somebody new. What is "theirs"
is empty.
"""

from __future__ import annotations

from typing import Any, Iterator

import pytest
from django.utils import timezone
from graphene.utils.str_converters import to_camel_case

from saleor_reciprocity import host, settlement
from saleor_reciprocity.graphql import schema
from saleor_reciprocity.points import accounts

from .. import hosts
from ..points.programmes import ladder, rule
from ..surprises.shop import campaign
from .asking import of_checkout, order_query
from .generate import bare, everything_of, is_ours

THE_ORDERS, THEIRS = "the order's", "theirs"

# Of a surprise everything is the order's: that it won is shown with it. See docs/decisions/0541.
STRANGERS_SEE = {
    "Order.loyalty.verdict": THE_ORDERS,
    "Order.loyalty.pending": THE_ORDERS,
    "Order.loyalty.earned": THE_ORDERS,
    "Order.loyalty.maturesAt": THE_ORDERS,
    "Order.loyalty.why": THE_ORDERS,
    "Order.loyalty.lines.lineId": THE_ORDERS,
    "Order.loyalty.lines.amount": THE_ORDERS,
    "Order.loyalty.lines.pointsPerUnit": THE_ORDERS,
    "Order.loyalty.lines.points": THE_ORDERS,
    "Order.loyalty.lines.why": THE_ORDERS,
    "Order.loyalty.lines.detail": THEIRS,
    "Order.loyalty.shippingPoints": THE_ORDERS,
    "Order.loyalty.bonuses.name": THE_ORDERS,
    "Order.loyalty.bonuses.points": THE_ORDERS,
    "Order.loyalty.entries": THEIRS,
    "Order.surprise.kind": THE_ORDERS,
    "Order.surprise.name": THE_ORDERS,
    "Order.surprise.value": THE_ORDERS,
    "Order.surprise.points": THE_ORDERS,
    "Order.surprise.code": THE_ORDERS,
    "Order.surprise.reason": THE_ORDERS,
    "Order.surprise.expiresAt": THE_ORDERS,
    "Order.surprise.state": THE_ORDERS,
    "Order.surprise.occasion": THE_ORDERS,  # none
    "Order.surprise.drawnOver": THE_ORDERS,  # null
    "Order.surveyAnswer": THEIRS,
    "Checkout.loyalty.points": THE_ORDERS,
    "Checkout.loyalty.lines.lineId": THE_ORDERS,
    "Checkout.loyalty.lines.amount": THE_ORDERS,
    "Checkout.loyalty.lines.pointsPerUnit": THE_ORDERS,
    "Checkout.loyalty.lines.points": THE_ORDERS,
    "Checkout.loyalty.lines.why": THE_ORDERS,
    "Checkout.loyalty.lines.detail": THEIRS,
    "Checkout.loyalty.bonuses.name": THE_ORDERS,
    "Checkout.loyalty.bonuses.points": THE_ORDERS,
    "Checkout.loyalty.redeemable": THEIRS,
    "Checkout.loyalty.nextReward": THEIRS,
}
DIFFER_BY_ROW = ("lineId", "code", "expiresAt")


def paths(prefix: str, kind: Any) -> Iterator[str]:
    """Every field below a type, down to what is not ours or what strangers see nothing of."""
    inner = bare(kind)
    if STRANGERS_SEE.get(prefix) == THEIRS or not getattr(inner, "fields", None) or inner.name == "Money":
        yield prefix
        return
    assert is_ours(inner), inner
    for name, field in inner.fields.items():
        yield from paths(f"{prefix}.{name}", field.type)


def ours_below(type_name: str) -> dict[str, Any]:
    """The fields that we add to a type of the host, as its built schema knows them."""
    fields = host.loaded_schema().get_type(type_name).fields
    return {name: fields[name] for name in map(to_camel_case, schema.FIELDS[type_name])}


def test_every_field_below_an_order_and_a_checkout_is_in_the_table() -> None:
    found = {
        path
        for type_name in ("Order", "Checkout")
        for name, field in ours_below(type_name).items()
        for path in paths(f"{type_name}.{name}", field.type)
    }
    assert found == set(STRANGERS_SEE)


@pytest.fixture
def gold(programme_on: Any) -> str:
    """The address of a customer who has bought for 120 points, and reached gold by it."""
    hosts.configure(programme_on, holdout_share="0", survey_question="csat")
    campaign(programme_on)
    ladder(("gold", 50, "3"))
    rule("bonus", "500", name="Welcome", order_number=1)
    rule("bonus", "70", name="For gold", tiers=["gold"])
    order = hosts.order("ada@example.com", [("120", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    return "ada@example.com"


def strangers() -> dict[str, hosts.GraphQL]:
    return {
        "nobody": hosts.GraphQL(),
        "another customer": hosts.as_user(hosts.customer("bob@example.com")),
        "staff without rights": hosts.as_user(hosts.customer("clerk@example.com", staff=True)),
        "an app without rights": hosts.as_app(),
    }


def seen(client: hosts.GraphQL, query: str) -> dict[str, Any]:
    """What is seen of an order or a checkout, flat: each path with its values, what differs by row as a mark."""
    ((kind, found),) = client.data(query).items()
    root = "Checkout" if kind == "checkout" else "Order"
    flat: dict[str, Any] = {}
    for name in found:
        _flatten(f"{root}.{name}", found[name], flat)
    return flat


def _flatten(path: str, value: Any, flat: dict[str, Any]) -> None:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        for one in value:
            _flatten(path, one, flat)
    elif isinstance(value, dict) and "currency" not in value:
        for name in value:
            _flatten(f"{path}.{name}", value[name], flat)
    else:
        varies = value and path.split(".")[-1] in DIFFER_BY_ROW
        flat.setdefault(path, []).append("something" if varies else value)


def whole(type_name: str) -> str:
    return " ".join(
        f"{name}{everything_of(field.type)}".replace("__typename", "") for name, field in ours_below(type_name).items()
    )


def guests_order(address: str) -> Any:
    order = hosts.order(address, [("40", 1), ("10", 2)], shipping="5")
    settlement.settle(host.order_id(order))
    return order


def test_11_1_2_of_an_order_a_stranger_sees_nothing_of_the_person(gold: str) -> None:
    """The same order under the address of a gold customer and under a new one: nobody can tell them apart."""
    hers, new = guests_order(gold), guests_order("new@example.com")
    for who, client in strangers().items():
        of_hers, of_new = (seen(client, order_query(order, whole("Order"))) for order in (hers, new))
        assert of_hers == of_new, who
        assert (of_hers["Order.loyalty.pending"], of_hers["Order.loyalty.bonuses.name"]) == ([560], ["Welcome"])
        nothing_of_theirs(of_hers)


def test_11_2_a_checkout_with_an_address_only_is_of_somebody_new(gold: str) -> None:
    """Gold is 3 times the points and 70 more, and no welcome; whoever only typed the address learns neither."""
    checkouts = [hosts.checkout(address, "40") for address in (gold, "new@example.com")]
    queries = [of_checkout(checkout, f"{{ {whole('Checkout')} }}") for checkout in checkouts]
    for who, client in strangers().items():
        of_hers, of_new = (seen(client, query) for query in queries)
        assert of_hers == of_new, who
        assert (of_hers["Checkout.loyalty.points"], of_hers["Checkout.loyalty.bonuses.name"]) == ([540], ["Welcome"])
        nothing_of_theirs(of_hers)


def nothing_of_theirs(found: dict[str, Any]) -> None:
    for path, values in found.items():
        assert STRANGERS_SEE[path] == THE_ORDERS or all(value in (None, []) for value in values), path


def test_the_customer_and_staff_see_the_order_as_it_is(gold: str) -> None:
    """120 points, 500 for the first order: then 60 * 3 + 70 pending for the second, and a balance of 620."""
    order = guests_order(gold)
    query = order_query(order, "loyalty { pending why bonuses { name } entries { pending balance } }")
    manager = hosts.customer("manager@example.com", staff=True)
    hosts.give_rights(manager.user_permissions, "order.manage_orders")
    ada = hosts.customer(gold)
    accounts.open_account(host.person(ada), timezone.now())
    clients = {"ada": hosts.as_user(ada), "manager": hosts.as_user(manager)}
    for who, balance in (("ada", 620), ("manager", None)):
        ((_, found),) = clients[who].data(query).items()
        loyalty = found["loyalty"]
        assert loyalty["pending"] == 250, who
        assert [bonus["name"] for bonus in loyalty["bonuses"]] == ["For gold"]
        assert loyalty["entries"] == [{"pending": 250, "balance": balance}]
        assert not any("Sign in" in line for line in loyalty["why"])
    hosts.give_rights(manager.user_permissions, "account.manage_users")
    ((_, found),) = hosts.as_user(manager).data(query).items()
    assert found["loyalty"]["entries"] == [{"pending": 250, "balance": 620}]
