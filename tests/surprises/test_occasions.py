"""Surprises without an order: when each occasion is, whom it is about, once for ever, and who cannot choose winners."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from datetime import timezone as zones
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from freezegun import freeze_time

from saleor_reciprocity import erasure, errors, host, identity, settlement
from saleor_reciprocity.experiments.models import Assignment
from saleor_reciprocity.mail import consent, kinds
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.points import accounts
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.surprises import campaigns, due, queries
from saleor_reciprocity.surprises.models import Budget, Draw, PrizeKind

from .. import hosts
from ..hosts.either import order_time
from ..points.people import born
from ..points.programmes import ladder
from .shop import VOUCHER, campaign, drawn_in, night, nights, on_occasion


def bought(buyer: Any, days_ago: float, **options: Any) -> Any:
    """An order that was placed so many days ago."""
    return hosts.order(buyer, [("40", 1)], placed_at=timezone.now() - timedelta(days=days_ago), **options)


def test_whoever_has_not_ordered_for_thirty_days_is_drawn_for_once(shop: Any, customer: Any) -> None:
    bought(customer, 29)
    on_occasion(shop, "win back", after_days=30)
    assert drawn_in(night(0)) == [], "29 days and an hour"
    assert drawn_in(night(1)) == ["won"]
    assert drawn_in(*nights(1, 12)) == []
    won = Draw.objects.get()
    assert (won.user_id, won.cost, won.order_number) == (customer.pk, 5, "")
    assert Budget.objects.get().spent == 5
    assert [gift.pk for gift in queries.won_by(Account.objects.get(user=customer), 5)] == [won.pk]


def test_a_new_order_ends_a_lapse_and_the_next_lapse_is_another(shop: Any, customer: Any) -> None:
    bought(customer, 29)
    on_occasion(shop, "win back", after_days=30)
    assert drawn_in(night(1)) == ["won"]
    bought(customer, 28.5)
    assert drawn_in(night(1)) == []
    assert drawn_in(night(2)) == ["won"]
    bought(customer, -2)
    assert drawn_in(*nights(2, 10)) == []
    assert Draw.objects.count() == 2


def test_a_new_order_before_the_night_ends_the_lapse(shop: Any, customer: Any) -> None:
    bought(customer, 29)
    on_occasion(shop, "win back", after_days=30)
    bought(customer, -0.5)
    assert drawn_in(*nights(1, 3)) == []


@pytest.mark.parametrize("ended_by", ["a guest's order", "an order of the user under another address"])
def test_a_lapse_is_ended_by_any_order_of_the_person(ended_by: str, shop: Any, customer: Any) -> None:
    bought(customer, 29)
    on_occasion(shop, "win back", after_days=30)
    if ended_by == "a guest's order":
        bought("ADA@example.com", 1)
    else:
        customer.email = "ada@example.org"
        customer.save()
        bought(customer, 1)
    assert drawn_in(night(1)) == []


def test_a_cancelled_order_ends_no_lapse(shop: Any, customer: Any) -> None:
    bought(customer, 29)
    bought(customer, 3, status="canceled")
    on_occasion(shop, "win back", after_days=30)
    assert drawn_in(night(1)) == ["won"]


@pytest.mark.parametrize(("missed", "found"), [(6, ["won"]), (7, [])])
def test_missed_nights_are_caught_up_for_a_week(missed: int, found: list[str], shop: Any, customer: Any) -> None:
    """The lapse is an hour before the first of the nights."""
    bought(customer, 29)
    on_occasion(shop, "win back", after_days=30)
    assert drawn_in(night(1 + missed)) == found


def test_what_was_before_the_campaign_is_not_drawn_and_nothing_after_its_end(shop: Any, customer: Any) -> None:
    bought(customer, 31)
    bought("bob@example.com", 29)
    spring = on_occasion(shop, "win back", after_days=30)
    assert drawn_in(night(0)) == []
    campaigns.end(spring.pk, timezone.now())
    assert drawn_in(night(1)) == []


def test_nothing_is_drawn_where_the_programme_is_off(shop: Any, customer: Any) -> None:
    bought(customer, 29)
    on_occasion(shop, "win back", after_days=30)
    hosts.configure(shop, active=False)
    assert drawn_in(night(1)) == []


def test_orders_take_no_part_in_a_campaign_for_an_occasion(shop: Any, customer: Any) -> None:
    on_occasion(shop, "win back", after_days=30)
    order = bought(customer, 0)
    settlement.settle(host.order_id(order))
    assert Draw.objects.count() == 0
    campaign(shop)
    again = bought(customer, 0)
    settlement.settle(host.order_id(again))
    assert [draw.order_id for draw in Draw.objects.all()] == [host.order_id(again)]


def test_a_guest_is_drawn_for_who_may_be_written_to(shop: Any) -> None:
    hosts.configure(shop, mail_consent="preference")
    consent.choose(host.person_with_email("bob@example.com"), kinds.SURPRISE, True, "test", timezone.now())
    bob, eve = bought("bob@example.com", 29), bought("eve@example.com", 29)
    on_occasion(shop, "win back", after_days=30)
    assert sorted(drawn_in(night(1))) == ["out of reach", "won"]
    asked = Mail.objects.get()
    assert (asked.kind, asked.order_id) == ("surprise", host.order_id(bob)), "from where the address comes"
    assert Assignment.objects.count() == 1, "eve is not followed"
    assert eve


def test_groups_orders_and_pauses_count_as_for_orders(shop: Any, customer: Any) -> None:
    bought(customer, 29)
    on_occasion(shop, "win back", name="group", after_days=30, groups=["Friends"])
    on_occasion(shop, "win back", name="second", after_days=30, from_order_number=2)
    on_occasion(shop, "win back", name="first", after_days=30)
    on_occasion(shop, "win back", name="pause", after_days=30, cooling_off_days=10)
    due.look(night(1))
    said = dict(Draw.objects.values_list("campaign__name", "outcome"))
    assert said == {"group": "group", "second": "order number", "first": "won", "pause": "cooling off"}


def test_who_is_held_out_stays_so_for_occasions(shop: Any, customer: Any) -> None:
    hosts.configure(shop, holdout_share="0.5")
    Assignment.objects.create(
        person=identity.email_hash("ada@example.com"),
        experiment="surprises",
        held_out=True,
        share=Decimal("0.5"),
        assigned_at=timezone.now(),
    )
    bought(customer, 29)
    on_occasion(shop, "win back", after_days=30)
    assert drawn_in(night(1)) == ["held out"]


def test_neither_staff_nor_clocks_choose_who_gets_the_last_money(shop: Any) -> None:
    """The budget pays three of twelve: those with the lowest tickets, by HMACs worked out here."""
    for number in range(12):
        bought(hosts.customer(f"c{number}@example.com"), 29 - number / 100)
    spring = on_occasion(shop, "win back", after_days=30, limits={"total": Decimal(15)})
    assert len(drawn_in(night(2))) == 12
    tickets = {}
    for made in Draw.objects.all():
        secret = bytes.fromhex(spring.secret)
        assert made.ticket == hmac.new(secret, made.order_id.encode(), hashlib.sha256).hexdigest()
        tickets[made.ticket] = made.outcome
    assert [tickets[ticket] for ticket in sorted(tickets)] == ["won"] * 3 + ["no budget"] * 9


def test_the_id_that_a_ticket_is_drawn_over_follows_from_person_and_occasion(shop: Any, customer: Any) -> None:
    order = bought(customer, 29)
    on_occasion(shop, "win back", after_days=30)
    due.look(night(1))
    key = identity.installation_key()
    person = hmac.new(key, b"ada@example.com", hashlib.sha256).hexdigest()
    text = f"{person}:since {host.order_id(order)}"
    assert Draw.objects.get().order_id == "~" + hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:35]


def test_draws_for_occasions_are_verified(shop: Any, customer: Any, capsys: Any) -> None:
    bought(customer, 29)
    on_occasion(shop, "win back", after_days=30)
    due.look(night(1))
    call_command("reciprocity_verify_draws")
    assert "ok" in capsys.readouterr().out


def test_of_two_accounts_that_become_one_the_person_is_drawn_for_once(shop: Any, customer: Any) -> None:
    """Both have the same lapse then: it began with the newest order of the two."""
    bought("bob@example.com", 29)
    bought(customer, 40)
    hosts.configure(shop, mail_consent="existing customers", mail_terms_confirmed="True")
    on_occasion(shop, "win back", after_days=30)
    assert drawn_in(night(1)) == ["won"], "bob's"
    bob, ada = host.person_with_email("bob@example.com"), host.person(customer)
    accounts.open_account(bob, timezone.now())
    with freeze_time(night(1)):
        for order in bob, ada:
            settlement.settle(_newest_of(order))
        accounts.merge_people(bob, ada, "user:1", timezone.now())
    assert drawn_in(*nights(1, 9)) == []
    assert [gift.person for gift in queries.won_by(Account.objects.get(user=customer), 5)] == [
        identity.email_hash("bob@example.com")
    ]


def _newest_of(person: host.Person) -> str:
    return max((host.order_id(row) for row in host.orders_of(person)), key=str)


def test_who_is_erased_is_drawn_for_no_more(shop: Any, customer: Any) -> None:
    bought(customer, 29)
    on_occasion(shop, "win back", after_days=30)
    on_occasion(shop, "win back", after_days=32)
    due.look(night(1))
    erasure.erase(host.person(customer), timezone.now())
    forgotten = Draw.objects.get()
    assert (forgotten.person[:7], forgotten.order_id[:7], forgotten.user_id) == ("erased:", "erased:", None)
    assert (forgotten.ticket, forgotten.seal) == ("", "")
    assert drawn_in(*nights(1, 4)) == []


def test_an_export_says_for_what_was_drawn(shop: Any, customer: Any) -> None:
    bought(customer, 29)
    on_occasion(shop, "win back", after_days=30)
    due.look(night(1))
    (found,) = erasure.export(host.person(customer))["surprises"]
    assert (found["campaign__occasion"], found["outcome"]) == ("win back", "won")


def test_what_fails_for_one_stops_nobody_else(shop: Any, monkeypatch: Any) -> None:
    for name in ("a", "b", "c"):
        bought(hosts.customer(f"{name}@example.com"), 29)
    on_occasion(shop, "win back", after_days=30)
    lock = accounts.lock_account_of

    def failing(person: host.Person, now: datetime) -> Account:
        if person.email == "b@example.com":
            raise RuntimeError("cannot be drawn for")
        return lock(person, now)

    with monkeypatch.context() as patched:
        patched.setattr(accounts, "lock_account_of", failing)
        assert drawn_in(night(1)) == ["won", "won"]
    assert drawn_in(night(2)) == ["won"], "the next night looks again"


def test_whoever_is_not_drawn_for_gets_no_account(shop: Any) -> None:
    bought("bob@example.com", 29)
    on_occasion(shop, "win back", after_days=30)
    bought("bob@example.com", -0.5)
    due.look(night(1))
    assert Account.objects.count() == 0


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"occasion": "win back"}, "afterDays"),
        ({"occasion": "win back", "after_days": 0}, "afterDays"),
        ({"occasion": "anniversary", "after_days": 3}, "afterDays"),
        ({"after_days": 3}, "afterDays"),
        ({"occasion": "tier reached"}, "tier"),
        ({"occasion": "anniversary", "minimum_total": Decimal(5)}, "minimumTotal"),
    ],
)
def test_an_occasion_that_cannot_be_is_refused_at_its_field(terms: Any, field: str, shop: Any) -> None:
    with pytest.raises(errors.Invalid) as refused:
        campaign(shop, **terms)
    assert refused.value.field == field


def test_a_first_order_has_its_day_every_year(shop: Any, customer: Any) -> None:
    """In the time zone of the channel: where the order was placed it was the 2nd of March."""
    hosts.configure(shop, time_zone="Asia/Shanghai")
    utc = zones.utc
    with freeze_time("2026-01-10T12:00:00Z"):
        on_occasion(shop, "anniversary")
    hosts.order(customer, [("40", 1)], placed_at=datetime(2025, 3, 1, 20, 0, tzinfo=utc))
    hosts.order(customer, [("40", 1)], placed_at=datetime(2025, 6, 1, tzinfo=utc))
    assert drawn_in(datetime(2026, 3, 1, 15, 59, tzinfo=utc)) == []
    assert drawn_in(datetime(2026, 3, 1, 16, 0, tzinfo=utc)) == ["won"]
    assert Draw.objects.get().occasion_at == datetime(2026, 3, 1, 16, 0, tzinfo=utc)
    assert drawn_in(datetime(2026, 3, 5, tzinfo=utc), datetime(2026, 6, 2, tzinfo=utc)) == []
    assert drawn_in(datetime(2027, 3, 2, tzinfo=utc)) == ["won"]


def test_the_29th_of_february_is_the_28th_in_other_years(shop: Any, customer: Any) -> None:
    utc = zones.utc
    with freeze_time("2025-01-10T12:00:00Z"):
        on_occasion(shop, "anniversary")
    hosts.order(customer, [("40", 1)], placed_at=datetime(2024, 2, 29, 12, tzinfo=utc))
    assert drawn_in(datetime(2025, 2, 27, 23, tzinfo=utc)) == []
    assert drawn_in(datetime(2025, 2, 28, 1, tzinfo=utc)) == ["won"]
    assert drawn_in(datetime(2028, 2, 28, 23, tzinfo=utc)) == []
    assert drawn_in(datetime(2028, 2, 29, 1, tzinfo=utc)) == ["won"]


def test_a_number_of_orders_is_reached_once(shop: Any, customer: Any) -> None:
    on_occasion(shop, "orders reached", from_order_number=3)
    for _ in range(2):
        bought(customer, 0)
    assert drawn_in(night(0)) == []
    third = bought(customer, 0)
    assert drawn_in(night(0)) == ["won"]
    assert Draw.objects.get().occasion_at == order_time(third)
    for _ in range(2):
        bought(customer, 0)
    assert drawn_in(*nights(0, 2)) == []
    hosts.cancel(third)
    assert drawn_in(*nights(0, 2)) == [], "another order is the third now"


def test_a_tier_is_reached_once(shop: Any, customer: Any) -> None:
    ladder(("silver", 50, "1"), ("gold", 100, "1"))
    on_occasion(shop, "tier reached", tier="silver")
    order = hosts.order(customer, [("60", 1)])
    settlement.settle(host.order_id(order))
    assert drawn_in(night(0)) == []
    hosts.ship(order)
    settlement.settle(host.order_id(order))
    assert drawn_in(night(0)) == ["won"]
    assert drawn_in(*nights(0, 3)) == []


def test_bonus_points_of_an_occasion_are_on_the_account(shop: Any, customer: Any) -> None:
    bought(customer, 29)
    on_occasion(shop, "win back", campaigns.Gift(PrizeKind.POINTS, "Points", points=30), after_days=30)
    due.look(night(1))
    account = Account.objects.get(user=customer)
    assert (account.available, account.entries.get().reason) == (30, "")


def test_a_percentage_is_of_the_last_order(shop: Any, customer: Any) -> None:
    bought(customer, 29)
    tenth = campaigns.Gift(PrizeKind.PERCENTAGE, "A tenth", Decimal(50), percent=Decimal(10))
    on_occasion(shop, "win back", tenth, VOUCHER, after_days=30, limits={"total": Decimal(100)})
    due.look(night(1))
    assert Draw.objects.get().cost in (Decimal(4), Decimal(5))


def test_the_command_draws_for_all_who_are_due_and_says_how_far_it_is(shop: Any, customer: Any) -> None:
    bought(customer, 29)
    on_occasion(shop, "win back", after_days=30)
    for said in ("1 draws made.", "0 draws made."):
        out, progress = StringIO(), StringIO()
        with freeze_time(night(1)):
            call_command("reciprocity_occasions", stdout=out, stderr=progress)
        assert out.getvalue().strip() == said
        assert ("1 of 1 people" in progress.getvalue()) == (said == "1 draws made.")


@pytest.mark.parametrize(
    ("stored", "before", "on"),
    [
        ("1990-07-15", "2027-07-14T15:59:00Z", "2027-07-14T16:01:00Z"),
        ("07-15", "2027-07-14T15:59:00Z", "2027-07-14T16:01:00Z"),
        ("2000-02-29", "2027-02-27T15:59:00Z", "2027-02-27T16:01:00Z"),
        ("02-29", "2028-02-28T15:59:00Z", "2028-02-28T16:01:00Z"),
    ],
)
def test_a_birthday_begins_at_midnight_of_the_channel(
    stored: str, before: str, on: str, shop: Any, customer: Any
) -> None:
    hosts.configure(shop, time_zone="Asia/Shanghai")
    born(customer, stored)
    hosts.order(customer, [("40", 1)], placed_at=timezone.now() - timedelta(days=400))
    on_occasion(shop, "birthday")
    early, day = (datetime.fromisoformat(moment.replace("Z", "+00:00")) for moment in (before, on))
    assert drawn_in(early) == []
    assert drawn_in(day, day + timedelta(days=3)) == ["won"]


def test_who_moves_a_birthday_has_one_a_year(shop: Any, customer: Any) -> None:
    bought(customer, 3)
    on_occasion(shop, "birthday")
    for day in (2, 4, 300, 340):
        born(customer, f"{timezone.now() + timedelta(days=day):%m-%d}")
        assert drawn_in(night(day + 1)) == (["won"] if day in (2, 340) else [])


@pytest.mark.parametrize("stored", ["", "soon", "02-30", "2000-13-01", "02-29 "])
def test_what_is_no_birthday_is_none(stored: str, shop: Any, customer: Any) -> None:
    bought(customer, 3)
    born(customer, stored)
    on_occasion(shop, "birthday")
    assert drawn_in(*nights(0, 3)) == []


def test_whoever_never_ordered_has_no_occasion(shop: Any, customer: Any) -> None:
    born(customer, f"{timezone.now() + timedelta(days=1):%m-%d}")
    on_occasion(shop, "birthday")
    assert drawn_in(*nights(0, 3)) == []
