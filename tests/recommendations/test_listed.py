"""Lists that are kept, and those of customers held out, which are not served."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from freezegun import freeze_time

from saleor_reciprocity import host, identity
from saleor_reciprocity.experiments import assignment
from saleor_reciprocity.recommendations import personal, versions
from saleor_reciprocity.recommendations.models import CustomerList, ListedProducts

from .. import hosts
from .test_versions import filled

NOW = datetime(2026, 3, 2, 4, tzinfo=timezone.utc)
SHARE = Decimal("0.5")


@pytest.fixture
def customers(channel: host.Channel) -> list[Any]:
    return [hosts.customer(f"{number}@example.com") for number in range(20)]


def trained(customers: list[Any], now: datetime) -> set[int]:
    """A new version with a list of everybody serves. Whose list it kept."""
    with freeze_time(now):
        version = filled()
    for user in customers:
        CustomerList.objects.create(
            version=version, user=user, kind="new", product_ids=[7], scores=[1], reasons=["popular"],
            because_product_ids=[None],
        )  # fmt: skip
    versions.serve(version, {}, now)
    return set(CustomerList.objects.filter(version=version).values_list("user_id", flat=True))


def set_share(channel: host.Channel, share: str) -> None:
    hosts.configure(channel, active=True, recommendations_holdout_share=share)


def test_nobody_is_held_out_unless_the_shop_wants_it(channel: host.Channel, customers: list[Any]) -> None:
    hosts.configure(channel, active=True)
    assert len(trained(customers, NOW)) == 20
    assert set(ListedProducts.objects.values_list("share", "held_out")) == {(Decimal(0), False)}


def test_who_is_held_out_has_a_list_that_is_kept_and_not_served(channel: host.Channel, customers: list[Any]) -> None:
    """The lot is that of the key: a hash of the customer's number below the share."""
    set_share(channel, "0.5")
    key = identity.installation_key()
    drawn = {user.pk for user in customers if assignment.is_held_out(key, "recommendations", str(user.pk), SHARE)}
    assert 0 < len(drawn) < 20
    assert trained(customers, NOW) == {user.pk for user in customers} - drawn
    rows = ListedProducts.objects.filter(listed_on=NOW.date(), product_ids=[7], share=SHARE)
    assert (rows.count(), set(rows.filter(held_out=True).values_list("user_id", flat=True))) == (20, drawn)


def test_the_lot_is_drawn_once_whatever_share_comes_later(channel: host.Channel, customers: list[Any]) -> None:
    set_share(channel, "0.5")
    served = trained(customers[:10], NOW)
    set_share(channel, "0.9")
    assert trained(customers[:10], NOW + timedelta(days=8)) == served
    set_share(channel, "0")
    assert trained(customers, NOW + timedelta(days=16)) == served | {user.pk for user in customers[10:]}
    newest = ListedProducts.objects.filter(listed_on=(NOW + timedelta(days=16)).date())
    assert newest.filter(share=SHARE).count() == newest.filter(share=0).count() == 10


def test_an_address_that_changes_draws_no_other_lot(channel: host.Channel, customers: list[Any]) -> None:
    set_share(channel, "0.5")
    served = trained(customers, NOW)
    for user in customers:
        user.email = f"new-{user.email}"
        user.save(update_fields=["email"])
    assert trained(customers, NOW + timedelta(days=1)) == served
    assert trained(customers, NOW + timedelta(days=8)) == served


def test_the_lot_is_part_of_the_export_and_goes_with_the_lists(channel: host.Channel, customers: list[Any]) -> None:
    set_share(channel, "0.9")
    trained(customers, NOW)
    held_out = ListedProducts.objects.filter(held_out=True).first()
    subject = identity.Subject(held_out.user_id, (), (), ())
    (listed,) = personal.export(subject)["listed"]
    assert listed == {"listed_on": NOW.date(), "product_ids": [7], "share": Decimal("0.9"), "held_out": True}
    personal.forget(subject, NOW)
    assert not ListedProducts.objects.filter(user=held_out.user_id).exists()
