"""An erasure meets everything else at the worst moment: nobody writes about the person afterwards, no second gift."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable

import pytest
from django.core import mail as post
from django.utils import timezone

from saleor_reciprocity import erasure, host, settlement
from saleor_reciprocity.mail import kinds, outbox, sending
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.points import orders as points
from saleor_reciprocity.points.messages import statements
from saleor_reciprocity.points.models import Account, Entry, OrderTerms
from saleor_reciprocity.recommendations import training
from saleor_reciprocity.recommendations.models import CustomerList
from saleor_reciprocity.surprises import notes
from saleor_reciprocity.surprises import orders as surprises
from saleor_reciprocity.surprises.models import Campaign, Draw
from saleor_reciprocity.surveys import queue, responses
from saleor_reciprocity.surveys.models import Answer, Invitation
from saleor_reciprocity.surveys.responses import Given

from .. import hosts, turns
from ..surprises.shop import campaign
from ..surveys.shop import ago, since_a_year
from ..traces import found_of
from .crowd import interrupted


@pytest.fixture
def shop(transactional_db: Any, programme_on: Any) -> Any:
    """Every order wins, every arrived order is asked about."""
    hosts.configure(
        programme_on,
        holdout_share="0",
        survey_question="csat",
        survey_holdout_share="0",
        mail_consent="existing customers",
        mail_terms_confirmed="true",
        mail_statements="true",
        mail_sender_address="shop@example.com",
    )
    since_a_year()
    campaign(programme_on)
    Campaign.objects.update(starts_at=ago(30))
    return programme_on


def bought(buyer: Any) -> str:
    """An order that has arrived, and that nobody has looked at."""
    order = hosts.order(buyer, [("40", 1)], placed_at=ago(9))
    hosts.ship_at(order, ago(8))
    return host.order_id(order)


def erasure_of(buyer: Any) -> Callable[[], int]:
    person = host.person_with_email(buyer) if isinstance(buyer, str) else host.person(buyer)
    return partial(erasure.erase, person, timezone.now())


def counted() -> tuple[int, int, int, int, int]:
    models = (Account, Entry, Draw, Invitation, Mail)
    return tuple(model.objects.count() for model in models)


GUEST = "guest@example.com"
# Just before each domain looks at the order, and just before it takes its lock.
POINTS, DRAW = '"reciprocity_orderterms"', '"reciprocity_campaign"'
LOCKS = "pg_advisory_xact_lock"


@pytest.mark.parametrize(
    ("buyer", "moment"), [("", POINTS), ("", DRAW), ("", "FOR KEY SHARE"), (GUEST, POINTS), (GUEST, DRAW)]
)
def test_an_order_settled_again_while_its_person_is_erased_gives_nothing_twice(
    moment: str, buyer: str, shop: Any, customer: Any
) -> None:
    who = buyer or customer
    order_id = bought(who)
    settlement.settle(order_id)
    before = counted()
    assert before == (1, 1, 1, 1, 1)
    change(order_id)
    results = interrupted(partial(settlement.settle, order_id), moment, erasure_of(who))
    assert results == [None, 1]
    assert counted() == before
    assert not found_of(who, order_id)


def change(order_id: str) -> None:
    """Something that calls for another look, in which every domain has something to look at."""
    settlement.SettledOrder.objects.update(fingerprint="another")
    extra = Campaign.objects.get()
    extra.pk, extra.name, extra.is_standard = None, "Another", False
    extra.save()


@pytest.mark.parametrize(
    ("buyer", "moment"),
    [
        ("", "INTO reciprocity_entry"),
        ("", 'INTO "reciprocity_draw"'),
        ("", LOCKS),
        (GUEST, "INTO reciprocity_entry"),
        (GUEST, POINTS),
    ],
)
def test_a_first_order_that_is_settled_while_its_person_is_erased_leaves_nobody(
    moment: str, buyer: str, shop: Any, customer: Any
) -> None:
    """There is no account yet that both could lock: whoever makes it first lets the other wait."""
    who = buyer or customer
    order_id = bought(who)
    results = interrupted(partial(settlement.settle, order_id), moment, erasure_of(who))
    assert results == [None, 1]
    assert not found_of(who, order_id)
    assert not Account.objects.filter(erased_at=None).exists()


@pytest.mark.parametrize("domain", [points, surprises, queue])
@pytest.mark.parametrize("buyer", ["", GUEST])
def test_who_is_being_erased_is_waited_for(domain: Any, buyer: str, shop: Any, customer: Any) -> None:
    """The erasure is almost done when an order of the person is looked at for the first time."""
    who = buyer or customer
    order_id = bought(who)
    results = interrupted(
        erasure_of(who), '"reciprocity_settledorder" SET', partial(turns.settle, domain, order_id, timezone.now())
    )
    assert results == [1, None]
    assert not found_of(who, order_id)
    assert counted() == (0, 0, 0, 0, 0)


def test_an_order_that_earns_nothing_leaves_no_terms_behind(shop: Any, customer: Any) -> None:
    order = hosts.order(customer, [("40", 1)], placed_at=ago(500))
    order_id = host.order_id(order)
    settle, erase = partial(turns.settle, points, order_id, timezone.now()), erasure_of(customer)
    interrupted(settle, "reciprocity_settledorder", erase)
    assert not OrderTerms.objects.exists()
    settlement.SettledOrder.objects.all().delete()
    interrupted(erase, 'DELETE FROM "reciprocity_orderterms"', settle)
    assert not OrderTerms.objects.exists()


def test_a_message_in_flight_is_not_sent_and_writes_nothing_back(shop: Any, customer: Any) -> None:
    now = timezone.now()
    outbox.ask(kinds.REDEMPTION, "redemption:1", host.person(customer), shop.id, now)
    said = {"reward": "Five", "code": "X", "points": 5, "value": "5", "expires_at": now}
    send = partial(sending.look, {kinds.REDEMPTION: lambda mail, now: said}, now)
    results = interrupted(send, '"reciprocity_communicationchoice"', erasure_of(customer))
    assert (results[0].sent, results[1]) == (0, 0)
    assert not post.outbox
    kept = Mail.objects.get()
    assert (kept.person, kept.user_id, kept.message_id, kept.basis) == ("", None, "", "")
    assert not found_of(customer)


def test_a_statement_that_is_about_to_be_asked_for_is_not(shop: Any, customer: Any) -> None:
    settlement.settle(bought(customer))
    Mail.objects.all().delete()
    Invitation.objects.all().delete()
    first_of_a_month = timezone.now().replace(day=1)
    results = interrupted(partial(statements.ask, first_of_a_month), "FOR UPDATE", erasure_of(customer))
    assert results == [0, 1]
    assert not Mail.objects.exists()


def test_an_invitation_that_is_about_to_be_handed_over_is_not(shop: Any, customer: Any) -> None:
    order_id = bought(customer)
    settlement.settle(order_id)
    results = interrupted(partial(queue.invite_due, timezone.now()), "pg_advisory_xact_lock", erasure_of(customer))
    assert results == [0, 1]
    assert [one.state for one in Invitation.objects.all()] == ["cancelled"]
    assert not found_of(customer, order_id)


def test_an_answer_that_is_on_its_way_is_not_kept(shop: Any, customer: Any) -> None:
    hosts.configure(shop, survey_points="5")
    order_id = bought(customer)
    settlement.settle(order_id)
    queue.invite_due(timezone.now())
    invitation = responses.invited(Invitation.objects.get().pk)
    answer = partial(responses.take, invitation, Given(5, "I am Ada Lovelace"), timezone.now())
    results = interrupted(answer, "FOR KEY SHARE", erasure_of(customer))
    assert (results[0].is_first, results[0].points, results[1]) == (False, 0, 1)
    assert not Answer.objects.exists()
    assert not found_of(customer, order_id)
    assert Account.objects.filter(erased_at=None).count() == 0


def test_a_note_that_is_being_written_is_taken_off_again(shop: Any, customer: Any) -> None:
    order = hosts.order(customer, [("40", 1)])
    with notes_held_back():
        settlement.settle(host.order_id(order))
    results = interrupted(partial(notes.write_missing, timezone.now()), "UPDATE order_order", erasure_of(customer))
    assert results == [None, 1]
    order.refresh_from_db()
    assert order.private_metadata == {}


def notes_held_back() -> Any:
    from unittest import mock

    return mock.patch.object(notes, "write_soon")


def test_a_training_that_has_read_the_purchases_leaves_the_person_out(
    shop: Any, customer: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(training, "can_learn", lambda: False)
    bob = hosts.customer("bob@example.com")
    for who in (customer, bob):
        order = hosts.order(who, [("40", 1)], placed_at=ago(9))
        hosts.sell(order, 0, "Mug")
        hosts.ship_at(order, ago(8))
        settlement.settle(host.order_id(order))
    train = partial(training.train, timezone.now())
    results = interrupted(train, "INTO reciprocity_customerlist", erasure_of(customer))
    assert results[1] == 1
    assert [one.user_id for one in CustomerList.objects.all()] == [bob.pk]
