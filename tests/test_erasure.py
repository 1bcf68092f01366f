"""What is held about a person: exported and forgotten whole, the sums right. Edge case 43 of the engine's list."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from io import StringIO
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils import timezone

from saleor_reciprocity import erasure, errors, host, identity, people, settlement, sweep
from saleor_reciprocity.experiments.models import Assignment
from saleor_reciprocity.points import accounts
from saleor_reciprocity.points import orders as points
from saleor_reciprocity.points.models import Account, OrderTerms
from saleor_reciprocity.rewards import upkeep as codes
from saleor_reciprocity.rewards.models import Redemption
from saleor_reciprocity.settlement import SettledOrder
from saleor_reciprocity.surprises import notes
from saleor_reciprocity.surprises import upkeep as gifts
from saleor_reciprocity.surprises.models import Draw

from . import hosts, turns
from .lives import a_full_life, a_life, live, settle_in, totals, train
from .traces import every_row, naming


def test_nothing_that_leads_to_the_person_is_left_and_the_sums_stay(
    programme_on: Any, customer: Any, caplog: Any
) -> None:
    """In no table of ours, in nothing that we wrote into the host's, and in no line of the log.

    But the hash under a "no", the orders that are not to be looked at, and the codes that go on working.
    """
    caplog.set_level(logging.DEBUG)
    a_full_life(programme_on, customer)
    orders = list(host.orders_of(host.person(customer)))
    order_ids = [host.order_id(one) for one in orders]
    unused = [*codes_of(Redemption, "unused"), *codes_of(Draw, "issued")]
    used = codes_of(Redemption, "used")
    assert (len(order_ids), len(unused), len(used)) == (3, 3, 1)
    numbers = [f"#{host.order(order_id).number}" for order_id in order_ids]
    email_hash = identity.email_hash(customer.email)
    names = ("augusta", "Lovelace", customer.email, email_hash, *order_ids, *numbers, *used)
    held = set(naming(names, customer.pk))
    assert held == {
        "reciprocity_account", "reciprocity_answer", "reciprocity_assignment", "reciprocity_communicationchoice",
        "reciprocity_customerlist", "reciprocity_draw", "reciprocity_entry", "reciprocity_invitation",
        "reciprocity_issuedcode", "reciprocity_listedproducts",
        "reciprocity_lot", "reciprocity_mail", "reciprocity_note", "reciprocity_orderterms", "reciprocity_preference",
        "reciprocity_redemption", "reciprocity_reply", "reciprocity_settledorder",
    }, "the search finds what there is"  # fmt: skip
    notes.write_missing(timezone.now())
    assert len(notes_of(orders)) == 2

    before = totals()
    erasure.erase(host.person(customer), timezone.now())
    assert totals() == before
    found = naming(names, customer.pk)
    no, ignored = found.pop("reciprocity_communicationchoice"), found.pop("reciprocity_settledorder")
    assert found == {}
    assert [(json.loads(row)["wanted"], json.loads(row)["user_id"]) for row in no] == [(False, None)]
    assert all(email_hash not in row and json.loads(row)["erased"] for row in ignored)
    assert set(naming(unused)) == {"reciprocity_redemption", "reciprocity_draw", "reciprocity_issuedcode"}
    assert not notes_of(orders)
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("saleor_reciprocity"))
    assert not [trace for trace in (*names, *unused) if trace in said]
    assert Account.objects.get().erased_at is not None


def codes_of(model: Any, state: str) -> list[str]:
    return list(model.objects.filter(state=state).exclude(code=None).order_by("pk").values_list("code", flat=True))


def notes_of(orders: Any) -> list[str]:
    """What we wrote into the host's metadata."""
    for order in orders:
        order.refresh_from_db()
    return [text for order in orders for key, text in order.private_metadata.items() if "reciprocity" in key]


def test_later_events_of_the_persons_orders_are_ignored(programme_on: Any, customer: Any) -> None:
    order = a_life(programme_on, customer)
    never_seen = hosts.order(customer, [("77", 1)])
    erasure.erase(host.person(customer), timezone.now())
    before, draws = totals(), Draw.objects.count()
    for one in (order, never_seen):
        hosts.cancel(one) if one is order else hosts.ship(one)
        settlement.settle(host.order_id(one), again=True)
    assert sweep.sweep() == (0, 0)
    assert (totals(), Draw.objects.count()) == (before, draws)


def test_who_comes_back_begins_anew(programme_on: Any, customer: Any) -> None:
    a_life(programme_on, customer)
    erasure.erase(host.person(customer), timezone.now())
    order = hosts.order(customer, [("10", 1)])
    settlement.settle(host.order_id(order))
    assert Account.objects.get(user=customer).pending == 10
    assert erasure.export(host.person(customer))["rewards"] == []


def test_erasing_twice_or_nobody_changes_nothing(programme_on: Any, customer: Any) -> None:
    a_life(programme_on, customer)
    erasure.erase(host.person(customer), timezone.now())
    before = totals()
    erasure.erase(host.person(customer), timezone.now())
    with pytest.raises(errors.NotFound):
        erasure.erase(host.person_with_email("nobody@example.com"), timezone.now())
    assert totals() == before


def test_an_unconfirmed_user_takes_nothing_of_a_guest_along(programme_on: Any) -> None:
    order = hosts.order("ada@example.com", [("10", 1)])
    settlement.settle(host.order_id(order))
    user = hosts.customer_to_confirm("ada@example.com")
    person = host.Person(user.pk, user.email, confirmed=False)
    assert erasure.erase(person, timezone.now()) == 0
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


# Every row of a person, as the tables are joined: by hand, and not by the code that exports.
MINE = "SELECT id FROM reciprocity_account WHERE user_id = %(user)s"
ORDERS = "SELECT order_id FROM reciprocity_orderterms WHERE account_id IN (" + MINE + ")"  # noqa: S608 - written here
ASKED = "SELECT id FROM reciprocity_invitation WHERE user_id = %(user)s"
ENTRIES = "SELECT id FROM reciprocity_entry WHERE account_id IN (" + MINE + ")"  # noqa: S608 - written here
ANSWERED = "SELECT id FROM reciprocity_answer WHERE invitation_id IN (" + ASKED + ")"  # noqa: S608 - written here
ROWS = {
    "points.accounts": ("reciprocity_account", "user_id = %(user)s"),
    "points.entries": ("reciprocity_entry", f"account_id IN ({MINE})"),
    "points.lots": ("reciprocity_lot", f"account_id IN ({MINE})"),
    "points.lot_uses": ("reciprocity_lotuse", f"entry_id IN ({ENTRIES})"),
    "points.tier": ("reciprocity_accounttier", f"account_id IN ({MINE})"),
    "points.tier_changes": ("reciprocity_tierchange", f"account_id IN ({MINE})"),
    "points.orders": ("reciprocity_orderterms", f"account_id IN ({MINE})"),
    "rewards": ("reciprocity_redemption", f"account_id IN ({MINE})"),
    "surprises": ("reciprocity_draw", "user_id = %(user)s"),
    "surveys.invitations": ("reciprocity_invitation", "user_id = %(user)s"),
    "surveys.products": ("reciprocity_askedproduct", f"invitation_id IN ({ASKED})"),
    "surveys.answers": ("reciprocity_answer", f"invitation_id IN ({ASKED})"),
    "surveys.ratings": ("reciprocity_rating", f"answer_id IN ({ANSWERED})"),
    "surveys.dealt_with": ("reciprocity_dealtwith", f"answer_id IN ({ANSWERED})"),
    "surveys.notes": ("reciprocity_note", f"account_id IN ({MINE})"),
    "surveys.replies": ("reciprocity_reply", f"answer_id IN ({ANSWERED})"),
    "recommendations.preferences": ("reciprocity_preference", "user_id = %(user)s"),
    "recommendations.lists": ("reciprocity_customerlist", "user_id = %(user)s"),
    "recommendations.listed": ("reciprocity_listedproducts", "user_id = %(user)s"),
    "experiments": ("reciprocity_assignment", "person = %(hash)s"),
    "mail.messages": ("reciprocity_mail", "user_id = %(user)s"),
    "mail.choices": ("reciprocity_communicationchoice", "user_id = %(user)s"),
    "settlement": ("reciprocity_settledorder", f"order_id IN ({ORDERS})"),
}  # fmt: skip
OF_NOBODY = {
    "reciprocity_budget", "reciprocity_campaign", "reciprocity_earningrule", "reciprocity_earningruleversion",
    "reciprocity_installationkey", "reciprocity_mailpace", "reciprocity_pause",
    "reciprocity_modelversion", "reciprocity_neighbour",
    "reciprocity_popularity", "reciprocity_prize", "reciprocity_regard", "reciprocity_reward",
    "reciprocity_settingsversion", "reciprocity_issuedcode", "reciprocity_uploadedcode",
    "reciprocity_sweepmark", "reciprocity_plan", "reciprocity_outcome",
    "reciprocity_tier", "reciprocity_tierladder",
    "reciprocity_deskapp", "reciprocity_lastcheck", "reciprocity_taskmark",
    "reciprocity_openanswer", "reciprocity_opencount", "reciprocity_opensurvey",
    "reciprocity_event", "reciprocity_feed",
}  # fmt: skip


def counted(where: str, table: str, user: Any) -> int:
    with connection.cursor() as cursor:
        sql = f"SELECT count(*) FROM {table} WHERE {where}"  # noqa: S608 - written above
        cursor.execute(sql, {"user": user.pk, "hash": identity.email_hash(user.email)})
        return int(cursor.fetchone()[0])


def parts_of(held: Any) -> dict[str, Any]:
    return {
        f"{domain}.{name}" if name else domain: rows
        for domain, whole in held.items()
        for name, rows in (whole.items() if isinstance(whole, dict) else [("", whole)])
    }


def test_the_export_holds_every_row_of_the_person_and_none_of_another(programme_on: Any, customer: Any) -> None:
    """Two people with the same life side by side. A new table has to say whose its rows are."""
    bob = hosts.customer("bob@example.com")
    settle_in(programme_on)
    lives = {"augusta": customer, "bartleby": bob}
    for name, person in lives.items():
        live(programme_on, person, name)
    train()
    assert set(every_row()) == {table for table, _where in ROWS.values()} | OF_NOBODY
    for name, person in lives.items():
        held = erasure.export(host.person(person))
        there = {part: counted(where, table, person) for part, (table, where) in ROWS.items()}
        assert {part: len(rows) for part, rows in parts_of(held).items()} == there
        assert 0 not in there.values()
        other = lives["bartleby" if name == "augusta" else "augusta"]
        text = json.dumps(held, cls=DjangoJSONEncoder)
        codes_of_other = Redemption.objects.filter(account__user=other).values_list("code", flat=True)
        orders_of_other = [host.order_id(order) for order in host.orders_of(host.person(other))]
        of_other = (other.first_name, other.first_name.lower(), other.email, *codes_of_other, *orders_of_other)
        assert not [trace for trace in of_other if trace in text]
        assert name in text
    assert len(parts_of(erasure.export(host.person(customer)))["points.entries"]) == 7


def test_of_a_full_life_codes_that_go_on_working_are_forgotten_when_they_are_used(
    programme_on: Any, customer: Any
) -> None:
    a_full_life(programme_on, customer)
    orders = [host.order_id(order) for order in host.orders_of(host.person(customer))]
    unused = Redemption.objects.get(state="unused").code
    erasure.erase(host.person(customer), timezone.now())
    SettledOrder.objects.all().delete()
    assert not naming(orders)
    call_command("reciprocity_verify_draws", stdout=StringIO())

    hosts.put_voucher(hosts.order("somebody@example.com", [("10", 1)]), unused)
    hosts.use_voucher(unused)
    gift = Draw.objects.exclude(code=None).filter(state="issued").first()
    hosts.put_voucher(hosts.order("somebody@example.com", [("10", 1)]), gift.code)
    hosts.use_voucher(gift.code)
    codes.look(timezone.now())
    gifts.look(timezone.now())
    assert not naming([unused, gift.code])
    assert set(Redemption.objects.values_list("used_by_order", flat=True)) == {""}


def test_the_hashes_of_former_addresses_are_exported_and_go(programme_on: Any, customer: Any) -> None:
    settle_in(programme_on)
    bought_by(customer)
    customer.email = "countess@example.com"
    customer.save()
    people.look(timezone.now(), thoroughly=True)
    bought_by(customer)
    hashes = [identity.email_hash(email) for email in ("ada@example.com", "countess@example.com")]
    assert sorted(Assignment.objects.values_list("person", flat=True)) == sorted(hashes)
    assert len(erasure.export(host.person(customer))["experiments"]) == 2
    erasure.erase(host.person(customer), timezone.now())
    assert not naming(["ada@", "countess@", *hashes])


def test_the_hash_of_an_unproved_address_is_exported_and_goes_unless_somebody_else_has_it(
    programme_on: Any, settings: Any
) -> None:
    settings.ENABLE_ACCOUNT_CONFIRMATION_BY_EMAIL = True
    settle_in(programme_on)
    alone, shared = hosts.customer_to_confirm("alone@example.com"), hosts.customer_to_confirm("shared@example.com")
    for buyer in (alone, shared, "shared@example.com"):
        bought_by(buyer)
    for user, exported, left in ((alone, 1, 0), (shared, 0, 1)):
        email_hash = identity.email_hash(user.email)
        person = host.person(user)
        assert not person.confirmed
        assert len(erasure.export(person)["experiments"]) == exported
        erasure.erase(person, timezone.now())
        assert Assignment.objects.filter(person=email_hash).count() == left
        assert naming([email_hash], user.pk).get("reciprocity_draw", []) == naming([email_hash]).get(
            "reciprocity_draw", []
        )
        assert len(naming([email_hash]).get("reciprocity_draw", [])) == left


def test_the_hash_of_a_merged_part_goes_too(programme_on: Any, customer: Any) -> None:
    settle_in(programme_on)
    bought_by(customer)
    bought_by("private@example.com")
    accounts.merge_people(
        host.person_with_email("private@example.com"), host.person(customer), "user:1", timezone.now()
    )
    assert len(erasure.export(host.person(customer))["experiments"]) == 2
    erasure.erase(host.person(customer), timezone.now())
    assert not naming([identity.email_hash("private@example.com"), "private@"])


def bought_by(buyer: Any) -> None:
    order = hosts.order(buyer, [("40", 1)])
    settlement.settle(host.order_id(order))


def test_an_order_that_was_on_its_way_while_its_person_was_erased_changes_nothing(
    programme_on: Any, customer: Any
) -> None:
    order = a_life(programme_on, customer)
    terms = OrderTerms.objects.get(order_id=host.order_id(order))
    waited = accounts.lock

    def erased_meanwhile(account_id: int, now: Any) -> Any:
        erasure.erase(host.person(customer), timezone.now())
        return waited(account_id, now)

    before = totals()
    with mock.patch.object(accounts, "lock", erased_meanwhile):
        turns.settle(points, host.order_id(order), timezone.now())
    terms.refresh_from_db()
    assert (terms.order_id.startswith("erased:"), totals()) == (True, before)
