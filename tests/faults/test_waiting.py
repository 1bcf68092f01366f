"""Who comes to a door while somebody else holds what is needed waits a limited time, and is told to try again."""

from __future__ import annotations

from functools import partial
from threading import Event
from typing import Any, Callable

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from saleor_reciprocity import erasure, errors, host, settlement
from saleor_reciprocity.mail import consent
from saleor_reciprocity.mail.models import CommunicationChoice
from saleor_reciprocity.points import adjustments
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.recommendations import preferences
from saleor_reciprocity.recommendations.models import Preference
from saleor_reciprocity.surprises.models import Draw
from saleor_reciprocity.surveys import replies, responses
from saleor_reciprocity.surveys.models import Answer, Invitation, Reply
from saleor_reciprocity.surveys.responses import Given

from .. import hosts
from ..hosts import catalogue
from ..mail.conftest import links, post  # noqa: F401 - fixtures
from ..surprises.shop import campaign
from ..surveys.conftest import asking  # noqa: F401 - a fixture
from ..surveys.shop import answered, invited, path_of
from .crowd import SECONDS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def short(settings: Any) -> None:
    settings.RECIPROCITY_WAIT_SECONDS = 0.2


def while_held(hold: Callable[[], Any], do: Callable[[], Any]) -> Any:
    """What `do` returns or raises while another transaction keeps what `hold` has locked until `do` is through."""
    held, through = Event(), Event()

    def holding(number: int) -> Any:
        if number:
            assert held.wait(SECONDS)
            try:
                return do()
            finally:
                through.set()
        with transaction.atomic():
            hold()
            held.set()
            assert through.wait(SECONDS), "it waited"
        return None

    return at_once(2, holding)[1]


def lock(rows: Any) -> list[Any]:
    return list(rows.select_for_update())


def the_users() -> list[Any]:
    return lock(get_user_model().objects.all())


def test_an_answer(asking: Any, customer: Any) -> None:  # noqa: F811
    asking(survey_points="7")
    invitation = invited(customer)
    for rows in (Invitation.objects.all(), Account.objects.all()):
        take = partial(responses.take, invitation, Given(5, "Quick"), timezone.now())
        assert isinstance(while_held(partial(lock, rows), take), errors.Busy)
    keep = partial(responses.keep, invitation, Given(5, "Quick"), timezone.now())
    assert isinstance(while_held(partial(lock, Invitation.objects.all()), keep), errors.Busy)
    assert not Answer.objects.exists()


@pytest.mark.parametrize("action", ["send", "keep"])
def test_the_form_of_an_answer_comes_back_as_it_was(action: str, asking: Any, customer: Any) -> None:  # noqa: F811
    asking()
    path = path_of(invited(customer))
    form = {"score": "4", "comment": "Quick & friendly", "action": action}
    page = while_held(partial(lock, Invitation.objects.all()), lambda: Client().post(path, form))
    assert page.status_code == 503
    text = page.content.decode()
    assert "The account is busy. Send the same request again." in text
    assert "Quick &amp; friendly" in text
    assert 'value="4" required checked' in text
    assert not Answer.objects.exists()
    assert Client().post(path, form).status_code == 200
    assert Answer.objects.get().comment == "Quick & friendly"


def test_a_reply(asking: Any, customer: Any) -> None:  # noqa: F811
    asking()
    answer = answered(customer)
    reply = partial(replies.reply, answer.pk, "We are sorry.", "user:1", timezone.now())
    assert isinstance(while_held(partial(lock, Invitation.objects.all()), reply), errors.Busy)
    assert not Reply.objects.exists()


def test_an_erasure(programme_on: Any, customer: Any) -> None:
    adjustments.adjust(host.person(customer), 30, "why", "", "key", timezone.now())
    erase = partial(erasure.erase, host.person(customer), timezone.now())
    assert isinstance(while_held(partial(lock, Account.objects.all()), erase), errors.Busy)
    assert Account.objects.filter(erased_at=None).count() == 1
    assert erase() == 0
    assert Account.objects.filter(erased_at=None).count() == 0


def test_an_erasure_of_somebody_whose_order_is_being_changed(programme_on: Any, customer: Any) -> None:
    """A note of ours is on it, and the host's own rows can be held by anybody."""
    hosts.configure(programme_on, holdout_share="0")
    campaign(programme_on)
    order = hosts.order(customer, [("40", 1)])
    settlement.settle(host.order_id(order))
    erase = partial(erasure.erase, host.person(customer), timezone.now())
    assert isinstance(while_held(partial(lock, type(order).objects.all()), erase), errors.Busy)
    assert not Draw.objects.filter(person__startswith="erased:").exists()
    assert erase() == 1


def test_an_erasure_by_staff_says_so(programme_on: Any, customer: Any) -> None:
    adjustments.adjust(host.person(customer), 30, "why", "", "key", timezone.now())
    staff = hosts.as_app("account.manage_users")
    erase = """mutation { loyaltyCustomerErase(email: "ada@example.com") { orders errors { field message code } } }"""
    said = while_held(partial(lock, Account.objects.all()), lambda: staff.data(erase))
    assert said["loyaltyCustomerErase"] == {
        "orders": None,
        "errors": [
            {"field": None, "message": "The account is busy. Send the same request again.", "code": "BUSY"},
        ],
    }


@pytest.mark.parametrize("link", ["unsubscribe", "preferences"])
def test_a_click(link: str, links: Any) -> None:  # noqa: F811
    before = list(CommunicationChoice.objects.values_list("pk", flat=True))
    click = partial(Client().post, links[link], {"List-Unsubscribe": "One-Click"})
    page = while_held(the_users, click)
    assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert "The account is busy. Send the same request again." in page.content.decode()
    assert list(CommunicationChoice.objects.values_list("pk", flat=True)) == before
    assert click().status_code == 200


def test_a_choice(customer: Any, programme_on: Any) -> None:
    choose = partial(consent.choose, host.person(customer), consent.ALL, True, "test", timezone.now())
    assert isinstance(while_held(the_users, choose), errors.Busy)
    assert not CommunicationChoice.objects.exists()


def test_a_preference(customer: Any, programme_on: Any) -> None:
    shelf = catalogue.category("Cups")

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('reciprocity_preference'), %s)", [customer.pk])

    like = partial(preferences.update, customer.pk, {("category", shelf.pk): True}, (), timezone.now())
    assert isinstance(while_held(hold, like), errors.Busy)
    assert not Preference.objects.exists()
