"""A customer is deleted while we write about them: the host's request neither fails nor is waited for in a ring.

The two sides are brought to the one moment that matters by the statements that they run.
"""

from __future__ import annotations

from functools import partial
from threading import Event
from typing import Any, Callable

import pytest
from django.db import connection, transaction
from django.utils import timezone

from saleor_reciprocity import errors, host, settlement
from saleor_reciprocity.mail import consent, kinds
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Redemption, Reward
from saleor_reciprocity.surprises import orders as surprises
from saleor_reciprocity.surprises.models import Draw
from saleor_reciprocity.surveys import queue
from saleor_reciprocity.surveys.models import Invitation

from .. import hosts, turns
from ..surprises.shop import campaign
from ..surveys.shop import ago, since_a_year
from .crowd import SECONDS, at_once, before, interrupted


@pytest.mark.parametrize("table", ["account", "draw", "invitation", "mail", "communicationchoice"])
def test_the_database_itself_takes_the_name_off_what_a_user_leaves(table: str, db: Any) -> None:
    assert actions_of_keys_to_users()[f"reciprocity_{table}"] == "n", "ON DELETE SET NULL"


@pytest.mark.parametrize("table", ["customerlist", "listedproducts", "preference"])
def test_the_database_itself_deletes_what_is_nothing_without_its_user(table: str, db: Any) -> None:
    assert actions_of_keys_to_users()[f"reciprocity_{table}"] == "c", "ON DELETE CASCADE"


def actions_of_keys_to_users() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, confdeltype, convalidated, condeferrable FROM pg_constraint"
            " WHERE contype = 'f' AND confrelid = 'account_user'::regclass"
            " AND conrelid::regclass::text LIKE 'reciprocity%'"
        )
        rows = cursor.fetchall()
    assert all(validated and deferrable for _table, _action, validated, deferrable in rows)
    found = {table: action if isinstance(action, str) else action.decode() for table, action, *_rest in rows}
    assert len(found) == len(rows) == 8, "a new key to users wants ON DELETE, too"
    return found


def test_a_customer_is_deleted_although_a_draw_was_just_written(
    transactional_db: Any, programme_on: Any, customer: Any
) -> None:
    """The draw comes after the host has looked for what hangs on the user, and before it deletes the user."""
    hosts.configure(programme_on, holdout_share="0")
    campaign(programme_on)
    order = hosts.order(customer, [("40", 1)])
    looked, drawn = Event(), Event()

    def delete() -> None:
        with before('DELETE FROM "account_user" WHERE', lambda: (looked.set(), drawn.wait(SECONDS))):
            customer.delete()

    def draw() -> None:
        looked.wait(SECONDS)
        settlement.settle(host.order_id(order))
        drawn.set()

    assert at_once(2, lambda number: (delete, draw)[number]()) == [None, None]
    assert [(one.outcome, one.user_id) for one in Draw.objects.all()] == [("won", None)]
    assert Account.objects.get().user_id is None


def deletion_of(customer: Any) -> Callable[[], None]:
    """What the host does when somebody deletes a customer."""

    def delete() -> None:
        with transaction.atomic():
            customer.delete()

    return delete


def test_a_deletion_waits_for_a_draw_and_not_in_a_ring(transactional_db: Any, programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, holdout_share="0")
    campaign(programme_on)
    settlement.settle(host.order_id(hosts.order(customer, [("40", 1)])))
    order = hosts.order(customer, [("40", 1)])
    draw = partial(turns.settle, surprises, host.order_id(order), timezone.now())
    results = interrupted(draw, 'INTO "reciprocity_draw"', deletion_of(customer))
    assert results == [None, None]
    assert [one.user_id for one in Draw.objects.all()] == [None, None]


def test_a_deletion_waits_for_a_redemption_and_not_in_a_ring(
    transactional_db: Any, programme_on: Any, customer: Any
) -> None:
    order = hosts.order(customer, [("60", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    person, reward = host.person(customer), Reward.objects.get().pk
    redeem = partial(redemption.redeem, person, reward, "key", now=timezone.now())
    results = interrupted(redeem, 'INTO "reciprocity_redemption"', deletion_of(customer))
    assert [type(result) for result in results] == [Redemption, type(None)]
    assert [(one.user_id, one.person != "") for one in Mail.objects.all()] == [(None, True)]
    assert (Account.objects.get().user_id, Redemption.objects.get().state) == (None, "unused")


def test_a_deletion_waits_for_an_invitation_and_not_in_a_ring(
    transactional_db: Any, programme_on: Any, customer: Any
) -> None:
    hosts.configure(
        programme_on,
        survey_question="csat",
        survey_holdout_share="0",
        mail_consent="existing customers",
        mail_terms_confirmed="true",
    )
    since_a_year()
    order = hosts.order(customer, [("40", 1)], placed_at=ago(9))
    hosts.ship_at(order, ago(8))
    settlement.settle(host.order_id(order))
    results = interrupted(partial(queue.invite_due, timezone.now()), 'INTO "reciprocity_mail"', deletion_of(customer))
    assert results == [1, None]
    assert (Invitation.objects.get().user_id, Mail.objects.get().user_id) == (None, None)


def test_who_was_just_deleted_gets_no_account_anew(transactional_db: Any, programme_on: Any, customer: Any) -> None:
    person, reward = host.person(customer), Reward.objects.get().pk
    customer.delete()
    with pytest.raises(errors.NotFound):
        redemption.redeem(person, reward, "key", now=timezone.now())
    assert not Account.objects.exists()


def test_a_word_about_mails_of_a_customer_who_is_gone_is_refused(transactional_db: Any, customer: Any) -> None:
    person = host.person(customer)
    customer.delete()
    with pytest.raises(errors.NotFound):
        consent.choose(person, kinds.STATEMENT, True, "page", timezone.now())
