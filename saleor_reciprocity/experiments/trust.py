"""Trust: whether the rows are the ones that the draw made and none is missing, exactly; counts for the other checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any, Iterable

from saleor_reciprocity import digests, host

from . import counted
from .counted import Followed, Frozen
from .evidence import GIFT, PASSED, PROGRAMME, SURVEY, WITHHELD, Check
from .statements import rows
from .units import EXPERIMENT, SETTLING, UNITS, WINDOW
from .validity import COMPLETE, REPRODUCIBLE

MOST_WITHOUT_A_PERSON = Decimal("0.05")  # of the orders

_SHARES = "SELECT DISTINCT share FROM reciprocity_assignment WHERE experiment = %(experiment)s"
# Whose arm is not the one that the key gives: a digest below the share, of all digests there are, is held out.
_OTHER_ARM = f"""
SELECT count(*) FROM reciprocity_assignment a CROSS JOIN {digests.INSTALLATION_KEY} key
JOIN unnest(%(shares)s::numeric[], %(limits)s::text[]) AS l (share, below) ON l.share = a.share
WHERE a.experiment = %(experiment)s AND a.repeats_id IS NULL AND a.person NOT LIKE 'erased:%%'
  AND a.held_out <> ({digests.digest("key", "a.experiment || ':' || a.person")} COLLATE "C" < l.below)
"""  # noqa: S608 - constants
_OTHER_TICKET = f"""
WITH secrets AS MATERIALIZED (SELECT c.id, {digests.padded("c.secret")} FROM reciprocity_campaign c)
SELECT count(*) FROM reciprocity_draw d JOIN secrets s ON s.id = d.campaign_id
JOIN reciprocity_campaign c ON c.id = d.campaign_id
JOIN unnest(%(shares)s::numeric[], %(limits)s::text[]) AS l (share, below) ON l.share = c.probability
WHERE d.person NOT LIKE 'erased:%%' AND d.outcome IN ('won', 'no', 'no budget', 'out of stock', 'worthless')
  AND (d.ticket <> {digests.digest("s", "d.order_id")} OR (d.outcome = 'no') = (d.ticket COLLATE "C" < l.below))
"""  # noqa: S608 - constants
# What was decided from the holdout on has an assignment that was there before.
_DRAWS_WITHOUT = """
SELECT count(*) FROM reciprocity_draw d WHERE d.person NOT LIKE 'erased:%%' AND d.outcome IN (
    'won', 'no', 'no budget', 'out of stock', 'worthless', 'held out', 'cooling off', 'address', 'too many orders')
  AND NOT EXISTS (SELECT FROM reciprocity_assignment a WHERE a.experiment = 'surprises' AND a.person = d.person
    AND a.assigned_at <= d.drawn_at)
"""
_INVITATIONS_WITHOUT = """
SELECT count(*) FROM reciprocity_invitation i WHERE i.person NOT LIKE 'erased:%%' AND i.state IN ('invited', 'held out')
  AND NOT EXISTS (SELECT FROM reciprocity_assignment a WHERE a.experiment = 'surveys' AND a.person = i.person)
"""
_WITHOUT_OUTCOME = """
SELECT count(*) FROM ({units}) u WHERE u.started_at > %(since)s AND u.started_at <= %(due)s
  AND NOT EXISTS (SELECT FROM reciprocity_outcome o WHERE o.question = %(question)s AND o.unit = u.unit)
"""
_WITHOUT_PERSON = f"""
SELECT count(*) FILTER (WHERE o.person = ''), count(*) FROM ({host.ORDERS_OF_PEOPLE}) o
WHERE o.placed_at > %(since)s AND o.placed_at <= %(now)s
"""  # noqa: S608 - constants
_GAPS = f"""
SELECT max(placed_at), extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY gap)) / 86400 FROM (
  SELECT o.placed_at, o.placed_at - lag(o.placed_at) OVER (ORDER BY o.placed_at) AS gap
  FROM ({host.ORDERS_OF_PEOPLE}) o WHERE o.placed_at > %(since)s AND o.placed_at <= %(now)s) g
"""  # noqa: S608 - constants


@dataclass(frozen=True)
class Counts:
    """How many people a question follows, by share as (held out, others), and what of them has to be said."""

    assigned: dict[Decimal, tuple[int, int]]
    mature: dict[Decimal, tuple[int, int]]
    held_out: int
    held_out_treated: int
    erased: int
    first_day: date | None  # when the first complete their window


@dataclass(frozen=True)
class Missing:
    """What should be there and is not."""

    without_assignment: int
    without_outcome: int
    orders_without_person: int
    orders: int


def reproducible(question: str) -> Check:
    """Whether every arm and every ticket is the one that the keys give, and every frozen row says so."""
    found = altered(question)
    return Check(REPRODUCIBLE, WITHHELD if found else PASSED, found)


def complete(question: str, now: datetime) -> Check:
    """Whether nobody who was drawn for lacks an assignment, nobody who is due an outcome, and few orders a person.

    It counts rows that are missing; or else, of how many orders, those without a person.
    """
    found = missing(question, now)
    rows = found.without_assignment + found.without_outcome
    if rows:
        return Check(COMPLETE, WITHHELD, rows)
    nameless = found.orders_without_person > MOST_WITHOUT_A_PERSON * found.orders
    return Check(COMPLETE, WITHHELD if nameless else PASSED, found.orders_without_person, found.orders)


def altered(question: str) -> int:
    """How many arms, tickets and frozen rows are not what the keys give. Of erased people nothing can be computed."""
    experiment = EXPERIMENT[question]
    shares = [share for (share,) in rows(_SHARES, experiment=experiment)]
    found = _count(_OTHER_ARM, experiment=experiment, **limits(shares, 64))
    found += sum(each.altered for each in counted.followed(question))
    if question == GIFT:
        found += _count(_OTHER_TICKET, **limits(_probabilities(), 32))
    return found


def _probabilities() -> list[Decimal]:
    return [probability for (probability,) in rows("SELECT DISTINCT probability FROM reciprocity_campaign")]


def limits(shares: list[Decimal], digits: int) -> dict[str, Any]:
    """For each share the first text of so many hexadecimal digits that is no longer below it; "g" is above all."""
    whole = 16**digits
    limits = [ceil(Fraction(share) * whole) for share in shares]
    return {"shares": shares, "limits": ["g" if limit >= whole else f"{limit:0{digits}x}" for limit in limits]}


def missing(question: str, now: datetime) -> Missing:
    """What should be there at a moment and is not. An outcome is given a day to be frozen."""
    without = {PROGRAMME: _DRAWS_WITHOUT, GIFT: _DRAWS_WITHOUT, SURVEY: _INVITATIONS_WITHOUT}[question]
    ((nameless, orders),) = rows(_WITHOUT_PERSON, since=now - WINDOW, now=now)
    return Missing(_count(without), _without_outcome(question, now), nameless, orders)


def _without_outcome(question: str, now: datetime) -> int:
    due, first = now - WINDOW - SETTLING - timedelta(days=1), counted.first_open(question)
    if first is None or first > due:
        return 0
    sql = _WITHOUT_OUTCOME.format(units=UNITS[question])
    return _count(sql, question=question, due=due, since=counted.since(question))


def counts(question: str, until: date) -> Counts:
    """How many people a question follows whose window ends on or before a day; of the assigned, all up to that day."""
    followed = counted.followed(question)
    frozen = [each for each in counted.frozen(question) if each.day <= until]
    held_out = [each for each in frozen if each.held_out]
    first = min((each.first for each in followed if each.first is not None), default=None)
    return Counts(
        assigned=_by_share(each for each in followed if each.day <= until),
        mature=_by_share(frozen),
        held_out=sum(each.people for each in held_out),
        held_out_treated=sum(each.treated for each in held_out),
        erased=sum(each.early for each in frozen),
        first_day=first.astimezone(timezone.utc).date() + WINDOW if first else None,
    )


def _by_share(found: Iterable[Followed | Frozen]) -> dict[Decimal, tuple[int, int]]:
    """People by share as (held out, others), where somebody could have been either."""
    sums: dict[Decimal, tuple[int, int]] = {}
    for each in found:
        if 0 < each.share < 1 and each.people:
            held_out, others = sums.get(each.share, (0, 0))
            sums[each.share] = (held_out + each.held_out * each.people, others + (not each.held_out) * each.people)
    return sums


def staleness(now: datetime) -> tuple[date | None, float]:
    """The day of the newest order, and how many days lie between two orders as a rule, in the last 90 days."""
    ((newest, gap),) = rows(_GAPS, since=now - WINDOW, now=now)
    return newest.astimezone(timezone.utc).date() if newest else None, float(gap or 0)


def _count(sql: str, **values: Any) -> int:
    ((found,),) = rows(sql, **values)
    return int(found)
