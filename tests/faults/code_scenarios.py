"""Codes of every kind and a win, killed at every moment: Saleor's own rows, too, are all there or none of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone
from saleor.discount import models as discounts
from saleor.giftcard.models import GiftCard

from saleor_reciprocity.rewards import catalogue, redemption
from saleor_reciprocity.rewards.models import Redemption, Reward
from saleor_reciprocity.surprises.models import Budget, Campaign, Draw

from .. import hosts
from ..surprises.shop import campaign
from .scenarios import Act, Scenario, Subject, nothing, ordered, points, settle, shipped

TABLES = [
    GiftCard,
    discounts.Voucher,
    discounts.Voucher.products.through,
    *(getattr(discounts, name) for name in ("VoucherCode", "VoucherChannelListing") if hasattr(discounts, name)),
]
rows_before: dict[int, list[int]] = {}


def counted(subject: Subject) -> Subject:
    """The subject, with how many rows the shop had before anything happened to it."""
    rows_before[subject.customer.pk] = [table.objects.count() for table in TABLES]
    return subject


def new_rows(subject: Subject) -> tuple[int, ...]:
    """How many rows each of the shop's tables has more than before."""
    return tuple(table.objects.count() - before for table, before in zip(TABLES, rows_before[subject.customer.pk]))


def reward(kind: str) -> Reward:
    found = Reward.objects.filter(kind=kind, name="Killed").first()
    if found is not None:
        return found
    channel = hosts.open_channel()
    product = hosts.product("Killed", channel).pk if kind == "free product" else None
    return catalogue.create(channel, kind, "Killed", 50, Decimal(5), product_id=product, stock=1_000_000)


def buyer(kind: str) -> Any:
    def prepare() -> Subject:
        reward(kind)
        return counted(shipped())

    return prepare


def redeem(kind: str) -> Act:
    return lambda subject: redemption.redeem(subject.person, reward(kind).pk, "key", now=timezone.now())


def points_and_rows(subject: Subject) -> Any:
    made = Redemption.objects.filter(account__user=subject.customer).values_list("state", "points")
    return (points(subject), tuple(made), new_rows(subject))


def about_to_win() -> Subject:
    if not Campaign.objects.exists():
        hosts.configure(hosts.open_channel(), holdout_share="0")
        campaign(hosts.open_channel())
    return counted(ordered())


def gift_and_rows(subject: Subject) -> Any:
    won = Draw.objects.filter(user=subject.customer).values_list("outcome", "state", "cost")
    return (tuple(won), new_rows(subject), Budget.objects.get().spent - 5 * Draw.objects.filter(state="issued").count())


KINDS = ("voucher", "gift card", "free shipping", "free product")
CODE_SCENARIOS = (
    *(Scenario(f"redeem a {kind}", buyer(kind), ((nothing, redeem(kind)),), False, points_and_rows) for kind in KINDS),
    Scenario("win", about_to_win, ((nothing, settle),), heals=True, seen=gift_and_rows),
)
