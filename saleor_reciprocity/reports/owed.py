"""What is owed: open points by channel, how many of them will be redeemed, and how such an expectation turned out."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Iterator, Sequence

from saleor_reciprocity import host
from saleor_reciprocity.points import breakage
from saleor_reciprocity.points.breakage import Exposure, Open
from saleor_reciprocity.programmes import SettingsVersion
from saleor_reciprocity.rewards.models import Redemption

from . import liability
from .liability import Cohort
from .values import Age, Owed
from .voice import end_of

MONTHS = 12  # that rates are taken from
_MANY = 1_000_000  # points, of which the whole part is a share that is exact enough
_LASTS = (*(first - 1 for first in breakage.BANDS[1:]), None)


def owed(lots: Sequence[Cohort], channel_id: str | None, until: date) -> tuple[Owed, ...]:
    """What is owed in each channel, or in one. `lots` are those of the whole shop: a small channel uses its rates."""
    return tuple(
        _owed(channel, own, lots, until)
        for channel, own in _by_channel(lots)
        if channel_id in (None, channel.id) and any(each.points for each in liability.held(own, until))
    )


def _by_channel(lots: Sequence[Cohort]) -> Iterator[tuple[host.Channel, list[Cohort]]]:
    """Every channel with its lots. Those of none can be spent in each, and are the first one's."""
    channels = host.channels()
    ids = [channel.id for channel in channels]
    for channel in channels:
        yield channel, [lot for lot in lots if channel.id == (lot.channel_id if lot.channel_id in ids else ids[0])]


def _owed(channel: host.Channel, own: Sequence[Cohort], lots: Sequence[Cohort], until: date) -> Owed:
    value = _point_value(channel.id, until)
    redemptions = Redemption.objects.filter(channel_id=channel.id, created_at__lt=end_of(until)).count()
    seen = exposures(own if redemptions >= breakage.LEAST_REDEMPTIONS else lots, until)
    left, history = _open(own, until), liability.months_of_history(lots, until)
    found = breakage.breakage(seen, left, history)
    rates = breakage.rates(seen) if found.expected is not None else None
    was_expected, was_redeemed = _backtest(own, seen_by=lots, until=until)
    return Owed(
        channel.slug,
        channel.currency,
        found.points,
        value,
        found.expected,
        found.prudent,
        history,
        tuple(_ages(left, rates)),
        was_expected,
        was_redeemed,
    )


def _point_value(channel_id: str, until: date) -> Decimal:
    """What a point is worth, as the channel was set at the end of a day."""
    versions = SettingsVersion.objects.filter(channel_id=channel_id).order_by("number")
    version = versions.filter(since__lt=end_of(until)).last() or versions.first()
    worth = version.programme.worth_of(1) if version is not None else None
    return worth or Decimal(0)


def redeemed_share(until: date) -> Decimal:
    """How many of the points that are given after a day will be redeemed, from 0 to 1, as far as history tells.

    All of them before a year of history; the prudent figure before two.
    """
    lots = liability.cohorts(None, until)
    lives = Counter({life: sum(lot.issued for lot in lots if lot.life == life) for life in {lot.life for lot in lots}})
    life = lives.most_common(1)[0][0] if lives else breakage.ENDLESS
    left = [Open(1, life, _MANY)]
    found = breakage.breakage(exposures(lots, until), left, liability.months_of_history(lots, until))
    share = found.expected if found.expected is not None else found.prudent
    return Decimal(1) if share is None else Decimal(share) / _MANY


def exposures(lots: Sequence[Cohort], until: date) -> list[Exposure]:
    """What became of points in the last twelve whole months, those of their first month among them."""
    found = [
        Exposure(seen.age + 1, seen.life, seen.group, seen.open, seen.redeemed, seen.expired, 0)
        for seen in liability.observed(lots, until, MONTHS)
    ]
    end = (until + timedelta(days=1)).replace(day=1)
    for lot in lots:
        if liability.earlier(end, MONTHS) <= lot.earned < end:
            of_month = lot.uses.get(lot.earned, Counter())
            used = (of_month["redeemed"], of_month["expired"], of_month["taken back"])
            found.append(Exposure(1, lot.life, lot.group, lot.issued, *used))
    return found


def _open(lots: Sequence[Cohort], until: date) -> list[Open]:
    """The open points, by the age that they have on the next day."""
    tomorrow = until + timedelta(days=1)
    older = 1 + liability.months_between(until, tomorrow)
    return [Open(each.age + older, each.life, each.points) for each in liability.held(lots, until)]


def _ages(left: Sequence[Open], rates: breakage.Rates | None) -> Iterator[Age]:
    for first, last in zip(breakage.BANDS, _LASTS):
        within = [each for each in left if first <= each.age and (last is None or each.age <= last)]
        points = sum(each.points for each in within)
        if points:
            yield Age(first, last, points, None if rates is None else round(breakage.expected(rates, within)))


def _backtest(own: Sequence[Cohort], seen_by: Sequence[Cohort], until: date) -> tuple[float | None, float | None]:
    """Of the points that were open a year before the last whole month ended: which share was expected to be redeemed
    in twelve months, and which was.
    """
    end = (until + timedelta(days=1)).replace(day=1)
    month = liability.earlier(end, MONTHS)
    then = month - timedelta(days=1)
    before = [lot for lot in seen_by if lot.earned <= then]
    opened, redeemed = liability.redeemed_since(own, month, end - timedelta(days=1))
    if liability.months_of_history(before, then) < breakage.FIRST_HISTORY or not opened:
        return None, None
    left = _open([lot for lot in own if lot.earned <= then], then)
    rates = breakage.rates(exposures(before, then))
    return breakage.expected(rates, left, months=MONTHS) / opened, redeemed / opened
