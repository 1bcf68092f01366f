"""The work list of services, and the codes that a shop brings for them."""

from __future__ import annotations

from typing import Any

import graphene
import pytest

from saleor_reciprocity.points.models import Account
from saleor_reciprocity.rewards.models import Redemption, Reward, UploadedCode

from .. import hosts
from ..points.programmes import earned
from ..rewards.services import redeemed_by, service
from .browsing import Reader, manager, text_of


@pytest.fixture
def boss(programme_on: Any) -> Reader:
    return Reader(manager())


def named(kind: str, key: Any) -> str:
    return str(graphene.Node.to_global_id(kind, key))


def test_a_service_is_offered_its_codes_are_uploaded_and_it_says_how_many_are_left(boss: Reader) -> None:
    fields = {"input__channel": "default-channel", "input__kind": "SERVICE", "input__name": "Ticket"}
    fields.update(input__points="30", input__value="12", input__text="At the door.", input__givesCodes="true")
    made = text_of(boss.send("rewards", "Create", form="Create", **fields))
    assert ("Done." in made, "0 codes left" in made, "At the door." in made) == (True, True, True)
    reward = named("LoyaltyReward", Reward.objects.get(kind="service").pk)
    form = {"form": f"Upload-{reward}", "id": reward}
    wrong = boss.send("rewards", "Upload", **form, codes="SEAT-1\r\nSEAT-1")
    assert (wrong.status_code, "Line 2: this code is in the list twice." in text_of(wrong)) == (422, True)
    assert "2 codes left" in text_of(boss.send("rewards", "Upload", **form, codes="SEAT-1\r\nSEAT-2\r\n"))
    assert "SEAT-" not in text_of(boss.read("rewards"))
    assert UploadedCode.objects.count() == 2


def test_what_is_open_is_done_or_cancelled_on_the_work_list(boss: Reader, customer: Any) -> None:
    assert "Nothing to do." in text_of(boss.read("services"))
    earned(customer, "90")
    reward = service("SEAT-1\nSEAT-2")
    first, second = (redeemed_by(customer, reward, key) for key in ("one", "two"))
    page = text_of(boss.read("services", state="OPEN"))
    assert page.index("SEAT-1") < page.index("SEAT-2")
    assert "ada@example.com" in page

    one, two = named("LoyaltyRedemption", first.pk), named("LoyaltyRedemption", second.pk)
    done = text_of(boss.send("services", "Finish", form=f"Finish-{one}", id=one))
    assert "Done." in done
    assert done.index("SEAT-2") < done.index("SEAT-1")
    unsaid = boss.send("services", "Cancel", form=f"Cancel-{two}", id=two, reason="")
    assert (unsaid.status_code, "Fill this in." in text_of(unsaid)) == (422, True)
    cancelled = text_of(boss.send("services", "Cancel", form=f"Cancel-{two}", id=two, reason="No seat left"))
    assert "No seat left" in cancelled
    assert "Mark as done" not in cancelled
    assert list(Redemption.objects.order_by("pk").values_list("state", flat=True)) == ["done", "cancelled"]
    assert Account.objects.get().available == 60

    late = boss.send("services", "Finish", form=f"Finish-{two}", id=two)
    assert (late.status_code, "Somebody has done or cancelled this already." in text_of(late)) == (422, True)


def test_the_work_list_is_for_who_manages_discounts(programme_on: Any, customer: Any) -> None:
    earned(customer, "90")
    redeemed_by(customer, service("SEAT-1"))
    assert Reader(manager("order.manage_orders")).read("services").status_code == 403
    clerk = hosts.customer("clerk@example.com", staff=True)
    hosts.give_rights(clerk.user_permissions, "discount.manage_discounts")
    page = text_of(Reader(clerk).read("services"))
    assert ("SEAT-1" in page, "ada@example.com" in page, "“Manage customers”" in page) == (True, False, True)


def test_an_account_shows_its_services_without_a_button_to_give_them_back(boss: Reader, customer: Any) -> None:
    earned(customer, "90")
    redeemed_by(customer, service("SEAT-1"))
    page = text_of(boss.read("customers/account", id=named("User", customer.pk)))
    row = page.split("<td>Ticket</td>")[1].split("</tr>")[0]
    assert ("SEAT-1" in row, "Open" in row, "<button" in row) == (True, True, False)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_work_list_in_both_languages(language: str, programme_on: Any, customer: Any) -> None:
    earned(customer, "90")
    redeemed_by(customer, service())
    page = text_of(Reader(manager(), language).read("services"))
    assert ("Mark as done" in page) == (language == "en")
    assert ("标记为已完成" in page) == (language == "zh-hans")
