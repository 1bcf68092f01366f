"""A gift in the very answer to the order, and a code that takes its value off the next checkout, whatever its kind."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from demo.storefront import Customer, Refused, Shop, Staff, amount
from saleor_reciprocity import host
from saleor_reciprocity.surprises.campaigns import Gift
from saleor_reciprocity.surprises.models import Budget, Draw, PrizeKind

from ..surprises.shop import campaign

SURPRISE = "surprise { kind name code reason expiresAt value { amount currency } points }"

# What the gift is, how many cups are bought with its code, and what they cost then; a cup costs 40, the parcel 10.
GIFTS = {
    "voucher": (lambda product: Gift(PrizeKind.VOUCHER, "Five", Decimal(5)), 1, 45),
    "percentage": (lambda product: Gift(PrizeKind.PERCENTAGE, "An eighth", Decimal(9), percent=Decimal("12.5")), 1, 45),
    "free shipping": (lambda product: Gift(PrizeKind.FREE_SHIPPING, "Free shipping", Decimal(12)), 1, 40),
    "free product": (lambda product: Gift(PrizeKind.FREE_PRODUCT, "A cup", Decimal(40), product_id=product), 2, 50),
    "gift card": (lambda product: Gift(PrizeKind.GIFT_CARD, "A card", Decimal(7)), 1, 43),
}


def bought(customer: Customer, quantity: int = 1, code: str | None = None) -> dict[str, Any]:
    """The order as the answer to its completion shows it, with its surprise."""
    (cup,) = customer.variants()
    checkout = customer.start_checkout(cup, quantity)
    if code:
        checkout = customer.use_code(checkout, code)
    customer.pay(checkout)
    fields = f"order {{ id number total {{ gross {{ amount }} }} {SURPRISE} }}"
    return dict(customer.do("checkoutComplete", fields, checkoutId=("ID!", checkout.id))["order"])


@pytest.mark.parametrize("kind", GIFTS)
def test_the_gift_comes_with_the_order_and_reduces_the_next(
    kind: str, ada: Customer, shop: Shop, staff: Staff, channel: host.Channel
) -> None:
    gift, quantity, price = GIFTS[kind]
    staff.set_programme(True, holdout_share=0)
    facts = host.order(host.order_id_of_number(bought(ada)["number"]) or "")
    assert facts is not None
    campaign(channel, gift(facts.lines[0].product_id), reason="Thank you, Ada.")

    surprise = bought(ada)["surprise"]
    assert (surprise["kind"], surprise["reason"]) == (kind.upper().replace(" ", "_"), "Thank you, Ada.")
    assert surprise["expiresAt"]
    paid = bought(ada, quantity, surprise["code"])

    assert amount(paid["total"]) == price
    if kind == "gift card":
        assert amount(bought(ada, quantity, surprise["code"])["total"]) == 50, "an empty card takes nothing off"
    else:
        with pytest.raises(Refused):
            bought(ada, quantity, surprise["code"])


def test_the_standard_campaign_from_the_plugins_page_to_the_list_of_gifts(
    ada: Customer, staff: Staff, channel: host.Channel
) -> None:
    values = {"surprise_probability": 1, "surprise_value": 4, "surprise_budget_per_month": 4, "holdout_share": 0}
    staff.set_programme(True, **values)

    orders = [bought(ada) for _ in range(3)]

    assert [order["surprise"] is not None for order in orders] == [False, True, False]
    assert Budget.objects.get().spent == 4
    assert sorted(Draw.objects.values_list("outcome", flat=True)) == ["cooling off", "order number", "won"]
    listed = ada.ask("{ me { loyalty { surprises { edges { node { code state name } } } } } }")["me"]["loyalty"]
    (gift,) = [edge["node"] for edge in listed["surprises"]["edges"]]
    assert gift == {"code": orders[1]["surprise"]["code"], "state": "ISSUED", "name": f"4 {channel.currency}"}


def test_a_cancelled_order_takes_its_code_back(ada: Customer, staff: Staff, channel: host.Channel) -> None:
    staff.set_programme(True, holdout_share=0)
    campaign(channel)
    order = bought(ada)
    staff.cancel(order["id"])
    with pytest.raises(Refused):
        bought(ada, 1, order["surprise"]["code"])
    assert Budget.objects.get().spent == 0


def test_a_probability_above_one_is_refused_at_its_field(staff: Staff) -> None:
    said = r"surpriseProbability “Surprises: probability”: Enter a share from 0 to 1, or a percentage such as 20%\."
    with pytest.raises(Refused, match=said):
        staff.set_programme(True, surprise_probability="1.5")
