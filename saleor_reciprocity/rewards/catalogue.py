"""The catalogue: which rewards a channel offers; staff make them, and the plugin's page makes the standard one."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from saleor_reciprocity import errors, host, settings
from saleor_reciprocity.locking import locking
from saleor_reciprocity.points.tiers import ladders

from . import uploads
from .kinds import KINDS, PERCENT, PRODUCT, TEXT, kind_of
from .models import Reward

GREATEST_NUMBER = 2**31 - 1  # the greatest Int of GraphQL
GREATEST_VALUE = Decimal(10) ** 9
LONGEST_DAYS = 3650
LONGEST_TEXT = 2000
SET_ON_THE_PAGE = {"name", "points", "value", "is_active"}


def keep_standard_reward(channel: host.Channel, programme: settings.Programme) -> None:
    """Bring a channel's standard reward to what is set; with a price of 0 points none is offered."""
    if programme.reward_points == 0:
        Reward.objects.filter(channel_id=channel.id, is_standard=True).update(is_active=False)
        return
    Reward.objects.update_or_create(
        channel_id=channel.id,
        is_standard=True,
        defaults={
            "kind": programme.reward_kind,
            "name": f"{programme.reward_value.normalize():f} {channel.currency}",
            "points": programme.reward_points,
            "value": programme.reward_value,
            "currency": channel.currency,
            "is_active": True,
        },
    )


def create(channel: host.Channel, kind: str, name: str, points: int, value: Decimal, **terms: Any) -> Reward:
    """A new reward for a channel. Raises Invalid, at its field, for what can't be offered."""
    reward = Reward(
        channel_id=channel.id, kind=kind, name=name, points=points, value=value, currency=channel.currency, **terms
    )
    _check(reward)
    reward.save(force_insert=True)
    return reward


def update(reward_id: int, now: datetime, **changes: Any) -> Reward:
    """Change a reward for redemptions to come. Raises NotFound, or Invalid for what can't be offered."""
    with transaction.atomic():
        reward = _going_on(reward_id, now)
        if reward.is_standard and SET_ON_THE_PAGE & set(changes):
            raise errors.Invalid(_("The standard reward is set on the plugin's page."), field="id")
        for name, value in changes.items():
            setattr(reward, name, value)
        _check(reward)
        reward.save()
        return reward


def replace(channel: host.Channel, old_id: int, now: datetime, **terms: Any) -> Reward:
    """End a reward and offer another in its place, or neither; codes that nobody has come along, if it gives codes.

    Raises NotFound, and Invalid at its field.
    """
    with transaction.atomic():
        new = create(channel, **terms)
        with errors.about("replaces"):
            old = end(old_id, now)
            if old.channel_id != channel.id:
                raise errors.NotFound
        if new.codes_left is not None:
            uploads.move(old, new)
        return new


def end(reward_id: int, now: datetime) -> Reward:
    """End a reward now and for good. Codes that customers have stay as they are. A second call changes nothing."""
    with transaction.atomic():
        reward = _found(reward_id)
        if reward.is_standard:
            raise errors.Invalid(_("The standard reward is set on the plugin's page."), field="id")
        if reward.ends_at is None or reward.ends_at > now:
            reward.ends_at = now
            reward.starts_at = min(reward.starts_at, now) if reward.starts_at else None
            reward.save(update_fields=["ends_at", "starts_at"])
        return reward


def upload(reward_id: int, text: str, actor: str, now: datetime) -> Reward:
    """Take over the codes of a text for a reward that people fulfil; from now on each customer gets one.

    Raises NotFound, Invalid, DuplicateCode, or Busy. Nothing is taken over then.
    """
    codes = uploads.read(text)
    with locking():
        reward = _going_on(reward_id, now)
        if kind_of(reward).is_code:
            raise errors.Invalid(_("Only a reward of the kind SERVICE gives codes of your own."), field="codes")
        uploads.add(reward, codes, actor, now)
        reward.refresh_from_db()
        return reward


def on_offer(channel_id: str, now: datetime) -> QuerySet:
    """The rewards that a channel offers now: in its currency, of what it accepts, and of products that it shows."""
    started, going_on = Q(starts_at=None) | Q(starts_at__lte=now), Q(ends_at=None) | Q(ends_at__gt=now)
    channel = host.channel(channel_id)
    if channel is None:
        return Reward.objects.none()
    rows = Reward.objects.filter(started, going_on, channel_id=channel_id, currency=channel.currency, is_active=True)
    rows = rows.exclude(kind__in=[name for name, kind in KINDS.items() if not kind.is_accepted(channel_id)])
    free = rows.exclude(product_id=None).values_list("product_id", flat=True)
    return rows.filter(Q(product_id=None) | Q(product_id__in=host.shown_products(list(free), channel_id, now)))


def numbers_on_offer(now: datetime) -> dict[str, int]:
    """How many rewards are on the list now, by the channel's id."""
    started, going_on = Q(starts_at=None) | Q(starts_at__lte=now), Q(ends_at=None) | Q(ends_at__gt=now)
    rows = Reward.objects.filter(started, going_on, is_active=True).order_by().values_list("channel_id")
    return dict(rows.annotate(Count("pk")))


def is_offered(reward: Reward, channel: host.Channel, now: datetime) -> bool:
    """Whether a reward is on the list now. A product that is free stays in the shop until the transaction ends."""
    started = reward.starts_at is None or reward.starts_at <= now
    goes_on = reward.is_active and started and (reward.ends_at is None or reward.ends_at > now)
    return goes_on and channel.currency == reward.currency and _can_be_had(reward, now)


def _can_be_had(reward: Reward, now: datetime) -> bool:
    kind = kind_of(reward)
    if kind.has == PRODUCT:
        return bool(host.shown_products([reward.product_id or 0], reward.channel_id, now, keep=True))
    return kind.is_accepted(reward.channel_id)


def take_from_stock(reward_id: int) -> bool:
    """Count one piece as taken, in one statement. Returns whether there was one. Call it last: it locks the row."""
    in_stock = Reward.objects.filter(Q(stock=None) | Q(taken__lt=F("stock")), pk=reward_id)
    return bool(in_stock.update(taken=F("taken") + 1))


def take_beyond_stock(reward_id: int) -> None:
    """Count one piece as taken that is out already, whether there was one or not."""
    Reward.objects.filter(pk=reward_id).update(taken=F("taken") + 1)


def put_back_into_stock(reward_id: int) -> None:
    """Count one taken piece less."""
    Reward.objects.filter(pk=reward_id).update(taken=F("taken") - 1)


def _found(reward_id: int) -> Reward:
    reward = Reward.objects.select_for_update().filter(pk=reward_id).first()
    if reward is None:
        raise errors.NotFound(field="id")
    return reward


def _going_on(reward_id: int, now: datetime) -> Reward:
    reward = _found(reward_id)
    if reward.ends_at is not None and reward.ends_at <= now:
        raise errors.Invalid(_("This reward has ended. Create a new one."), field="id")
    return reward


def _check(reward: Reward) -> None:
    if not reward.name.strip() or len(reward.name) > 128 or "\0" in reward.name:
        raise errors.Invalid(_("Enter a name of at most 128 characters."), field="name")
    if not 0 < reward.points <= GREATEST_NUMBER:
        raise errors.no_points("points")
    _check_money(reward.value, reward.currency, "value")
    if reward.minimum_spent is not None:
        _check_money(reward.minimum_spent, reward.currency, "minimumSpent")
    _check_kind(reward)
    _check_slider(reward)
    _check_whole(reward.stock, 0, GREATEST_NUMBER, "stock")
    _check_whole(reward.limit_per_customer, 1, GREATEST_NUMBER, "limitPerCustomer")
    _check_whole(reward.limit_days, 1, LONGEST_DAYS, "limitDays")
    _check_whole(reward.validity_days, 1, LONGEST_DAYS, "validityDays")
    if reward.limit_days is not None and reward.limit_per_customer is None:
        raise errors.Invalid(_("Say how many a customer can have in this time."), field="limitPerCustomer")
    _check_tier(reward)
    if reward.starts_at is not None and reward.ends_at is not None and reward.ends_at <= reward.starts_at:
        raise errors.Invalid(_("A reward ends after it starts."), field="endsAt")


def _check_kind(reward: Reward) -> None:
    kind = kind_of(reward)
    if not kind.is_accepted(reward.channel_id):
        raise errors.Invalid(str(kind.refusal), field="kind")
    if not kind.is_voucher and reward.minimum_spent is not None:
        raise errors.Invalid(_("Only vouchers ask for a minimum order."), field="minimumSpent")
    _check_service(reward)
    is_percentage, is_product = kind.has == PERCENT, kind.has == PRODUCT
    if is_percentage and (reward.percent is None or not 0 < reward.percent <= 100):
        raise errors.Invalid(_("Enter a percentage above 0, at most 100."), field="percent")
    if is_percentage and reward.percent is not None and reward.percent != round(reward.percent, 3):
        raise errors.Invalid(_("Enter at most %(places)s decimals.") % {"places": 3}, field="percent")
    if not is_percentage and reward.percent is not None:
        raise errors.Invalid(_("Only a reward of the kind PERCENTAGE has one."), field="percent")
    if is_product and (reward.product_id is None or not host.product_exists(reward.product_id)):
        raise errors.Invalid(_("Name a product of the shop."), field="productId")
    if not is_product and reward.product_id is not None:
        raise errors.Invalid(_("Only a reward of the kind FREE_PRODUCT has one."), field="productId")


def _check_service(reward: Reward) -> None:
    kind = kind_of(reward)
    if not kind.is_code and reward.validity_days is not None:
        raise errors.Invalid(_("What the shop’s people do does not expire."), field="validityDays")
    if kind.is_code and reward.codes_left is not None:
        raise errors.Invalid(_("Only a reward of the kind SERVICE gives codes of your own."), field="givesCodes")
    if kind.has == TEXT and not 0 < len(reward.text.strip()) <= LONGEST_TEXT:
        raise errors.Invalid(_("Enter a text of at most %(most)s characters.") % {"most": LONGEST_TEXT}, field="text")
    if kind.has != TEXT and reward.text:
        raise errors.Invalid(_("Only a reward of the kind SERVICE has one."), field="text")


def _check_tier(reward: Reward) -> None:
    row = ladders.ladder_row() if reward.tier else None
    if reward.tier and (row is None or ladders.ladder_of(row).step(reward.tier) is None):
        raise errors.Invalid(_("Name a tier by its code."), field="tier")


def _check_slider(reward: Reward) -> None:
    least, most = reward.least_points, reward.most_points
    if least is None and most is None:
        return
    if not kind_of(reward).is_money:
        raise errors.Invalid(_("Only vouchers and gift cards can be of any amount."), field="leastPoints")
    if least is None or not 0 < least <= GREATEST_NUMBER:
        raise errors.no_points("leastPoints")
    if most is None or not least <= most <= GREATEST_NUMBER:
        raise errors.Invalid(_("Enter at least as many points as the least."), field="mostPoints")
    if reward.value * most / reward.points > GREATEST_VALUE:
        raise errors.Invalid(_("Enter an amount above 0, at most a thousand million."), field="mostPoints")


def _check_money(amount: Decimal, currency: str, field: str) -> None:
    if not 0 < amount <= GREATEST_VALUE:
        raise errors.Invalid(_("Enter an amount above 0, at most a thousand million."), field=field)
    places = host.decimals(currency)
    if amount != round(amount, places):
        raise errors.Invalid(_("Enter at most %(places)s decimals.") % {"places": places}, field=field)


def _check_whole(number: int | None, low: int, high: int, field: str) -> None:
    if number is not None and not low <= number <= high:
        raise errors.not_between(low, high, field)
