"""Kinds: what each kind of reward, or of prize with a code, is, wherever that matters. A new kind is one entry here.

A prize of a campaign is one of these or plain points. The API's enums follow `RewardKind` and `PrizeKind`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Callable, Mapping

from django.db import models
from django.utils.translation import gettext_lazy

from saleor_reciprocity import host
from saleor_reciprocity.mail import kinds as mails

from .states import RedemptionState


class RewardKind(models.TextChoices):
    """What a customer gets for the points."""

    VOUCHER = "voucher", "A fixed amount off one order"
    PERCENTAGE = "percentage", "A percentage of the goods on the checkout that it is redeemed for"
    FREE_SHIPPING = "free shipping", "Free shipping of one order"
    FREE_PRODUCT = "free product", "One piece of a product for nothing"
    GIFT_CARD = "gift card", "A gift card with a balance"
    SERVICE = "service", "Something that the shop's people do, hand over or send a code of"


@dataclass(frozen=True)
class Terms:
    """What a code is for. `amount` is the most that it takes off."""

    kind: str
    name: str
    amount: Decimal
    channel: host.Channel
    user_id: int | None = None
    ends_at: datetime | None = None
    product_id: int | None = None
    minimum_spent: Decimal | None = None


@dataclass(frozen=True)
class Kind:
    """One kind. A code that is no voucher pays for any order, beside whatever else is on the checkout.

    Without a length there is no code in the host, and no checkout that it is for: people do what was bought.
    """

    issue: Callable[[str, Terms], None]
    withdraw: Callable[[str], None] = host.withdraw_voucher
    code_length: int = host.VOUCHER_CODE_LENGTH
    is_voucher: bool = True
    begins: str = str(RedemptionState.UNUSED)  # what a redemption is at first
    mail: str = mails.REDEMPTION  # the message that tells of a redemption
    is_money: bool = False  # worth its value on any checkout, so any amount of it can be bought
    has: str = ""  # the field of a reward or a prize that this kind alone has, and needs
    is_accepted: Callable[[str], bool] = lambda channel_id: True
    refusal: Any = ""  # what is said where a channel does not accept it
    fits: Callable[[Any, host.Checkout], bool] = lambda reward, checkout: True

    @property
    def is_code(self) -> bool:
        """Whether it is a code of the host."""
        return self.code_length > 0


def _voucher(off: Mapping[str, Any]) -> Callable[[str, Terms], None]:
    def issue(code: str, terms: Terms) -> None:
        host.issue_voucher(
            off,
            code,
            terms.name,
            terms.amount,
            terms.channel,
            ends_at=terms.ends_at,
            minimum_spent=terms.minimum_spent,
            product_id=terms.product_id,
        )

    return issue


def _gift_card(code: str, terms: Terms) -> None:
    host.issue_gift_card(code, terms.name, terms.amount, terms.channel, terms.user_id, terms.ends_at)


def _nothing(code: str, terms: Terms | None = None) -> None:
    """What people do is nothing that the host knows."""


PERCENT, PRODUCT, TEXT = "percent", "product_id", "text"

KINDS: Mapping[str, Kind] = {
    str(RewardKind.VOUCHER): Kind(_voucher(host.OFF_ORDER), is_money=True),
    str(RewardKind.PERCENTAGE): Kind(_voucher(host.OFF_ORDER), has=PERCENT),
    str(RewardKind.FREE_SHIPPING): Kind(
        _voucher(host.OFF_SHIPPING), fits=lambda reward, checkout: checkout.shipping > 0
    ),
    str(RewardKind.FREE_PRODUCT): Kind(
        _voucher(host.OFF_PRODUCT),
        has=PRODUCT,
        fits=lambda reward, checkout: reward.product_id in checkout.product_ids,
    ),
    str(RewardKind.GIFT_CARD): Kind(
        _gift_card,
        withdraw=host.withdraw_gift_card,
        code_length=host.GIFT_CARD_CODE_LENGTH,
        is_voucher=False,
        is_money=True,
        is_accepted=host.gift_cards_accepted,
        refusal=gettext_lazy("Gift cards can't be used at checkout in this channel."),
    ),
    str(RewardKind.SERVICE): Kind(
        _nothing,
        withdraw=_nothing,
        code_length=0,
        is_voucher=False,
        begins=str(RedemptionState.OPEN),
        mail=mails.SERVICE,
        has=TEXT,
        fits=lambda reward, checkout: False,
    ),
}


def kind_of(what: Any) -> Kind:
    """The kind of a reward, a redemption, a prize with a code, or terms."""
    return KINDS[str(what.kind)]
