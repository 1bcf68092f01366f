"""Who has several accounts, spellings or addresses is one person: for bonuses, keys, limits, gifts and the holdout."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone as clock

from saleor_reciprocity import errors, host, identity
from saleor_reciprocity.experiments import holdout
from saleor_reciprocity.experiments.models import Assignment
from saleor_reciprocity.points import accounts, adjustments, bonuses, merging
from saleor_reciprocity.points.models import Account, Entry, Kind
from saleor_reciprocity.rewards import catalogue, redemption
from saleor_reciprocity.rewards.models import Redemption
from saleor_reciprocity.rewards.queries import affordable as rewards_of

from .. import hosts
from .people import born, old

SPELLINGS = ("ada@example.com", "Ada@example.com", "aDa@Example.com", "ADA@EXAMPLE.COM")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def given() -> list[int]:
    return list(Entry.objects.filter(kind=Kind.BONUS).order_by("pk").values_list("points", flat=True))


def test_one_mailbox_signs_up_once(programme_on: Any) -> None:
    old(programme_on, "sign-up")
    for spelling in SPELLINGS:
        hosts.customer(spelling)
        bonuses.look(clock.now() + timedelta(seconds=1))
    hosts.customer("eve@example.com")
    bonuses.look(clock.now() + timedelta(seconds=1))
    assert given() == [100, 100], "Ada's and Eve's"


def test_one_mailbox_has_one_birthday(programme_on: Any) -> None:
    old(programme_on, "birthday")
    for spelling in SPELLINGS:
        born(hosts.customer(spelling), "1990-05-20")
    bonuses.look(at("2026-05-20T12:00"))
    bonuses.look(at("2026-05-21T12:00"))
    assert given() == [100]


def test_signing_up_counts_for_the_account_that_it_was_merged_into(programme_on: Any, customer: Any) -> None:
    old(programme_on, "sign-up")
    other = hosts.customer("ada@work.example.com")
    now = clock.now() + timedelta(seconds=1)
    type(customer).objects.filter(pk=customer.pk).update(date_joined=now + timedelta(days=1))
    assert bonuses.look(now) == 1
    account = accounts.open_account(host.person(customer), now)
    with transaction.atomic():
        merging.merge(Account.objects.get(user=other).pk, account.pk, now, "user:1")
    other.delete()
    assert bonuses.look(now + timedelta(days=2)) == 0
    assert given() == [100]


def rich(customer: Any, points: int = 200) -> Account:
    adjustments.adjust(host.person(customer), points, "a gift", "user:1", f"gift {customer.pk}", now=clock.now())
    return Account.objects.get(user_id=customer.pk)


def test_a_key_debits_once_though_the_account_was_merged(programme_on: Any, customer: Any) -> None:
    other = hosts.customer("ada@work.example.com")
    source, target = rich(other), rich(customer)
    reward = catalogue.create(programme_on, "voucher", "Five", 50, Decimal(5))
    first = redemption.redeem(host.person(other), reward.pk, "key", now=clock.now())
    with transaction.atomic():
        merging.merge(source.pk, target.pk, clock.now(), "user:1")
    again = redemption.redeem(host.person(customer), reward.pk, "key", now=clock.now())
    assert again.pk == first.pk
    assert Redemption.objects.count() == 1
    theirs = accounts.account_of(host.person(customer), clock.now())
    assert theirs.available == 350, "two gifts of 200, one redemption of 50"


def test_what_was_decided_under_one_address_holds_under_all(db: Any) -> None:
    """Held out stays held out, whatever the share is by then; so does not held out."""
    now, old_one, new_one = clock.now(), identity.email_hash("ada@example.com"), identity.email_hash("ada@new.example")
    assert holdout.assigned(old_one, "surprises", Decimal(1), now).held_out is True
    again = holdout.assigned(new_one, "surprises", Decimal(0), now, [old_one])
    assert (again.held_out, again.share) == (True, Decimal(1))
    assert Assignment.objects.get(person=new_one).held_out is True

    one, two = identity.email_hash("eve@example.com"), identity.email_hash("eve@new.example")
    assert holdout.assigned(one, "surprises", Decimal(0), now).held_out is False
    assert holdout.assigned(two, "surprises", Decimal(1), now, [one]).held_out is False


@pytest.mark.parametrize("turned", [False, True])
def test_who_was_held_out_under_one_of_two_addresses_is_held_out(turned: bool, db: Any) -> None:
    now, out, in_ = clock.now(), identity.email_hash("ada@example.com"), identity.email_hash("ada@new.example")
    holdout.assigned(in_, "surprises", Decimal(0), now)
    holdout.assigned(out, "surprises", Decimal(1), now)
    mine, other = (in_, out) if turned else (out, in_)
    assert holdout.assigned(mine, "surprises", Decimal(0), now, [other]).held_out is True


def test_two_users_of_one_mailbox_have_one_limit(programme_on: host.Channel, customer: Any) -> None:
    reward = catalogue.create(programme_on, "voucher", "Five", 50, Decimal(5), limit_per_customer=1)
    twin, eve = hosts.customer("Ada@Example.com"), hosts.customer("eve@example.com")
    for user in (customer, twin, eve):
        rich(user)
    redemption.redeem(host.person(customer), reward.pk, "first", now=clock.now())
    mine = Account.objects.get(user=twin)
    assert reward not in rewards_of(programme_on.id, mine, clock.now())
    with pytest.raises(errors.LimitReached):
        redemption.redeem(host.person(twin), reward.pk, "second", now=clock.now())
    redemption.redeem(host.person(eve), reward.pk, "third", now=clock.now())
    assert Redemption.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_users_of_one_mailbox_at_once_have_one_limit(programme_on: host.Channel, customer: Any) -> None:
    reward = catalogue.create(programme_on, "voucher", "Five", 50, Decimal(5), limit_per_customer=1)
    twin = hosts.customer("Ada@Example.com")
    people = [host.person(user) for user in (customer, twin) if rich(user)]

    def redeem(number: int) -> str:
        try:
            redemption.redeem(people[number % 2], reward.pk, f"key {number}", now=clock.now())
        except errors.LimitReached:
            return "limit"
        finally:
            connection.close()
        return "redeemed"

    with ThreadPoolExecutor(8) as pool:
        said = sorted(pool.map(redeem, range(8)))
    assert said == ["limit"] * 7 + ["redeemed"]
