"""What time, staff and people themselves do to points: the scenarios beside those of orders and codes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from saleor_reciprocity import backfill, erasure, errors, host, people
from saleor_reciprocity.points import accounts, adjustment_files, adjustments, bonuses, expiry, upkeep
from saleor_reciprocity.points.earning.models import EarningRule
from saleor_reciprocity.points.models import Account, Entry, Lot, OrderTerms
from saleor_reciprocity.points.tiers import ladders
from saleor_reciprocity.points.tiers.models import AccountTier, TierChange
from saleor_reciprocity.rewards.models import Redemption
from saleor_reciprocity.settlement import SettledOrder

from .. import hosts
from ..points import programmes
from .scenarios import (
    Scenario,
    Subject,
    cancel_order,
    nothing,
    numbers,
    ordered,
    points,
    redeemed,
    settle,
    settled,
    ship,
    shipped,
)


def with_rule(trigger: str, prepare: Any = None) -> Any:
    """A subject in a shop with a bonus of 7 for something; the rule is older than the subject."""

    def prepared() -> Subject:
        if not EarningRule.objects.exists():
            programmes.rule("bonus", "7", trigger=trigger)
        return prepare() if prepare else Subject(newcomer())

    return prepared


def newcomer() -> Any:
    return hosts.customer(f"newcomer-{next(numbers)}@example.com")


def born_today() -> Subject:
    customer = newcomer()
    customer.store_value_in_metadata({"birthday": f"1990-{timezone.now():%m-%d}"})
    customer.save()
    return Subject(customer)


def in_a_ladder() -> Subject:
    """An order whose shipment lifts over two tiers at once."""
    if ladders.ladder_row() is None:
        programmes.ladder(("silver", 20, "1"), ("gold", 50, "1"))
    return settled()


def golden() -> Subject:
    subject = in_a_ladder()
    ship(subject)
    settle(subject)
    return subject


def with_a_guests_account() -> Subject:
    """A customer, and a guest's order at another address."""
    subject = shipped()
    other = Subject(subject.customer, hosts.order(f"guest-{subject.customer.email}", [("30", 1)]))
    ship(other)
    settle(other)
    return subject


def unconfirmed() -> Subject:
    """A user whose address has yet to be confirmed, with a guest's order there."""
    email = f"unconfirmed-{next(numbers)}@example.com"
    subject = Subject(hosts.customer_to_confirm(email), hosts.order(email, [("30", 1)]))
    settle(subject)
    own = Subject(subject.customer, hosts.order(subject.customer, [("60", 1)]))
    settle(own)
    return subject


def known() -> Subject:
    """A customer with an order, a reason and a code."""
    subject = redeemed()
    adjustments.adjust(
        subject.person, 3, "Because of you", "user:1", f"known {subject.customer.email}", now=timezone.now()
    )
    subject.account_id = Account.objects.get(user=subject.customer).pk
    return subject


def from_before_the_programme() -> Subject:
    """A shipped order that is older than the programme."""
    subject = Subject(newcomer())
    past = timezone.now() - timedelta(days=100)
    subject.order = hosts.order(subject.customer, [("60", 1)], placed_at=past)
    ship(subject)
    return subject


def let_points_end(subject: Subject) -> None:
    past = timezone.now() - timedelta(days=1)
    Lot.objects.filter(account__user=subject.customer).update(expires_at=past)
    Account.objects.filter(user=subject.customer).update(next_expiry_at=past)


def let_years_pass(subject: Subject) -> None:
    """All points leave the window of the tiers."""
    account = Account.objects.get(user=subject.customer)
    past = timezone.now() - timedelta(days=800)
    Lot.objects.filter(account=account).update(earned_at=past)
    AccountTier.objects.filter(account=account).update(look_at=past)


def confirm(subject: Subject) -> None:
    hosts.confirm(subject.customer)


def delete_user(subject: Subject) -> None:
    type(subject.customer).objects.filter(pk=subject.customer.pk).delete()


def let_a_year_pass(subject: Subject) -> None:
    Account.objects.exclude(user_deleted_at=None).update(user_deleted_at=timezone.now() - timedelta(days=366))


def write_off(subject: Subject) -> None:
    expiry.run(timezone.now())


def look_after_points(subject: Subject) -> None:
    upkeep.look(timezone.now())


def look_after_people(subject: Subject) -> None:
    people.look(timezone.now())


def backfill_past(subject: Subject) -> None:
    backfill.run(hosts.open_channel(), [host.order_id(subject.order)], timezone.now())


def merge(subject: Subject) -> None:
    """By staff, who ask again when they got no answer, and read then that it was done."""
    guest = host.person_with_email(f"guest-{subject.customer.email}")
    try:
        accounts.merge_people(guest, subject.person, "user:1", timezone.now())
    except (errors.NotFound, errors.Invalid):
        assert Entry.objects.filter(account__user=subject.customer, kind="merge").exists()


def erase(subject: Subject) -> None:
    erasure.erase(subject.person, timezone.now())


def adjust(subject: Subject) -> None:
    adjustments.adjust(
        subject.person, -25, "A mistake", "user:1", f"key of {subject.customer.email}", now=timezone.now()
    )


def adjust_by_file(subject: Subject) -> None:
    """A row that is refused beside one that is not: each stands for itself."""
    user = subject.customer.pk
    content = f"user,points,reason,key\n{user},0,Nothing,none\n{user},9,Sorry,row {user}\n"
    list(adjustment_files.apply(adjustment_files.read(content), "user:1", timezone.now()))


def give_staff_bonus(subject: Subject) -> None:
    bonuses.give_by_staff(subject.person, EarningRule.objects.get().pk, "key", "Thank you", "user:1", timezone.now())


def points_and_tier(subject: Subject) -> Any:
    """The account, its tier and every move: one over two tiers, never two."""
    account = Account.objects.filter(user=subject.customer).first()
    stored = AccountTier.objects.filter(account=account).first() if account else None
    moves = TierChange.objects.filter(account=account).order_by("pk").values_list("from_code", "code")
    return (points(subject), stored.code if stored else None, tuple(moves))


def points_and_address(subject: Subject) -> Any:
    account = Account.objects.get(user=subject.customer)
    guests = Account.objects.filter(merged_into=account)
    return (points(subject), account.email_hash is not None, tuple(guests.values_list("available", "pending")))


def what_is_known(subject: Subject) -> Any:
    """What leads from the figures to the person, wherever it is: all of it or nothing."""
    account = Account.objects.get(pk=subject.account_id)
    entries = Entry.objects.filter(account=account).order_by("version")
    orders = OrderTerms.objects.filter(account=account).order_by("pk")
    return (
        (account.available, account.pending, account.email_hash is None),
        (account.user_deleted_at is None, account.erased_at is None),
        tuple((entry.points, entry.reason == "", entry.source.startswith("erased:")) for entry in entries),
        tuple((order.order_number == "", order.terms == {}) for order in orders),
        tuple(SettledOrder.objects.filter(order_id=host.order_id(subject.order)).values_list("erased", flat=True)),
        tuple(Redemption.objects.filter(account=account, key__startswith="erased:").values_list("points", flat=True)),
    )


LIFE_SCENARIOS = (
    Scenario("points end", shipped, ((let_points_end, write_off),), heals=True, seen=points),
    Scenario("staff merge", with_a_guests_account, ((nothing, merge),), heals=False, seen=points_and_address),
    Scenario("an address is confirmed", unconfirmed, ((confirm, look_after_people),), True, points_and_address),
    Scenario("erase", known, ((nothing, erase),), heals=False, seen=what_is_known),
    Scenario(
        "a user is deleted, and forgotten later",
        known,
        ((delete_user, look_after_people), (let_a_year_pass, look_after_people)),
        heals=True,
        seen=what_is_known,
    ),
    Scenario("adjust", shipped, ((nothing, adjust),), heals=False, seen=points),
    Scenario("adjust by file", shipped, ((nothing, adjust_by_file),), heals=False, seen=points),
    Scenario(
        "a tier is reached and lost", in_a_ladder, ((ship, settle), (cancel_order, settle)), True, points_and_tier
    ),
    Scenario("a tier ends with time", golden, ((let_years_pass, look_after_points),), True, points_and_tier),
    Scenario("sign up", with_rule("sign-up"), ((nothing, look_after_points),), heals=True, seen=points),
    Scenario("birthday", with_rule("birthday", born_today), ((nothing, look_after_points),), True, points),
    Scenario("a bonus by staff", with_rule("staff"), ((nothing, give_staff_bonus),), heals=False, seen=points),
    Scenario("backfill", from_before_the_programme, ((nothing, backfill_past),), heals=False, seen=points),
    Scenario("a bonus of an order", with_rule("order", ordered), ((nothing, settle), (ship, settle)), True, points),
)
