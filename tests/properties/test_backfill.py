"""Awarding past orders in sets against awarding them one by one: the same terms, points, lots and balances."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from saleor_reciprocity import backfill, host, identity, programmes, sweep
from saleor_reciprocity.management.commands.reciprocity_backfill import EVER
from saleor_reciprocity.points.earning import rulebook
from saleor_reciprocity.points.earning.terms import Terms
from saleor_reciprocity.points.models import Account, Entry, Lot, OrderTerms
from saleor_reciprocity.points.tiers.models import TierChange
from saleor_reciprocity.settlement import SettledOrder

from .. import hosts
from ..points.programmes import ladder, rule

DAY = timedelta(days=1)
PRICES = ("0.01", "0.99", "3.33", "16.65", "49.95", "100", "7.77")
CATEGORIES = (("kitchen", "cups"), ("kitchen", "pans"), ("garden",))
EFFECTS = (("multiplier", ("0", "0.5", "1.7", "3", "1.3333")), ("bonus", ("5", "40")), ("bonus per piece", ("1", "9")))


class Past:
    """A shop's past, the same for the same seed: people, orders, what became of them, and the rules of today."""

    def __init__(self, seed: int, channel: host.Channel) -> None:
        self.random, self.channel = Random(seed), channel
        self.now = timezone.now()
        identity.installation_key()
        self.people: list[Any] = self._people(seed)
        self.orders = [self._order(number) for number in range(40)]
        hosts.configure(channel, active=True, **self._settings())
        for _ in range(self.random.randrange(6)):
            self._rule()
        self._tiers()

    def _people(self, seed: int) -> list[Any]:
        users = [hosts.customer(f"user{number}-{seed}@example.com") for number in range(3)]
        hosts.put_in_group(users[0], "club")
        waiting = hosts.customer_to_confirm(f"waiting-{seed}@example.com")
        guests = [f"guest-{seed}@example.com", f"Guest-{seed}@Example.com", users[1].email, waiting.email]
        return [*users, waiting, *guests]

    def _settings(self) -> dict[str, str]:
        one_of = self.random.choice
        return {
            "points_per_unit": one_of(("1", "0.5", "1.25", "7")),
            "earning_base": one_of(("gross", "net")),
            "earning_shipping": one_of(("yes", "no")),
            "return_window_days": one_of(("0", "30")),
            "points_valid_months": one_of(("0", "12")),
            "time_zone": one_of(("UTC", "America/New_York", "Asia/Shanghai")),
            "reward_points": "50",
            "reward_value": "5",
        }

    def _order(self, number: int) -> Any:
        one_of = self.random.choice
        lines = [(one_of(PRICES), self.random.randint(1, 3)) for _ in range(self.random.randint(1, 3))]
        goods = sum(Decimal(price) * quantity for price, quantity in lines)
        row = hosts.order(
            one_of(self.people),
            lines,
            shipping=one_of(("0", "4.90")),
            discount=one_of(("0", "0", str(goods), str((goods / 3).quantize(Decimal("0.01"))))),
            placed_at=self.now - 100 * DAY + number // 3 * timedelta(hours=20),  # three at each moment
        )
        if len(lines) == 1:
            hosts.tax(row, str((goods / Decimal("1.19")).quantize(Decimal("0.01"))))
        for position in range(len(lines)):
            if self.random.random() < 0.6:
                collections = ("summer",) if self.random.random() < 0.4 else ()
                hosts.shelve(row, position, *one_of(CATEGORIES), collections=collections)
        self._aftermath(row, [quantity for _price, quantity in lines], goods)
        return row

    def _aftermath(self, row: Any, quantities: list[int], goods: Decimal) -> None:
        chance = self.random.random()
        if chance < 0.1:
            hosts.cancel(row)
            return
        if chance < 0.8:
            partly = [self.random.randint(0, quantity) for quantity in quantities] if chance < 0.3 else quantities
            hosts.ship(row, partly)
            hosts.date_shipments(row, self.now - self.random.randint(1, 60) * DAY)
            if hosts.RETURNS and chance < 0.5:
                for position, quantity in enumerate(partly):
                    if quantity and self.random.random() < 0.7:
                        hosts.give_back(row, position, self.random.randint(1, quantity))
        if self.random.random() < 0.3:
            hosts.refund(
                row, str(self.random.choice((Decimal("0.5"), goods / 2, goods, goods + 5)).quantize(Decimal("0.01")))
            )

    def _rule(self) -> None:
        one_of = self.random.choice
        effect, values = one_of(EFFECTS)
        stackings = ("add", "multiply", "exclusive") if effect == "multiplier" else ("add", "exclusive")
        rule(
            effect,
            one_of(values),
            stacking=one_of(stackings),
            priority=self.random.randint(-2, 2),
            **self._conditions(),
        )

    def _conditions(self) -> dict[str, Any]:
        from saleor.product.models import Category, Collection

        kitchen = list(Category.objects.filter(slug="kitchen").values_list("pk", flat=True))
        cups = list(Category.objects.filter(slug="cups").values_list("pk", flat=True))
        choices: tuple[dict[str, Any], ...] = (
            {},
            {"categories": kitchen},
            {"categories": cups},
            {"collections": list(Collection.objects.values_list("pk", flat=True))},
            {"groups": ["club"]},
            {"order_number": 1},
            {"every_nth_order": 2},
            {"minimum_total": Decimal("25.50")},
            {"maximum_total": Decimal("25.50")},
            {"weekdays": [1, 2, 3, 6]},
            {"time_from": time(6), "time_to": time(15)},
            {"time_from": time(20), "time_to": time(9, 30)},
        )
        return {**self.random.choice(choices), **self.random.choice(choices)}

    def _tiers(self) -> None:
        """Somebody was in a tier before, as where another channel had the programme first."""
        row = ladder(("silver", 50, "1.5"), ("gold", 500, "2"))
        type(row).objects.filter(pk=row.pk).update(since=self.now - 300 * DAY)
        account = Account.objects.create(user=self.people[2], had_user=True, created_at=self.now - 300 * DAY)
        TierChange.objects.create(account=account, code="gold", points=600, changed_at=self.now - 90 * DAY)
        TierChange.objects.create(account=account, from_code="gold", code="", points=0, changed_at=self.now - 60 * DAY)

    def order_ids(self) -> list[str]:
        before = backfill.begins(self.channel, None)
        assert before is not None
        return backfill.past_orders(self.channel, EVER, before)


def books() -> dict[str, Any]:
    """All that an award writes, by what means the same in both ways."""
    terms = OrderTerms.objects.order_by("order_id")
    return {
        "terms": {
            row.order_id: (
                _comparable(Terms.from_json(row.terms)), row.order_number, row.account_id and _whose(row.account),
                row.channel_id, row.currency, row.placed_at, row.verdict, row.pending, row.earned, row.kept,
                row.postings, row.matures_at,
            )
            for row in terms
        },
        "accounts": sorted(
            (_whose(account), account.available, account.pending, account.debt, account.version,
             account.next_expiry_at is None)
            for account in Account.objects.filter(version__gt=0)
        ),
        "entries": sorted(
            Entry.objects.values_list("source", "kind", "points", "pending", "order_id", "reason", "actor")
        ),
        "lots": sorted(
            (lot.order_id, lot.points, lot.remaining, lot.qualifies, lot.channel_id, str(lot.expires_at))
            for lot in Lot.objects.all()
        ),
        "settled": sorted(SettledOrder.objects.values_list("order_id", "fingerprint", "attempts", "error", "erased")),
    }  # fmt: skip


def _comparable(terms: Terms) -> Any:
    bonuses = tuple(
        (bonus.points, bonus.applied, sorted(bonus.line_ids), bonus.minimum_total) for bonus in terms.bonuses
    )
    return (terms.rate, dict(terms.lines), bonuses, terms.shipping_rate, terms.net, terms.return_days)


def _whose(account: Account) -> str:
    """The address, or the user who proved none. Who of them was looked at besides does not matter."""
    return account.email_hash or str(account.user_id)


def in_a_dream(do: Any) -> Any:
    """What `do` returns, of which nothing stays."""
    with transaction.atomic():
        found = do()
        transaction.set_rollback(True)
    return found


def awarded_one_by_one(shop: Past) -> dict[str, Any]:
    version = programmes.current(shop.channel.id, timezone.now())
    assert version is not None
    in_force = rulebook.in_force(shop.channel.id, timezone.now())
    for order_id in shop.order_ids():
        backfill._one(order_id, version.programme, in_force, dry=False, now=timezone.now())
    return books()


def awarded_in_sets(shop: Past) -> dict[str, Any]:
    backfill.run(shop.channel, shop.order_ids(), timezone.now())
    return books()


@pytest.mark.parametrize("seed", range(25))
def test_in_sets_and_one_by_one_come_to_the_same(seed: int, channel: Any) -> None:
    shop = Past(seed, channel)
    rehearsed = in_a_dream(lambda: backfill.run(channel, shop.order_ids(), dry=True, now=timezone.now()))
    assert Entry.objects.count() == 0
    one_by_one = in_a_dream(lambda: awarded_one_by_one(shop))
    cost = in_a_dream(lambda: backfill.run(channel, shop.order_ids(), timezone.now()))
    in_sets = awarded_in_sets(shop)
    assert in_sets["terms"].keys() == one_by_one["terms"].keys()
    for order_id, terms in one_by_one["terms"].items():
        assert in_sets["terms"][order_id] == terms
    for table, rows in one_by_one.items():
        assert in_sets[table] == rows, table
    assert in_sets["terms"], "a past without an order proves nothing"
    assert (rehearsed.orders, rehearsed.points, rehearsed.pending) == (cost.orders, cost.points, cost.pending)
    assert rehearsed.people == cost.people
    assert sweep.unsettled() == []


@pytest.mark.parametrize("seed", range(100, 106))
def test_what_happens_later_is_settled_as_of_any_order(seed: int, channel: Any) -> None:
    shop = Past(seed, channel)
    awarded_in_sets(shop)
    for number, order in enumerate(shop.orders):
        if number % 3 == 0:
            hosts.refund(order, "3.50")
        elif number % 3 == 1:
            hosts.cancel(order)
    settled, failed = sweep.sweep()
    assert settled > 0
    assert failed == 0
    for terms in OrderTerms.objects.exclude(account=None):
        order = host.order(terms.order_id)
        if order is not None and order.state is host.OrderState.VOID:
            assert (terms.earned - terms.kept, terms.pending) == (0, 0)
