"""Codes of every kind, services and a win, killed at every moment: Saleor's own rows, too, are all there or none."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.utils import timezone
from saleor.discount import models as discounts
from saleor.giftcard.models import GiftCard

from saleor_reciprocity import errors
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.rewards import catalogue, fulfilment, redemption
from saleor_reciprocity.rewards.models import Redemption, Reward
from saleor_reciprocity.surprises.models import Budget, Campaign, Draw

from .. import hosts
from ..rewards.services import redeemed_by, service
from ..surprises.shop import campaign
from .scenarios import Act, Scenario, Subject, made, nothing, numbers, ordered, points, settle, shipped

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


def ticket() -> Reward:
    """A service that gives codes of the shop's own, of which some are left however often it is redeemed."""
    found = Reward.objects.filter(kind="service").first()
    if found is None or not found.codes_left:
        found = found or service(codes_left=0, stock=1_000_000)
        brought = "\n".join(f"{found.pk}-{next(numbers)}" for _ in range(100))
        catalogue.upload(found.pk, brought, "user:1", timezone.now())
    return found


def ticket_buyer() -> Subject:
    ticket()
    return shipped()


def with_a_ticket() -> Subject:
    subject = ticket_buyer()
    buy_a_ticket(subject)
    subject.redemption = Redemption.objects.get(account__user=subject.customer)
    return subject


def buy_a_ticket(subject: Subject) -> None:
    redeemed_by(subject.customer, ticket())


def finish(subject: Subject) -> None:
    with suppress(errors.AlreadyClosed):  # asked again after it was done
        fulfilment.finish(made(subject).pk, "user:1", timezone.now())


def call_off(subject: Subject) -> None:
    with suppress(errors.AlreadyClosed):
        fulfilment.cancel(made(subject).pk, "No", "user:1", timezone.now())


def about_to_bring_codes() -> Subject:
    return Subject(hosts.customer(f"shop-{next(numbers)}@example.com"), service(codes_left=0))


def bring_codes(subject: Subject) -> None:
    with suppress(errors.DuplicateCode):
        catalogue.upload(subject.order.pk, f"{subject.order.pk}/1\n{subject.order.pk}/2", "user:1", timezone.now())


def codes_brought(subject: Subject) -> Any:
    subject.order.refresh_from_db()
    return (subject.order.codes_left, subject.order.uploaded_codes.count())


def points_and_ticket(subject: Subject) -> Any:
    """The account, the redemption with its state, code and mails: together or not at all."""
    rows = Redemption.objects.filter(account__user=subject.customer)
    bought = tuple((row.state, row.closed_by, bool(row.uploaded_code.code)) for row in rows)
    return (points(subject), bought, Mail.objects.filter(user=subject.customer, kind="service").count())


KINDS = ("voucher", "gift card", "free shipping", "free product")
CODE_SCENARIOS = (
    *(Scenario(f"redeem a {kind}", buyer(kind), ((nothing, redeem(kind)),), False, points_and_rows) for kind in KINDS),
    Scenario("redeem a service", ticket_buyer, ((nothing, buy_a_ticket),), False, points_and_ticket),
    Scenario("do a service", with_a_ticket, ((nothing, finish),), False, points_and_ticket),
    Scenario("cancel a service", with_a_ticket, ((nothing, call_off),), False, points_and_ticket),
    Scenario("bring codes", about_to_bring_codes, ((nothing, bring_codes),), False, codes_brought),
    Scenario("win", about_to_win, ((nothing, settle),), heals=True, seen=gift_and_rows),
)
