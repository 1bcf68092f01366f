"""What is held about a person: exported and forgotten whole, the sums right. Edge case 43 of the engine's list."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any
from unittest import mock

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from saleor_reciprocity import erasure, errors, host, identity, people, settlement, sweep
from saleor_reciprocity.mail import consent, kinds
from saleor_reciprocity.points import adjustments, ledger
from saleor_reciprocity.points import orders as points
from saleor_reciprocity.points import upkeep as points_upkeep
from saleor_reciprocity.points.models import Account, Entry, OrderTerms
from saleor_reciprocity.recommendations import preferences
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards import upkeep as codes
from saleor_reciprocity.rewards.models import Redemption, Reward
from saleor_reciprocity.settlement import SettledOrder
from saleor_reciprocity.surprises import upkeep as gifts
from saleor_reciprocity.surprises.models import Draw

from . import hosts
from .hosts import catalogue
from .points.programmes import ladder, rule
from .surprises.shop import campaign
from .surveys.shop import an_answer, since_a_year


def a_life(programme_on: Any, customer: Any) -> Any:
    """Orders, an adjustment, a redemption and a draw of one customer."""
    hosts.configure(programme_on, holdout_share="0")
    campaign(programme_on)
    order = hosts.order(customer, [("120", 1)])
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    pending = hosts.order(customer, [("30", 1)])
    settlement.settle(host.order_id(pending))
    adjustments.adjust(
        host.person(customer), 5, f"Sorry, {customer.email}", f"user:{customer.pk}", "sorry ada", now=timezone.now()
    )
    redemption.redeem(
        host.person(customer), Reward.objects.filter(is_standard=True).get().pk, "key of ada", now=timezone.now()
    )
    return order


def a_full_life(programme_on: Any, customer: Any) -> Any:
    """A tier, bonuses, an answer with thanks, messages, choices, tastes, used and unused codes."""
    now = timezone.now()
    hosts.configure(programme_on, survey_points="5", mail_statements="yes")
    since_a_year()
    ladder(("silver", 50, "1"))
    rule("bonus", "10", trigger="birthday")
    customer.store_value_in_metadata({"birthday": f"1990-{now:%m-%d}"})
    customer.save()
    order = a_life(programme_on, customer)
    points_upkeep.look(timezone.now())
    assert an_answer(host.order_id(order), customer).entry
    consent.choose(host.person(customer), kinds.STATEMENT, True, "the page of ada", now)
    shelf = catalogue.category("Cups")
    preferences.update(customer.pk, {("category", shelf.pk): True}, ())
    used = redemption.redeem(
        host.person(customer), Reward.objects.get(is_standard=True).pk, "another key of ada", now=timezone.now()
    )
    hosts.put_voucher(hosts.order(customer, [("10", 1)]), used.code)
    hosts.use_voucher(used.code)
    codes.look(timezone.now())
    assert Redemption.objects.get(pk=used.pk).state == "used"
    return order


def everything() -> str:
    """All rows of all our tables, as text."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_app_config("reciprocity").get_models():
            cursor.execute(f"SELECT coalesce(json_agg(t)::text, '') FROM \"{model._meta.db_table}\" t")  # noqa: S608 - our own tables
            found.append(cursor.fetchone()[0])
    return "\n".join(found)


def totals() -> Any:
    sums = Account.objects.aggregate(Sum("available"), Sum("pending"), Sum("debt"))
    return sums, Entry.objects.aggregate(Sum("points"), Sum("pending")), Entry.objects.count()


def test_nothing_that_leads_to_the_person_is_left_and_the_sums_stay(programme_on: Any, customer: Any) -> None:
    order = a_life(programme_on, customer)
    before = totals()
    erasure.erase(host.person(customer))
    assert totals() == before
    text = everything()
    for trace in ("ada", identity.email_hash(customer.email), f"user:{customer.pk}", f'"user_id":{customer.pk},'):
        assert trace not in text, trace
    entries = json.dumps(list(Entry.objects.values("order_id", "source", "reason", "actor")))
    assert host.order_id(order) not in entries
    assert Account.objects.get().erased_at is not None


def test_later_events_of_the_persons_orders_are_ignored(programme_on: Any, customer: Any) -> None:
    order = a_life(programme_on, customer)
    never_seen = hosts.order(customer, [("77", 1)])
    erasure.erase(host.person(customer))
    before, draws = totals(), Draw.objects.count()
    for one in (order, never_seen):
        hosts.cancel(one) if one is order else hosts.ship(one)
        settlement.settle(host.order_id(one), again=True)
    assert sweep.sweep() == (0, 0)
    assert (totals(), Draw.objects.count()) == (before, draws)


def test_who_comes_back_begins_anew(programme_on: Any, customer: Any) -> None:
    a_life(programme_on, customer)
    erasure.erase(host.person(customer))
    order = hosts.order(customer, [("10", 1)])
    settlement.settle(host.order_id(order))
    assert Account.objects.get(user=customer).pending == 10
    assert erasure.export(host.person(customer))["rewards"] == []


def test_erasing_twice_or_nobody_changes_nothing(programme_on: Any, customer: Any) -> None:
    a_life(programme_on, customer)
    erasure.erase(host.person(customer))
    before = totals()
    erasure.erase(host.person(customer))
    with pytest.raises(errors.NotFound):
        erasure.erase(host.person_with_email("nobody@example.com"))
    assert totals() == before


def test_an_unconfirmed_user_takes_nothing_of_a_guest_along(programme_on: Any) -> None:
    order = hosts.order("ada@example.com", [("10", 1)])
    settlement.settle(host.order_id(order))
    user = hosts.customer_to_confirm("ada@example.com")
    person = host.Person(user.pk, user.email, confirmed=False)
    assert erasure.erase(person) == 0
    assert erasure.export(person)["points"]["entries"] == []
    assert Account.objects.get().erased_at is None


def test_a_deleted_user_is_erased_after_a_while(programme_on: Any, customer: Any, settings: Any) -> None:
    a_life(programme_on, customer)
    customer.delete()
    people.look(timezone.now())
    account = Account.objects.get()
    assert account.erased_at is None
    Account.objects.update(user_deleted_at=account.user_deleted_at - timedelta(days=31))
    settings.RECIPROCITY_ERASE_AFTER_DAYS = None
    people.look(timezone.now())
    assert Account.objects.get().erased_at is None
    settings.RECIPROCITY_ERASE_AFTER_DAYS = 30
    before = totals()
    people.look(timezone.now())
    assert Account.objects.get().erased_at is not None
    assert totals() == before


def test_the_export_holds_every_domain_and_the_person_may_have_it(programme_on: Any, customer: Any) -> None:
    a_life(programme_on, customer)
    answer = hosts.as_user(customer).data("{ me { loyalty { personalData } } }")
    held = json.loads(answer["me"]["loyalty"]["personalData"])
    assert set(held) == {domain.name for domain in erasure.DOMAINS}
    assert [entry["points"] for entry in held["points"]["entries"]] == [120, 0, 5, -50]
    assert "key of ada" not in json.dumps(held)
    assert len(held["surprises"]) == 2


def test_the_commands(programme_on: Any, customer: Any) -> None:
    a_life(programme_on, customer)
    out = StringIO()
    call_command("reciprocity_export", user=customer.pk, stdout=out)
    assert json.loads(out.getvalue())["points"]["accounts"][0]["available"] == 75
    out = StringIO()
    call_command("reciprocity_erase", user=customer.pk, stdout=out)
    assert out.getvalue() == "Erased. 2 orders are ignored from now on.\n"


def test_the_export_leaves_nothing_out(programme_on: Any, customer: Any) -> None:
    a_full_life(programme_on, customer)
    held = erasure.export(host.person(customer))
    parts = {
        f"{domain}.{name}" if name else domain: rows
        for domain, whole in held.items()
        for name, rows in (whole.items() if isinstance(whole, dict) else [("", whole)])
    }
    empty = {name for name, rows in parts.items() if not rows}
    assert empty == {"recommendations.lists", "surveys.ratings", "surveys.replies"}, "of these Ada has none"
    assert held["points"]["tier"][0]["code"] == "silver"
    assert [bonus["points"] for bonus in held["points"]["entries"] if bonus["kind"] == "bonus"] == [10, 5]
    assert [(row["points"], row["state"]) for row in held["rewards"]] == [(50, "unused"), (50, "used")]


def test_of_a_full_life_nothing_leads_anywhere(programme_on: Any, customer: Any) -> None:
    """No name, no address, no hash but that of a no, no order but those not to be looked at, no code of an order."""
    a_full_life(programme_on, customer)
    orders = [host.order_id(order) for order in host.orders_of(host.person(customer))]
    used = Redemption.objects.get(state="used").code
    unused = Redemption.objects.get(state="unused").code
    before = totals()
    erasure.erase(host.person(customer))
    assert totals() == before
    text = everything()
    for trace in ("ada", "Ada", identity.email_hash(customer.email), f'"user_id":{customer.pk},', used):
        assert trace not in text, trace
    SettledOrder.objects.all().delete()
    text = everything()
    assert not [order_id for order_id in orders if order_id in text]
    call_command("reciprocity_verify_draws", stdout=StringIO())

    hosts.put_voucher(hosts.order("somebody@example.com", [("10", 1)]), unused)
    hosts.use_voucher(unused)
    gift = Draw.objects.exclude(code=None).filter(state="issued").first()
    hosts.put_voucher(hosts.order("somebody@example.com", [("10", 1)]), gift.code)
    hosts.use_voucher(gift.code)
    codes.look(timezone.now())
    gifts.look(timezone.now())
    text = everything()
    assert unused not in text
    assert gift.code not in text
    assert set(Redemption.objects.values_list("used_by_order", flat=True)) == {""}


def test_an_order_that_was_on_its_way_while_its_person_was_erased_changes_nothing(
    programme_on: Any, customer: Any
) -> None:
    order = a_life(programme_on, customer)
    terms = OrderTerms.objects.get(order_id=host.order_id(order))
    waited = ledger.lock

    def erased_meanwhile(account_id: int, now: Any) -> Any:
        erasure.erase(host.person(customer))
        return waited(account_id, now)

    before = totals()
    with mock.patch.object(ledger, "lock", erased_meanwhile):
        points.settle(host.order_id(order), timezone.now())
    terms.refresh_from_db()
    assert (terms.order_id.startswith("erased:"), totals()) == (True, before)
