"""Statements: asks once a month for the mail that tells customers how many points they have, and what it says.

A statement is of one month by the clocks of its channel, and all that it says is as of the end of that month. Points
whose last day was the last of the month are gone by then.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from saleor_reciprocity import clock
from saleor_reciprocity.mail import kinds
from saleor_reciprocity.mail.models import Mail

from .. import accounts
from ..models import Account, Kind
from . import recipients

FIRST_DAYS = 7  # of a month, in which the statement of the month before is asked for

# What a month brought and what it took, in the order of the mail. A merger moves points of one person: it is neither.
BROUGHT = (
    (_("Earned with orders"), {Kind.EARNED}),
    (_("Bonuses"), {Kind.BONUS}),
    (_("Surprises"), {Kind.SURPRISE}),
    (_("Returned"), {Kind.REVERSAL, Kind.EXPIRED}),
    (_("Given by the shop"), {Kind.ADJUSTMENT}),
)
TOOK = (
    (_("Exchanged for rewards"), {Kind.REDEMPTION}),
    (_("Expired"), {Kind.EXPIRED}),
    (_("Taken back with orders"), {Kind.CLAWBACK, Kind.PENDING}),
    (_("Taken by the shop"), {Kind.ADJUSTMENT}),
)


def ask(now: datetime) -> int:
    """Ask for the statements of last month where the shop wants them. Again changes nothing. Returns how many."""
    asked = 0
    wanted = [each for each in recipients.channels(now) if each[1].mail_statements]
    for place, (channel_id, programme) in enumerate(wanted):
        today = clock.local(now, programme.time_zone).date()
        if today.day > FIRST_DAYS:
            continue
        month = f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"
        for account in recipients.to_tell(channel_id, f":{month}", of_no_channel=place == 0).iterator():
            context = {"account": account.pk, "month": month, "zone": programme.time_zone}
            asked += recipients.ask(kinds.STATEMENT, account.source, account, channel_id, now, context)
    return asked


def about(mail: Mail, now: datetime) -> dict[str, Any] | None:
    """The points as the mail shows them, without what is 0; None where there is nothing else."""
    account = Account.objects.filter(pk=mail.context["account"]).first()
    if account is None:
        return None
    first = datetime.strptime(str(mail.context["month"]), "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    return of_month(account.holder, first, str(mail.context.get("zone", clock.UTC)))


def of_month(account: Account, first: date, zone_name: str) -> dict[str, Any] | None:
    """What a month, given by its first day in a time zone, did to the points of an account, and what there was then."""
    after = (first + timedelta(days=31)).replace(day=1)
    begin, end = (clock.moment_of(datetime.combine(day, time.min), zone_name) for day in (first, after))
    rows = _rows(account, begin, end)
    balance, pending = (sum(row[column] for row in rows) for column in (3, 4))
    brought, took = _figures(BROUGHT, rows, 1), _figures(TOOK, rows, -1)
    if not (balance or pending or brought or took):
        return None
    return {
        "day": after - timedelta(days=1),
        "available": max(balance, 0),
        "debt": max(-balance, 0),
        "pending": pending,
        "brought": brought,
        "took": took,
    }


# When an entry took effect: not before the one before it. What goes back to a lot that has ended is written off as of
# the end of that lot, after it came back. What expires does so with its last moment, written off by now or not.
_MONTH = """
SELECT kind, sign(points)::int, coalesce(sum(points) FILTER (WHERE moment >= %(begin)s), 0)::bigint,
  sum(points)::bigint, sum(pending)::bigint
FROM (
  SELECT kind, points, pending, max(moment) OVER (PARTITION BY account_id ORDER BY version) AS moment FROM (
    SELECT *, happened_at - CASE kind WHEN 'expired' THEN interval '1 microsecond' ELSE interval '0' END AS moment
    FROM reciprocity_entry WHERE account_id = ANY(%(accounts)s)) e
  UNION ALL
  SELECT 'expired', -remaining, 0, expires_at - interval '1 microsecond' FROM reciprocity_lot
  WHERE account_id = ANY(%(accounts)s) AND remaining > 0
) happened WHERE moment < %(end)s GROUP BY 1, 2
"""


def _rows(account: Account, begin: datetime, end: datetime) -> list[Any]:
    """By kind and sign: the points of the month, and the points and pending points of all time until its end."""
    parts = list(accounts.parts_of(account).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_MONTH, {"accounts": parts, "begin": begin, "end": end})
        return list(cursor.fetchall())


def _figures(table: Any, rows: list[Any], sign: int) -> list[dict[str, Any]]:
    sums = [(label, sum(row[2] for row in rows if row[0] in found and row[1] == sign)) for label, found in table]
    return [{"label": label, "points": abs(points)} for label, points in sums if points]
