"""Notes: what an order brings, in its private metadata, as its state asks for and only where the shop wants it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone

from bench.statements import sent_by
from saleor_reciprocity import erasure, host, settlement
from saleor_reciprocity.points import notes
from saleor_reciprocity.surprises import notes as gifts
from saleor_reciprocity.surprises.models import Draw

from .. import hosts


@pytest.fixture
def noting(programme_on: host.Channel) -> host.Channel:
    hosts.configure(programme_on, active=True, order_notes="True", points_per_unit="1", points_name="en: star | stars")
    return programme_on


def settled(order: Any) -> None:
    settlement.settle(host.order_id(order))


def note(order: Any) -> Any:
    order.refresh_from_db()
    assert "reciprocity.points" not in (order.metadata or {}), "whoever has the order's token reads it"
    return (order.private_metadata or {}).get("reciprocity.points")


def test_a_note_follows_the_order(noting: host.Channel, customer: Any) -> None:
    order = hosts.order(customer, [("40", 1)])
    settled(order)
    assert note(order) == "40 stars"
    hosts.ship(order)
    settled(order)
    assert note(order) == "40 stars", "earned instead of pending"
    hosts.cancel(order)
    settled(order)
    assert note(order) is None


def test_what_others_wrote_stays_and_no_moment_changes(noting: host.Channel, customer: Any) -> None:
    order = hosts.order(customer, [("40", 1)])
    type(order).objects.filter(pk=order.pk).update(private_metadata={"erp": "7"}, metadata={"gift": "yes"})
    order.refresh_from_db()
    before, fingerprint = getattr(order, "updated_at", None), host.order_fingerprint(host.order_id(order))
    settled(order)
    assert note(order) == "40 stars"
    assert (order.private_metadata["erp"], order.metadata) == ("7", {"gift": "yes"})
    assert getattr(order, "updated_at", None) == before
    assert host.order_fingerprint(host.order_id(order)) == fingerprint, "nothing to settle again"


def test_in_the_language_of_the_order(noting: host.Channel, customer: Any) -> None:
    hosts.configure(noting, points_name="")
    order = hosts.order(customer, [("1", 1)])
    settled(order)
    assert note(order) == "1 point"


def test_switched_off_it_goes_with_the_next_change(noting: host.Channel, customer: Any) -> None:
    order = hosts.order(customer, [("40", 1)])
    settled(order)
    hosts.configure(noting, order_notes="False")
    hosts.ship(order)
    settled(order)
    assert note(order) is None


def test_off_it_costs_nothing(transactional_db: Any, programme_on: host.Channel, customer: Any) -> None:
    settled(hosts.order(customer, [("40", 1)]))
    counts = []
    for switched in ("False", "True"):
        hosts.configure(programme_on, active=True, order_notes=switched)
        settled(hosts.order(customer, [("40", 1)]))
        order = hosts.order(customer, [("40", 1)])
        counts.append(len(sent_by(lambda order=order: settled(order))))
        assert note(order) == (None if switched == "False" else "40 points")
    # BEGIN, the terms, the order's language, the limit of waiting, the note, COMMIT, and BEGIN, erased?, COMMIT
    assert counts[1] - counts[0] == 6 + 3, counts


def test_writing_calls_no_hook(noting: host.Channel, customer: Any, monkeypatch: Any) -> None:
    from saleor_reciprocity.plugin import ReciprocityPlugin

    called: list[str] = []
    for name in [name for name in vars(ReciprocityPlugin) if name.startswith(("order_", "draft_", "fulfillment_"))]:
        monkeypatch.setattr(ReciprocityPlugin, name, lambda *args, name=name, **more: called.append(name))
    order = hosts.order(customer, [("40", 1)])
    settled(order)
    assert (note(order), called) == ("40 stars", [])


def test_an_erased_persons_orders_have_no_note(noting: host.Channel, customer: Any) -> None:
    order = hosts.order(customer, [("40", 1)])
    settled(order)
    erasure.erase(host.person(customer), timezone.now())
    assert note(order) is None


def test_a_note_written_while_somebody_is_erased_is_taken_off_again(noting: host.Channel, customer: Any) -> None:
    order = hosts.order(customer, [("40", 1)])
    settled(order)
    seen = settlement.look(host.order_id(order))
    seen.beside["points_note"] = None
    (then,) = notes.settle(host.order_id(order), timezone.now(), seen)
    erasure.erase(host.person(customer), timezone.now())
    host.note_on_order(host.order_id(order), notes.KEY, "40 stars")
    then()
    assert note(order) is None


@pytest.mark.parametrize(("switched", "told"), [("False", False), ("True", True)])
def test_the_code_of_a_gift_is_noted_only_where_the_shop_wants_it(
    switched: str, told: bool, programme_on: host.Channel, customer: Any
) -> None:
    hosts.configure(
        programme_on, active=True, surprise_probability="1", surprise_from_order="1", holdout_share="0",
        order_notes_code=switched,
    )  # fmt: skip
    order = hosts.order(customer, [("40", 1)])
    settled(order)
    gifts.write_missing(timezone.now())
    order.refresh_from_db()
    said, won = json.loads(order.private_metadata["reciprocity.surprise"]), Draw.objects.get()
    assert set(said) == ({"code", "name", "expiresAt"} if told else {"name", "expiresAt"})
    assert (won.code in json.dumps([order.private_metadata, order.metadata])) is told
