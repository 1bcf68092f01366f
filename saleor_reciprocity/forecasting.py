"""Forecasting: what a programme would bring, cost and send, reckoned from the orders of a channel's last 90 days.

Orders count as they were placed, so before any return, and points by the rate alone, without rules and tiers. Every
order is taken to be shipped. Reads only; the number of statements depends on neither orders nor channels.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, Mapping

from django.db import connection

from . import digests, host
from .experiments import evidence, plans, prospects
from .experiments.evidence import PROGRAMME
from .mail import consent, kinds
from .points.earning import simulation
from .reports import owed
from .settings import NO_CONSENT_SOURCE, NO_QUESTION, Programme

DAYS = 90
_TOLD = (kinds.SURVEY, kinds.STATEMENT, kinds.SURPRISE)

_SOLD = f"""
SELECT count(*), count(DISTINCT person), percentile_disc(0.5) WITHIN GROUP (ORDER BY goods) FROM ({host.SOLD_ORDERS}) o
WHERE channel_id = %(channel)s AND placed_at >= %(since)s AND placed_at < %(until)s AND person <> ''
"""  # noqa: S608 - a constant
# `draws` are orders that can win a gift.
_CHOSEN = f"""
WITH numbered AS (
  SELECT o.channel_id, o.person, o.user_id, o.placed_at,
    row_number() OVER (PARTITION BY o.person ORDER BY o.placed_at, o.order_id) >= %(from_order)s AS draws
  FROM ({host.SOLD_ORDERS}) o WHERE o.person <> '' AND o.placed_at < %(until)s
), chosen AS (SELECT * FROM numbered WHERE channel_id = %(channel)s AND placed_at >= %(since)s)
"""  # noqa: S608 - a constant
_DRAWS = f"""
{_CHOSEN} SELECT count(*) FROM chosen WHERE draws GROUP BY date_trunc('month', placed_at AT TIME ZONE 'UTC')
"""  # noqa: S608 - a constant
_MONTH = "(extract(year FROM ({0}) AT TIME ZONE 'UTC') * 12 + extract(month FROM ({0}) AT TIME ZONE 'UTC'))"
# What people said about each kind of message: how many they are, what they can win, and how many months have ended
# since those of them who have an account ordered first.
_PEOPLE = f"""
{_CHOSEN}, people AS (
  SELECT person, max(user_id) AS user_id, count(*) FILTER (WHERE draws) AS draws,
    {_MONTH.format("%(until)s::timestamptz")} - {_MONTH.format("min(placed_at)")} AS months
  FROM chosen GROUP BY person
), p AS (
  SELECT people.*, {digests.digest("i", "person")} AS hash FROM people LEFT JOIN {digests.INSTALLATION_KEY} i ON true
)
SELECT kind, wanted, count(*), sum(p.draws)::int, coalesce(sum(p.months) FILTER (WHERE p.user_id IS NOT NULL), 0)::int
FROM p CROSS JOIN unnest(%(kinds)s::text[]) AS k (kind) LEFT JOIN LATERAL ({consent.SAID}) said ON true
GROUP BY kind, wanted
"""  # noqa: S608 - constants


@dataclass(frozen=True)
class Told:
    """People who said the same about a kind of message: their number, their draws, and the months of statements."""

    people: int = 0
    draws: int = 0
    months: int = 0


@dataclass(frozen=True)
class Sold:
    """What a channel sold in its last days to people who are known. The usual order is the median; None of none."""

    orders: int
    customers: int
    usual_order: Decimal | None


@dataclass(frozen=True)
class Forecast:
    """What a programme would have come to in so many days. Money is in the channel's currency.

    `owed` is what the points are worth by the standard reward, `cost` what will probably be redeemed of it; both are
    None without one. The smallest effect is that of the question whether the programme brings customers back, with the
    `people` who are expected by then; without gifts nobody is held out, so nothing can show.
    """

    points: int
    owed: Decimal | None
    cost: Decimal | None
    gifts: Decimal  # on average
    gifts_cost: Decimal
    questions: int
    statements: int
    gift_mails: int
    held_out: Decimal | None = None
    people: int = 0
    smallest_effect: float | None = None
    known_on: date | None = None


def sold(channel: host.Channel, now: datetime) -> Sold:
    """What a channel sold."""
    return Sold(*_rows(_SOLD, _asked(channel, now))[0])


class Forecaster:
    """Forecasts for several programmes of a channel at one moment: what they have in common is looked up once."""

    def __init__(self, channel: host.Channel, now: datetime) -> None:
        self.channel, self.now = channel, now
        self._draws = lru_cache(maxsize=None)(self._count_draws)
        self._told = lru_cache(maxsize=None)(self._what_was_said)
        self._redeemed = lru_cache(maxsize=None)(lambda: owed.redeemed_share(now.date() - timedelta(days=1)))
        self._shows = lru_cache(maxsize=None)(self._could_show)

    def forecast(self, programme: Programme) -> Forecast:
        """What a programme would have come to."""
        given, gifts = self._given(programme), self._gifts(programme)
        return Forecast(
            points=given.points,
            owed=given.liability,
            cost=None if given.liability is None else _money(given.liability * self._redeemed()),
            gifts=gifts.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP),
            gifts_cost=_money(gifts * programme.surprise_value),
            **self._mails(programme, gifts),
            **self._shown(programme),
        )

    def _given(self, programme: Programme) -> simulation.Simulation:
        return simulation.simulate_programme(self.channel, programme, DAYS, self.now)

    def _mails(self, programme: Programme, gifts: Decimal) -> Mapping[str, Any]:
        survey, statement, surprise = (self._reached(programme, kind) for kind in _TOLD)
        draws = sum(self._draws(programme.surprise_from_order))
        asked = survey.people * (1 - programme.survey_holdout_share)
        return {
            "questions": _whole(asked) if programme.survey_question != NO_QUESTION else 0,
            "statements": statement.months if programme.points_per_unit else 0,
            "gift_mails": _whole(gifts * surprise.draws / draws) if draws else 0,
        }

    def _reached(self, programme: Programme, kind: str) -> Told:
        """Those who may be written to: who said yes and, where the shop may write to its customers, said nothing."""
        if not getattr(programme, kinds.KINDS[kind].setting) or programme.mail_consent == NO_CONSENT_SOURCE:
            return Told()
        said = self._told(programme.surprise_from_order)
        groups = [said.get((kind, True), Told())]
        if consent.wanted_unasked(programme, kind):
            groups.append(said.get((kind, None), Told()))
        return Told(*(sum(figures) for figures in zip(*((one.people, one.draws, one.months) for one in groups))))

    def _gifts(self, programme: Programme) -> Decimal:
        """How many gifts are to be expected within each month's budget. Days between two only make it less."""
        share = programme.surprise_probability * (1 - programme.holdout_share)
        most = programme.surprise_budget_per_month / programme.surprise_value
        by_month = self._draws(programme.surprise_from_order) if share else ()
        return sum((min(draws * share, most) for draws in by_month), Decimal(0))

    def _count_draws(self, from_order: int) -> tuple[int, ...]:
        rows = _rows(_DRAWS, {**_asked(self.channel, self.now), "from_order": from_order})
        return tuple(draws for (draws,) in rows)

    def _what_was_said(self, from_order: int) -> Mapping[tuple[str, bool | None], Told]:
        asked = {**_asked(self.channel, self.now), "from_order": from_order, "kinds": list(_TOLD)}
        return {(kind, wanted): Told(*figures) for kind, wanted, *figures in _rows(_PEOPLE, asked)}

    def _shown(self, programme: Programme) -> Mapping[str, Any]:
        if not programme.surprise_probability:
            return {}
        return self._shows(programme.holdout_share, programme.surprise_from_order)

    def _could_show(self, share: Decimal, from_order: int) -> Mapping[str, Any]:
        """The smallest effect that the evaluation would show, and its day: the one that is fixed, if it is to come."""
        seen = prospects.prospect(PROGRAMME, share, from_order, self.now, self.channel.id)
        fixed = plans.plan_of(PROGRAMME)
        today = self.now.date()
        known_on = fixed.evaluation if fixed and fixed.evaluation >= today else evidence.evaluation_after(today)
        return {
            "held_out": share,
            "people": seen.people,
            "smallest_effect": seen.smallest_difference,
            "known_on": known_on,
        }


def _whole(number: Decimal) -> int:
    return int(number.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _money(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)


def _asked(channel: host.Channel, now: datetime) -> dict[str, Any]:
    return {"channel": channel.id, "since": now - timedelta(days=DAYS), "until": now}


def _rows(sql: str, values: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
