"""What tests of mails need: a choice, a message asked for, and what became of all."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.mail import consent, kinds, outbox
from saleor_reciprocity.mail.models import Mail
from saleor_reciprocity.rewards import redemption
from saleor_reciprocity.rewards.models import Redemption, Reward

from ..points.programmes import earned


def redeemed(customer: Any) -> Redemption:
    earned(customer)
    return redemption.redeem(host.person(customer), Reward.objects.get().pk, "k", now=timezone.now())


def state() -> list[tuple[str, str]]:
    return [(mail.state, mail.reason) for mail in Mail.objects.order_by("pk")]


def statement(customer: Any, channel: host.Channel, source: str = "statement:1", **options: Any) -> None:
    from saleor_reciprocity.points.models import Account

    context = {"account": Account.objects.get().pk, "month": f"{timezone.now():%Y-%m}"}
    outbox.ask(kinds.STATEMENT, source, host.person(customer), channel.id, timezone.now(), context=context, **options)


def agree(customer: Any, kind: str = consent.ALL) -> None:
    consent.choose(host.person(customer), kind, True, "test", timezone.now())


def path(address: str) -> str:
    """The path of a link of ours."""
    return "/plugins/" + address.split("/plugins/")[1].rstrip(">")
