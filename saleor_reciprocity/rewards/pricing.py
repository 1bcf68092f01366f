"""Pricing: what one redemption costs and gives, and whether it fits the checkout that it is for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from saleor_reciprocity import errors, host

from . import price
from .kinds import PERCENT, kind_of
from .models import Reward


@dataclass(frozen=True)
class Sale:
    """The points to pay, the value of the code, and the least that an order must come to for it."""

    points: int
    value: Decimal
    minimum_spent: Decimal | None


def sale(reward: Reward, asked: int | None, available: int, checkout: host.Checkout | None) -> Sale:
    """Price a reward for an account with so many available points, and for a checkout, if there is one.

    Raises Invalid (the points), CheckoutRequired, RewardNotApplicable, or VoucherOnCheckout.
    """
    if checkout is not None:
        _check_fit(reward, checkout)
    kind = kind_of(reward)
    if kind.has == PERCENT:
        return _percentage(reward, asked, checkout)
    if not kind.is_money:
        return Sale(_wanted(reward, asked, available), reward.value, reward.minimum_spent)
    if reward.is_slider and asked is None and checkout is None:
        raise errors.Invalid(_("Say how many to exchange."), field="points")
    wanted = _wanted(reward, asked, available)
    bought = price.price(_offer(reward), wanted, host.decimals(reward.currency), _payable(reward, checkout))
    if bought.value <= 0:
        raise errors.Invalid(_("So few buy nothing."), field="points")
    return Sale(bought.points, bought.value, reward.minimum_spent)


def _offer(reward: Reward) -> price.Offer:
    return price.Offer(reward.points, reward.value, reward.least_points, reward.most_points)


def _wanted(reward: Reward, asked: int | None, available: int) -> int:
    try:
        return price.points_wanted(_offer(reward), asked, available)
    except price.OutOfBounds:
        low, high = (reward.least_points or reward.points), (reward.most_points or reward.points)
        raise errors.not_between(low, high, "points") from None


def _payable(reward: Reward, checkout: host.Checkout | None) -> Decimal | None:
    if checkout is None:
        return None
    return min(checkout.goods, checkout.payable) if kind_of(reward).is_voucher else checkout.payable


def _percentage(reward: Reward, asked: int | None, checkout: host.Checkout | None) -> Sale:
    """An amount for this basket; in a smaller one it would be a larger percentage, so the code does not work there."""
    if checkout is None:
        raise errors.CheckoutRequired
    most = min(reward.value, checkout.payable)
    value = price.percentage(reward.percent or Decimal(0), checkout.goods, most, host.decimals(reward.currency))
    if value <= 0:
        raise errors.RewardNotApplicable
    return Sale(_wanted(reward, asked, 0), value, checkout.goods)


def _check_fit(reward: Reward, checkout: host.Checkout) -> None:
    kind = kind_of(reward)
    if checkout.voucher_code and kind.is_voucher:
        raise errors.VoucherOnCheckout
    fits = (
        (reward.channel_id, reward.currency) == (checkout.channel_id, checkout.currency)
        and checkout.payable > 0
        and (reward.minimum_spent is None or checkout.goods >= reward.minimum_spent)
        and (checkout.goods > 0 or not kind.is_voucher)
        and kind.fits(reward, checkout)
    )
    if not fits:
        raise errors.RewardNotApplicable
