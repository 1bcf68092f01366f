"""Who is asked about which order, and when: once, later, with consent, and not too often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity import erasure, host, identity, messages, people, settlement
from saleor_reciprocity.experiments.models import Assignment
from saleor_reciprocity.mail import consent
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.points import accounts
from saleor_reciprocity.surveys import queue
from saleor_reciprocity.surveys.models import Invitation

from .. import hosts
from ..mail.conftest import post  # noqa: F401 - a fixture
from ..mail.post import Post
from ..rewards.reports import report
from .shop import ago, arrived, invitation_of, invited, since_a_year, state_of


def surveys() -> Any:
    return Mail.objects.filter(kind="survey")


def test_a_customer_is_asked_seven_days_after_the_shipment(shop: Any, customer: Any) -> None:
    order = arrived(customer, days=6.9)
    assert queue.invite_due(timezone.now()) == 0
    assert state_of(order) == "waiting"

    due = ago(6.9) + timedelta(days=7)
    assert abs(invitation_of(order).due_at - due) < timedelta(minutes=1)
    Invitation.objects.update(due_at=ago(0))
    hosts.find_order(host.order_id(order)).fulfillments.update(**{hosts.SHIPPED_AT: ago(7)})
    assert queue.invite_due(timezone.now()) == 1
    assert state_of(order) == "invited"
    mail = surveys().get()
    assert (mail.source, mail.context) == (f"survey:{host.order_id(order)}", {"invitation": invitation_of(order).pk})


def test_looking_again_asks_nobody_twice(shop: Any, customer: Any) -> None:
    order = arrived(customer)
    for _ in range(3):
        settlement.settle(host.order_id(order), again=True)
        queue.invite_due(timezone.now())
    assert Invitation.objects.count() == surveys().count() == 1


def test_an_order_about_which_is_decided_or_that_has_not_arrived_costs_no_turn(shop: Any, customer: Any) -> None:
    order = arrived(customer)
    assert queue.concerns(settlement.look(host.order_id(order)))
    assert queue.invite_due(timezone.now()) == 1
    assert not queue.concerns(settlement.look(host.order_id(order)))
    in_part = hosts.order(customer, [("40", 2)], placed_at=ago(9))
    hosts.ship(in_part, [1])
    assert not queue.concerns(settlement.look(host.order_id(in_part)))


def test_an_order_that_was_shipped_in_part_has_to_wait(shop: Any, customer: Any) -> None:
    order = hosts.order(customer, [("40", 2)], placed_at=ago(9))
    hosts.ship(order, [1])
    settlement.settle(host.order_id(order))
    assert not Invitation.objects.exists()
    hosts.ship(order, [1])
    settlement.settle(host.order_id(order))
    assert state_of(order) == "waiting"


def test_a_cancelled_shipment_starts_the_time_anew(shop: Any, customer: Any) -> None:
    order = arrived(customer)
    hosts.unship(order)
    settlement.settle(host.order_id(order))
    assert invitation_of(order).due_at is None
    assert queue.invite_due(timezone.now()) == 0
    hosts.ship_at(order, ago(1))
    settlement.settle(host.order_id(order))
    assert abs(invitation_of(order).due_at - (ago(1) + timedelta(days=7))) < timedelta(minutes=1)


def test_a_cancelled_order_is_not_asked_about_even_if_nobody_settled_it(shop: Any, customer: Any) -> None:
    order = arrived(customer)
    hosts.unship(order)
    hosts.cancel(order)
    assert queue.invite_due(timezone.now()) == 0
    assert state_of(order) == "cancelled"


def test_an_order_whose_money_went_back_is_not_asked_about(shop: Any, customer: Any) -> None:
    order = arrived(customer)
    hosts.refund(order, "40")
    assert queue.invite_due(timezone.now()) == 0
    assert state_of(order) == "returned"


@pytest.mark.skipif(not hosts.RETURNS, reason="this Saleor knows no returns")
def test_a_returned_order_is_not_asked_about_but_one_of_which_something_was_kept_is(shop: Any) -> None:
    whole = arrived("a@example.com")
    hosts.give_back(whole, 0, 1, refunded=False)
    part = arrived("b@example.com", lines=[("40", 1), ("10", 1)])
    hosts.give_back(part, 0, 1, refunded=False)
    assert queue.invite_due(timezone.now()) == 1
    assert (state_of(whole), state_of(part)) == ("returned", "invited")


def test_one_person_is_asked_once_in_ninety_days(shop: Any, customer: Any) -> None:
    first = arrived(customer)
    second = arrived(customer, days=2)
    assert (state_of(first), state_of(second)) == ("waiting", "asked recently")
    queue.invite_due(timezone.now())
    Invitation.objects.filter(pk=invitation_of(first).pk).update(invited_at=ago(89))
    assert state_of(arrived("Ada@Example.com")) == "asked recently"
    Invitation.objects.filter(pk=invitation_of(first).pk).update(invited_at=ago(91))
    third = arrived(customer)
    assert queue.invite_due(timezone.now()) == 1
    assert state_of(third) == "invited"
    assert state_of(second) == "asked recently", "dropped, not delayed"


def test_a_question_that_was_dropped_does_not_count_as_asked(shop: Any, customer: Any) -> None:
    first = arrived(customer)
    hosts.unship(first)
    hosts.cancel(first)
    settlement.settle(host.order_id(first))
    assert state_of(arrived(customer)) == "waiting"


def test_a_changed_address_is_still_the_same_person(shop: Any, customer: Any) -> None:
    invited(customer)
    customer.email = "countess@example.com"
    customer.save()
    assert state_of(arrived(customer)) == "asked recently"


def test_people_who_were_merged_are_one_person(shop: Any, customer: Any) -> None:
    invited("countess@example.com")
    arrived(customer, days=7.5)
    accounts.merge_people(
        host.person_with_email("countess@example.com"), host.person(customer), "user:1", timezone.now()
    )
    assert state_of(arrived(customer)) == "asked recently"
    assert state_of(arrived("countess@example.com")) == "asked recently"


def test_people_who_were_merged_meanwhile_are_asked_once(shop: Any, customer: Any) -> None:
    first, second = arrived("countess@example.com"), arrived(customer)
    accounts.merge_people(
        host.person_with_email("countess@example.com"), host.person(customer), "user:1", timezone.now()
    )
    assert queue.invite_due(timezone.now()) == 1
    assert sorted([state_of(first), state_of(second)]) == ["asked recently", "invited"]


def test_a_guest_with_the_new_address_of_a_customer_is_that_customer(shop: Any, customer: Any) -> None:
    invited(customer)
    customer.email = "countess@example.com"
    customer.save()
    people.look(timezone.now(), thoroughly=True)
    assert state_of(arrived("countess@example.com")) == "asked recently"


@pytest.mark.parametrize("what", ["cancelled", "returned", "not with the customer"])
def test_nobody_is_asked_whose_order_went_away_before_the_mail_left(
    what: str,
    post: Post,  # noqa: F811
    asking: Any,
    customer: Any,
) -> None:
    asking(mail_consent="preference")
    consent.choose(host.person(customer), "survey", True, "test", timezone.now())
    order = arrived(customer)
    assert queue.invite_due(timezone.now()) == 1
    if what == "returned":
        hosts.refund(order, "40")
    else:
        hosts.unship(order)
    if what == "cancelled":
        hosts.cancel(order)
    assert messages.send(timezone.now()) == (0, 1, 0)
    assert post.accepted == []
    assert (surveys().get().state, surveys().get().reason) == ("dropped", "nothing more to say")


def test_after_a_pause_old_questions_are_dropped(shop: Any) -> None:
    assert state_of(arrived("late@example.com", days=22)) == "too late"
    order = arrived("pause@example.com")
    hosts.find_order(host.order_id(order)).fulfillments.update(**{hosts.SHIPPED_AT: ago(21.5)})
    assert queue.invite_due(timezone.now()) == 0
    assert state_of(order) == "too late"


def test_nobody_is_asked_without_consent(asking: Any, customer: Any) -> None:
    asking(mail_consent="preference")
    assert state_of(arrived(customer)) == "no consent"
    consent.choose(host.person(customer), "survey", True, "test", timezone.now())
    assert state_of(arrived(customer)) == "waiting"


def test_consent_is_asked_again_when_the_time_has_come(shop: Any, customer: Any) -> None:
    order = arrived(customer)
    consent.choose(host.person(customer), "survey", False, "test", timezone.now())
    assert queue.invite_due(timezone.now()) == 0
    assert state_of(order) == "no consent"
    assert not surveys().exists()


def test_some_people_are_held_out_for_ever(asking: Any, customer: Any) -> None:
    asking(survey_holdout_share="0.5")
    states = {state_of(arrived(f"guest{number}@example.com")) for number in range(20)}
    assert states == {"waiting", "held out"}
    assert Assignment.objects.filter(experiment="surveys").count() == 20


def test_surveys_are_off_until_a_question_is_chosen(asking: Any, customer: Any) -> None:
    asking(survey_question="off")
    arrived(customer)
    assert not Invitation.objects.exists()


def test_switched_off_meanwhile_nobody_is_asked(asking: Any, customer: Any) -> None:
    asking()
    order = arrived(customer)
    hosts.configure(hosts.open_channel(), survey_question="off")
    assert queue.invite_due(timezone.now()) == 0
    assert state_of(order) == "switched off"


def test_what_was_shipped_before_surveys_were_on_is_not_asked_about(programme_on: Any, customer: Any) -> None:
    since_a_year()
    order = hosts.order(customer, [("40", 1)], placed_at=ago(3))
    hosts.ship_at(order, ago(2))
    hosts.configure(programme_on, survey_question="csat")
    settlement.settle(host.order_id(order))
    assert not Invitation.objects.exists()


def test_an_invitation_keeps_language_and_products(shop: Any, customer: Any) -> None:
    order = hosts.order(customer, [("40", 1), ("10", 1)], placed_at=ago(9))
    tea = hosts.sell(order, 0, "Tea")
    hosts.speak(order, "zh-hans")
    hosts.ship_at(order, ago(8))
    settlement.settle(host.order_id(order))
    queue.invite_due(timezone.now())
    invitation = invitation_of(order)
    assert invitation.language == "zh-hans"
    assert list(invitation.products.values_list("product_id", "name")) == [(tea.pk, "Tea")]


def test_the_check_knows_a_lost_message_from_one_that_was_forgotten(shop: Any, customer: Any) -> None:
    """Its customer had taken the address of a guest by then, who was erased; the customer was not."""
    invited(customer)
    lost = invited("guest@example.com")
    Mail.objects.filter(user=customer).update(person=identity.email_hash("former@example.com"))
    erasure.erase(host.person_with_email("former@example.com"), timezone.now())
    assert not Mail.objects.filter(user=customer).exists()
    assert report() == ""
    Mail.objects.filter(source=f"survey:{lost.order_id}").delete()
    assert "whoever was invited has a message in the outbox" in report()
    lost.delete()
