"""Services of a person who is erased, exported or turns out to be two: the code goes with what is closed."""

from __future__ import annotations

import json
from typing import Any, Callable

import pytest
from django.utils import timezone

from saleor_reciprocity import erasure, host
from saleor_reciprocity.points import accounts
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.rewards import catalogue, fulfilment, queries
from saleor_reciprocity.rewards.models import Redemption, UploadedCode

from .. import hosts
from ..traces import naming
from .services import redeemed_by, service

NOW = timezone.now


@pytest.fixture
def rich(customer: Any, give_points: Callable[..., Any]) -> Any:
    give_points(customer, 90)
    return customer


def test_an_export_holds_code_text_and_reason(rich: Any) -> None:
    reward = service("SEAT-1\nSEAT-2")
    redeemed_by(rich, reward)
    fulfilment.cancel(redeemed_by(rich, reward, "two").pk, "Augusta is ill", "app:1", NOW())
    held = erasure.export(host.person(rich))["rewards"]
    assert [(row["code"], row["state"], row["close_reason"], row["reward__text"]) for row in held] == [
        ("SEAT-1", "open", "", "Show this at the door."),
        ("SEAT-2", "cancelled", "Augusta is ill", "Show this at the door."),
    ]


def test_who_is_erased_takes_closed_codes_and_reasons_along_and_what_is_open_can_be_done(rich: Any) -> None:
    reward = service("SEAT-1\nSEAT-2\nSEAT-3\nSEAT-4")
    made = [redeemed_by(rich, reward, str(number)) for number in range(3)]
    fulfilment.finish(made[0].pk, "app:1", NOW())
    fulfilment.cancel(made[1].pk, "Augusta is ill", "app:1", NOW())
    assert set(naming(["SEAT-1", "SEAT-2", "Augusta"])) == {"reciprocity_redemption", "reciprocity_uploadedcode"}

    erasure.erase(host.person(rich), NOW())
    assert naming(["SEAT-1", "SEAT-2", "Augusta", rich.email]) == {}
    assert queries.code_of(Redemption.objects.get(pk=made[2].pk)) == "SEAT-3"
    listed = fulfilment.work_list(fulfilment.services().filter(state="open"), 9)
    assert [one.pk for one in listed] == [made[2].pk]

    fulfilment.cancel(made[2].pk, "Augusta is gone", "app:1", NOW())
    assert naming(["SEAT-3", "Augusta"]) == {}
    assert Account.objects.get().available == 60


def test_a_code_that_was_forgotten_never_comes_a_second_time(rich: Any) -> None:
    reward = service("SEAT-1")
    fulfilment.finish(redeemed_by(rich, reward).pk, "app:1", NOW())
    erasure.erase(host.person(rich), NOW())
    assert list(UploadedCode.objects.values_list("code", flat=True)) == [""]
    with pytest.raises(Exception, match="Code 2 of the list was uploaded before"):
        catalogue.upload(reward.pk, "SEAT-9\nSEAT-1", "user:1", NOW())


def test_two_accounts_that_become_one_keep_their_services(rich: Any, give_points: Callable[..., Any]) -> None:
    bob = hosts.customer("bob@example.com")
    give_points(bob, 40)
    reward = service("SEAT-1\nSEAT-2")
    of_bob = redeemed_by(bob, reward)
    accounts.merge_people(host.person(bob), host.person(rich), "app:1", NOW())
    fulfilment.cancel(of_bob.pk, "No", "app:1", NOW())
    account = Account.objects.get(user=rich)
    assert account.available == 90 + 40
    (listed,) = queries.redemptions(account, 9)
    assert (listed.pk, queries.code_of(listed)) == (of_bob.pk, "SEAT-1")
    data = hosts.as_user(rich).data("{ me { loyalty { personalData } } }")["me"]["loyalty"]["personalData"]
    assert [row["code"] for row in json.loads(data)["rewards"]] == ["SEAT-1"]
