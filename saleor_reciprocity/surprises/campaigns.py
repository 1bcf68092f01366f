"""Campaigns: made and ended by staff, the standard one by the plugin's page; which ran when, and what is in stock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_UP, Decimal
from typing import Any, Sequence

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from saleor_reciprocity import errors, host, programmes, settings
from saleor_reciprocity.points.tiers import ladders
from saleor_reciprocity.rewards.kinds import KINDS, PERCENT, PRODUCT, kind_of

from . import draw
from .models import Budget, Campaign, Occasion, Prize, PrizeKind

GREATEST_AMOUNT = Decimal(10) ** 9
GREATEST_NUMBER = 2**31 - 1
LIMITS = ("per_day", "per_month", "total")


def chosen(campaign_ids: Sequence[int]) -> list[Campaign]:
    """Campaigns with their budgets, the oldest first."""
    return list(Campaign.objects.select_related("budget").filter(pk__in=campaign_ids).order_by("starts_at", "pk"))


def on_occasions(channel_id: str, now: datetime) -> list[Campaign]:
    """The campaigns of a channel that run now and give for an occasion, with their budgets, the oldest first."""
    rows = Campaign.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), channel_id=channel_id, starts_at__lte=now)
    return list(rows.exclude(occasion=Occasion.ORDER).select_related("budget").order_by("starts_at", "pk"))


def numbers_running(now: datetime) -> dict[str, int]:
    """How many campaigns run now, by the channel's id."""
    rows = Campaign.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)
    return dict(rows.order_by().values_list("channel_id").annotate(Count("pk")))


def prizes_in_stock(campaign: Campaign, channel: host.Channel, now: datetime) -> list[Prize]:
    """The prizes of a campaign that are not all gone, and that the channel can give now.

    Products that it shows stay in the shop until the transaction ends. Money of another currency is no prize.
    """
    rows = list(campaign.prizes.filter(Q(stock=None) | Q(given__lt=F("stock"))).order_by("pk"))
    shown = host.shown_products([prize.product_id for prize in rows if prize.product_id], channel.id, now, keep=True)
    accepted = {kind: KINDS[kind].is_accepted(channel.id) for kind in {prize.kind for prize in rows} & KINDS.keys()}
    same_currency = campaign.budget.currency == channel.currency

    def can_be_given(prize: Prize) -> bool:
        if prize.kind == PrizeKind.POINTS:
            return True
        has_it = kind_of(prize).has != PRODUCT or prize.product_id in shown
        return same_currency and accepted[prize.kind] and has_it

    return [prize for prize in rows if can_be_given(prize)]


def take_from_stock(prize: Prize) -> bool:
    """Count one piece of a prize as given, in one statement. Returns whether there was one."""
    rows = Prize.objects.filter(Q(stock=None) | Q(given__lt=F("stock")), pk=prize.pk)
    return bool(rows.update(given=F("given") + 1))


@dataclass(frozen=True)
class Gift:
    """A prize that somebody wants a campaign to have."""

    kind: str
    name: str
    value: Decimal | None = None
    weight: int = 1
    stock: int | None = None
    percent: Decimal | None = None
    points: int | None = None
    product_id: int | None = None


def create(
    channel: host.Channel, limits: dict[str, Decimal], prizes: Sequence[Gift], now: datetime, **terms: Any
) -> Campaign:
    """A new campaign with a secret of its own. Raises Invalid, at the field, for what can't be run."""
    if terms.get("occasion", Occasion.ORDER) != Occasion.ORDER:
        terms.setdefault("from_order_number", 1)
    terms["starts_at"] = max(terms.get("starts_at") or now, now)
    campaign = Campaign(channel_id=channel.id, **terms)
    _check(campaign)
    gifts = [_prize(gift, channel, now) for gift in prizes]
    if not gifts:
        raise errors.Invalid(_("Name at least one prize."), field="prizes")
    with transaction.atomic():
        budget = Budget(currency=channel.currency)
        _limit(budget, limits)
        budget.save(force_insert=True)
        return _stored(_start(campaign, budget, gifts).pk)


def replace(channel: host.Channel, old_id: int, now: datetime, **terms: Any) -> Campaign:
    """End a campaign and start another in its place, or neither. Raises NotFound, and Invalid at its field.

    The new one has a budget of its own.
    """
    with transaction.atomic():
        new = create(channel, now=now, **terms)
        with errors.about("replaces"):
            if end(old_id, now).channel_id != channel.id:
                raise errors.NotFound
        return new


def update(campaign_id: int, limits: dict[str, Decimal], **changes: Any) -> Campaign:
    """Change what may change while a campaign runs: not its probability, its prizes and its start."""
    with transaction.atomic():
        campaign = _found(campaign_id)
        for name, value in changes.items():
            setattr(campaign, name, value)
        _check(campaign)
        campaign.save(update_fields=["name", "reason", "cooling_off_days", "validity_days"])
        if limits:
            budget = Budget.objects.select_for_update().get(pk=campaign.budget_id)
            _limit(budget, limits)
            budget.save(update_fields=LIMITS)
        return _stored(campaign_id)


def end(campaign_id: int, now: datetime) -> Campaign:
    """End a campaign now and for good: from now on its secret is public. A second call changes nothing."""
    with transaction.atomic():
        campaign = _found(campaign_id)
        _end(campaign, now)
        return campaign


def keep_standard_campaign(channel: host.Channel, programme: settings.Programme, now: datetime) -> None:
    """Bring a channel's standard campaign to what is set; with a probability of 0 none runs."""
    with transaction.atomic():
        before = Campaign.objects.select_for_update().filter(channel_id=channel.id, is_standard=True)
        last = before.order_by("pk").last()
        if last is not None:
            limits = Budget.objects.filter(pk=last.budget_id, currency=channel.currency)
            limits.update(per_month=programme.surprise_budget_per_month)
        if last is not None and last.ends_at is None:
            if programme.surprise_probability and _is_as_set(last, channel, programme):
                return
            _end(last, now)
        if programme.surprise_probability:
            _start_standard(channel, programme, last, now)


def _is_as_set(campaign: Campaign, channel: host.Channel, programme: settings.Programme) -> bool:
    value = campaign.prizes.values_list("value", flat=True).first()
    terms = {name: getattr(campaign, name) for name in _standard_terms(programme)}
    return (value, terms, campaign.budget.currency) == (
        programme.surprise_value,
        _standard_terms(programme),
        channel.currency,
    )


def _standard_terms(programme: settings.Programme) -> dict[str, Any]:
    return {
        "probability": programme.surprise_probability,
        "from_order_number": programme.surprise_from_order,
        "cooling_off_days": programme.surprise_cooling_off_days,
        "validity_days": programme.surprise_validity_days,
        "reason": programme.surprise_reason,
    }


def _start_standard(channel: host.Channel, programme: settings.Programme, last: Campaign | None, now: datetime) -> None:
    budget = last.budget if last is not None and last.budget.currency == channel.currency else None
    if budget is None:
        budget = Budget.objects.create(currency=channel.currency, per_month=programme.surprise_budget_per_month)
    name = f"{programme.surprise_value.normalize():f} {channel.currency}"
    terms = {"name": name, "is_standard": True, "starts_at": now, **_standard_terms(programme)}
    prize = Prize(kind=PrizeKind.VOUCHER, name=name, value=programme.surprise_value)
    _start(Campaign(channel_id=channel.id, **terms), budget, [prize])


def _start(campaign: Campaign, budget: Budget, prizes: Sequence[Prize]) -> Campaign:
    campaign.budget = budget
    campaign.secret = draw.new_secret()
    campaign.secret_hash = draw.commitment(campaign.secret)
    campaign.save(force_insert=True)
    for prize in prizes:
        prize.campaign = campaign
        prize.save(force_insert=True)
    return campaign


def _end(campaign: Campaign, now: datetime) -> None:
    if campaign.ends_at is None or campaign.ends_at > now:
        campaign.ends_at = max(now, campaign.starts_at)
        campaign.save(update_fields=["ends_at"])


def _stored(campaign_id: int) -> Campaign:
    return Campaign.objects.select_related("budget").get(pk=campaign_id)


def _found(campaign_id: int) -> Campaign:
    campaign = Campaign.objects.select_for_update().filter(pk=campaign_id).first()
    if campaign is None:
        raise errors.NotFound(field="id")
    if campaign.is_standard:
        raise errors.Invalid(_("The standard campaign is set on the plugin's page."), field="id")
    return campaign


def _check(campaign: Campaign) -> None:
    if not campaign.name.strip() or len(campaign.name) > 128:
        raise errors.Invalid(_("Enter a name of at most 128 characters."), field="name")
    if len(campaign.reason) > 200:
        raise errors.Invalid(_("Enter at most %(most)s characters.") % {"most": 200}, field="reason")
    row = ladders.ladder_row() if campaign.tier else None
    if campaign.tier and (row is None or ladders.ladder_of(row).step(campaign.tier) is None):
        raise errors.Invalid(_("Name a tier by its code."), field="tier")
    if not 0 < campaign.probability <= 1 or campaign.probability != round(campaign.probability, 8):
        raise errors.Invalid(_("Enter a probability above 0 and up to 1."), field="probability")
    if campaign.ends_at is not None and campaign.ends_at <= campaign.starts_at:
        raise errors.Invalid(_("The end has to come after the start."), field="endsAt")
    _check_occasion(campaign)
    for name, field, least, most in (
        ("from_order_number", "fromOrderNumber", 1, GREATEST_NUMBER),
        ("cooling_off_days", "coolingOffDays", 0, 3650),
        ("validity_days", "validityDays", 1, 3650),
    ):
        if not least <= getattr(campaign, name) <= most:
            raise errors.not_between(least, most, field)


def _check_occasion(campaign: Campaign) -> None:
    """An occasion has what it needs, and nothing that means nothing to it."""
    days = campaign.after_days
    if campaign.occasion == Occasion.WIN_BACK and (days is None or not 1 <= days <= 3650):
        raise errors.not_between(1, 3650, "afterDays")
    if campaign.occasion != Occasion.WIN_BACK and days is not None:
        raise errors.Invalid(_("Days without an order are for winning customers back only."), field="afterDays")
    if campaign.occasion == Occasion.TIER_REACHED and not campaign.tier:
        raise errors.Invalid(_("Name the tier that is to be reached."), field="tier")
    if campaign.occasion != Occasion.ORDER and campaign.minimum_total is not None:
        raise errors.Invalid(_("Without an order there is no minimum."), field="minimumTotal")


def _limit(budget: Budget, limits: dict[str, Decimal]) -> None:
    for name in LIMITS:
        amount = limits.get(name)
        if amount is not None and not (0 <= amount <= GREATEST_AMOUNT and amount == round(amount, 3)):
            raise errors.Invalid(_("Enter an amount of at least 0."), field="budget")
        if name in limits:
            setattr(budget, name, amount)
    if all(getattr(budget, name) is None for name in LIMITS):
        raise errors.Invalid(_("Set a budget for the day, the month or the whole campaign."), field="budget")


def _prize(gift: Gift, channel: host.Channel, now: datetime) -> Prize:
    """A prize to store. What bonus points cost is reckoned by the standard reward where nothing else is said."""
    value = gift.value
    if gift.kind == PrizeKind.POINTS and value is None and gift.points:
        value = _worth_of_points(gift.points, channel, now)
    problem = _problem(gift, value, channel)
    if problem is not None:
        raise errors.Invalid(problem, field="prizes")
    return Prize(**{**vars(gift), "value": value})


def _worth_of_points(points: int, channel: host.Channel, now: datetime) -> Decimal | None:
    version = programmes.current(channel.id, now)
    worth = version.programme.worth_of(points) if version is not None else None
    return None if worth is None else worth.quantize(Decimal("0.001"), rounding=ROUND_UP)


def _problem(gift: Gift, value: Decimal | None, channel: host.Channel) -> str | None:
    if not gift.name.strip() or len(gift.name) > 128:
        return _("Enter a name of at most 128 characters.")
    if value is None or not 0 < value <= GREATEST_AMOUNT or value != round(value, 3):
        return _("Say what the prize may cost: an amount above 0.")
    if not 0 < gift.weight <= 1_000_000 or (gift.stock is not None and not 0 <= gift.stock <= GREATEST_NUMBER):
        return _("Enter a weight from 1 to 1000000 and a stock of at least 0.")
    return _problem_of_kind(gift, channel)


def _problem_of_kind(gift: Gift, channel: host.Channel) -> str | None:
    if gift.kind == PrizeKind.POINTS:
        return None if 0 < (gift.points or 0) <= GREATEST_NUMBER else errors.no_points("prizes").message
    kind = kind_of(gift)
    if kind.has == PERCENT and (gift.percent is None or not 0 < gift.percent <= 100):
        return _("Enter a percentage above 0 and up to 100.")
    if kind.has == PRODUCT and not (gift.product_id and host.product_exists(gift.product_id)):
        return _("Choose a product of this shop.")
    return None if kind.is_accepted(channel.id) else str(kind.refusal)
