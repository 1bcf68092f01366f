"""Statements of points: one month by the channel's clocks, figures by what was done, and the balance at its end."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from saleor_reciprocity import host
from saleor_reciprocity.mail import kinds, outbox, rendering
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.points import accounts, adjustments, expiry, ledger, orders
from saleor_reciprocity.points.messages import statements
from saleor_reciprocity.points.models import Account, Kind, Lot
from saleor_reciprocity.rewards import closing, redemption
from saleor_reciprocity.rewards.models import Reward
from saleor_reciprocity.surprises import campaigns
from saleor_reciprocity.surprises import orders as surprises
from saleor_reciprocity.surprises.models import PrizeKind

from .. import hosts, turns
from ..surprises.shop import campaign

MARCH = date(2030, 3, 1)
BERLIN = "Europe/Berlin"  # where March 2030 ends an hour early


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def adjust(person: host.Person, points: int, when: str, channel_id: str = "") -> Any:
    key = f"{person.email} {points} {when}"
    return adjustments.adjust(person, points, "why", "user:1", key, at(when), channel_id=channel_id)


def redeem(customer: Any, key: str, when: str) -> Any:
    return redemption.redeem(host.person(customer), Reward.objects.get().pk, key, now=at(when))


def end_lots(lots: Any, when: str) -> None:
    lots.update(expires_at=at(when))
    Account.objects.filter(lots__in=lots).update(next_expiry_at=at(when))


def figures(letter: Any, side: str) -> dict[str, int]:
    return {str(figure["label"]): figure["points"] for figure in letter[side]}


@pytest.fixture
def berlin(programme_on: host.Channel) -> host.Channel:
    hosts.configure(programme_on, time_zone=BERLIN, points_valid_months="0", mail_statements="True", holdout_share="0")
    return programme_on


@pytest.fixture
def march(berlin: host.Channel, customer: Any) -> Account:
    """A month in which everything happened; 500 points and a guest's 70 are from before, and 1000 came after."""
    ada, guest = host.person(customer), host.person_with_email("countess@example.com")
    adjust(ada, 500, "2030-02-28 22:59")
    adjust(guest, 70, "2030-02-28 22:59")
    adjust(ada, 40, "2030-02-28 23:00", berlin.id)
    campaign(berlin, campaigns.Gift(PrizeKind.POINTS, "Thirty", Decimal(3), points=30))
    shipped, placed = hosts.order(customer, [("120", 1)]), hosts.order(customer, [("60", 1)])
    hosts.ship(shipped)
    turns.settle(orders, host.order_id(shipped), at("2030-03-05 12:00"))
    turns.settle(surprises, host.order_id(shipped), at("2030-03-05 12:00"))
    turns.settle(orders, host.order_id(placed), at("2030-03-06 12:00"))
    account = accounts.lock_account_of(ada, at("2030-03-07 12:00"))
    bonus = ledger.Posting(Kind.BONUS, "an occasion", at("2030-03-07 12:00"), 25)
    ledger.give(account, bonus, at("2030-03-07 12:00"))
    redeem(customer, "kept", "2030-03-10 12:00")
    returned = redeem(customer, "returned", "2030-03-11 12:00")
    closing.cancel(returned.pk, "user:1", now=at("2030-03-12 12:00"))
    hosts.refund(shipped, "20")
    turns.settle(orders, host.order_id(shipped), at("2030-03-20 12:00"))
    adjust(ada, -15, "2030-03-21 12:00")
    accounts.merge_people(guest, ada, "user:1", at("2030-03-25 12:00"))
    end_lots(Lot.objects.filter(points=40), "2030-03-31 22:00")
    return Account.objects.get(user=customer)


def test_each_kind_of_entry_has_its_figure_and_the_balance_is_that_of_the_months_end(march: Account) -> None:
    letter = statements.of_month(march, MARCH, BERLIN)
    assert letter is not None
    assert (letter["day"], letter["available"], letter["debt"], letter["pending"]) == (date(2030, 3, 31), 660, 0, 60)
    assert figures(letter, "brought") == {
        "Earned with orders": 120,
        "Bonuses": 25,
        "Surprises": 30,
        "Returned": 50,
        "Given by the shop": 40,
    }
    assert figures(letter, "took") == {
        "Exchanged for rewards": 100,
        "Expired": 40,
        "Taken back with orders": 20,
        "Taken by the shop": 15,
    }


def test_it_says_the_same_when_the_points_that_ended_are_written_off_and_others_came(march: Account) -> None:
    before = statements.of_month(march, MARCH, BERLIN)
    assert expiry.run(at("2030-03-31 22:00")) == (1, 40)
    adjust(host.person(march.user), 1000, "2030-03-31 22:00")
    assert statements.of_month(march, MARCH, BERLIN) == before
    april = statements.of_month(march, date(2030, 4, 1), BERLIN)
    assert april is not None
    assert (april["available"], figures(april, "brought"), april["took"]) == (1660, {"Given by the shop": 1000}, [])


def test_what_came_back_to_points_that_had_ended_is_no_loss_of_the_month_before(berlin: Any, customer: Any) -> None:
    adjust(host.person(customer), 50, "2030-03-02 12:00", berlin.id)
    end_lots(Lot.objects.all(), "2030-03-20 23:00")
    made = redeem(customer, "k", "2030-03-10 12:00")
    closing.cancel(made.pk, "user:1", now=at("2030-04-03 12:00"))
    expiry.run(at("2030-04-03 12:01"))
    account = Account.objects.get()
    assert account.available == 0
    letter = statements.of_month(account, MARCH, BERLIN)
    assert letter is not None
    assert (letter["available"], figures(letter, "brought")) == (0, {"Given by the shop": 50})
    assert figures(letter, "took") == {"Exchanged for rewards": 50}
    april = statements.of_month(account, date(2030, 4, 1), BERLIN)
    assert april is not None
    assert (april["available"], figures(april, "brought")) == (0, {"Returned": 50})
    assert figures(april, "took") == {"Expired": 50}


def test_a_debt_is_shown_as_what_the_next_points_repay(berlin: Any, customer: Any) -> None:
    person = host.person(customer)
    adjustments.adjust(person, -30, "why", "user:1", "k", at("2030-03-10 12:00"), into_debt=True)
    letter = statements.of_month(Account.objects.get(), MARCH, BERLIN)
    assert letter is not None
    assert (letter["available"], letter["debt"], figures(letter, "took")) == (0, 30, {"Taken by the shop": 30})


def test_a_month_without_points_is_no_statement(berlin: Any, customer: Any) -> None:
    adjust(host.person(customer), 50, "2030-04-10 12:00")
    assert statements.of_month(Account.objects.get(), MARCH, BERLIN) is None


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "en",
            [
                "At the end of March 31, 2030:",
                "You can spend: 660",
                "On their way: 60",
                "",
                "In that month:",
                "Earned with orders: +120",
                "Bonuses: +25",
                "Surprises: +30",
                "Returned: +50",
                "Given by the shop: +40",
                "Exchanged for rewards: −100",
                "Expired: −40",
                "Taken back with orders: −20",
                "Taken by the shop: −15",
            ],
        ),
        (
            "zh-hans",
            [
                "截至2030年3月31日：",
                "可使用: 660",
                "即将到账: 60",
                "",
                "当月明细：",
                "订单获得: +120",
                "额外奖励: +25",
                "惊喜: +30",
                "退回: +50",
                "商店发放: +40",
                "兑换奖励: −100",
                "已过期: −40",
                "随订单收回: −20",
                "商店扣除: −15",
            ],
        ),
    ],
)
def test_the_mail_shows_every_figure_in_text_and_html(language: str, lines: list[str], march: Account) -> None:
    context = {"shop": "Shop", "name": "", **(statements.of_month(march, MARCH, BERLIN) or {})}
    letter = rendering.rendered(kinds.STATEMENT, language, context)
    text = letter.text.split("--")[0].strip().split("\n")
    assert text[-len(lines) :] == lines
    for line in filter(None, lines):
        number = line.split(" ")[-1]
        assert number in letter.html
        assert line[: -len(number)].strip(" :") in letter.html


def test_nothing_that_is_0_is_in_the_mail(berlin: Any, customer: Any) -> None:
    adjust(host.person(customer), 50, "2030-03-10 12:00")
    adjust(host.person(customer), -50, "2030-03-11 12:00")
    context = {"shop": "Shop", "name": "", **(statements.of_month(Account.objects.get(), MARCH, BERLIN) or {})}
    letter = rendering.rendered(kinds.STATEMENT, "en", context)
    assert letter.text.split("--")[0].strip().split("\n")[-5:] == [
        "At the end of March 31, 2030:",
        "",
        "In that month:",
        "Given by the shop: +50",
        "Taken by the shop: −50",
    ]
    assert "Expired" not in letter.html
    assert "spend" not in letter.html


@pytest.mark.parametrize(
    ("now", "asked"),
    [
        ("2030-03-31 21:59", 0),  # still March in Berlin
        ("2030-03-31 22:00", 1),
        ("2030-04-07 21:59", 1),
        ("2030-04-07 22:00", 0),  # the eighth of April there
    ],
)
def test_it_is_asked_for_in_the_first_days_of_a_month_by_the_channels_clocks(
    now: str, asked: int, berlin: Any, customer: Any
) -> None:
    adjust(host.person(customer), 50, "2030-03-10 12:00", berlin.id)
    assert statements.ask(at(now)) == asked
    assert statements.ask(at(now)) == 0, "once"
    expected = [{"account": Account.objects.get().pk, "month": "2030-03", "zone": BERLIN}] * asked
    assert list(Mail.objects.values_list("context", flat=True)) == expected


@pytest.mark.parametrize("month", ["2028-02", "2029-12", "2031-02"])
def test_the_month_before_is_the_month_before(month: str, berlin: Any, customer: Any) -> None:
    adjust(host.person(customer), 50, f"{month}-10 12:00", berlin.id)
    first = {"2028-02": "2028-03-01", "2029-12": "2030-01-01", "2031-02": "2031-03-01"}[month]
    assert statements.ask(at(f"{first} 12:00")) == 1
    assert Mail.objects.get().context["month"] == month
    letter = statements.about(Mail.objects.get(), at(f"{first} 12:00"))
    assert letter is not None
    assert (letter["available"], figures(letter, "brought")) == (50, {"Given by the shop": 50})


@pytest.mark.parametrize("of_channel", [True, False])
def test_who_has_points_without_an_order_has_a_statement(of_channel: bool, berlin: Any, customer: Any) -> None:
    adjust(host.person(customer), 50, "2030-03-10 12:00", berlin.id if of_channel else "")
    assert statements.ask(at("2030-04-02 12:00")) == 1
    assert Mail.objects.get().channel_id == berlin.id


def test_a_statement_that_was_asked_for_by_an_older_version_is_of_the_month_in_utc(berlin: Any, customer: Any) -> None:
    adjust(host.person(customer), 50, "2030-03-31 23:00")
    context = {"account": Account.objects.get().pk, "month": "2030-03"}
    outbox.ask(kinds.STATEMENT, "an old one", host.person(customer), berlin.id, at("2030-04-01 12:00"), context=context)
    letter = statements.about(Mail.objects.get(), at("2030-04-01 12:00"))
    assert letter is not None
    assert letter["available"] == 50
