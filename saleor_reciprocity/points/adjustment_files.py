"""Files of adjustments: many at once from CSV, each row by itself, with a report per row, and safe to repeat.

Columns: `email` or `user` (a number), `points`, `reason`, and if wanted `key` and `channel` (an id). A row without a
key is known by the file's content and its line, so the same file again does nothing twice.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any, Iterable, Iterator, Mapping

from django.utils.translation import gettext as _

from saleor_reciprocity import errors, host, identity
from saleor_reciprocity.addresses import normalised

from . import accounts, adjustments

NEEDED, KNOWN = {"points", "reason"}, {"email", "user", "points", "reason", "key", "channel"}
NUMBER = re.compile(r"[+-]?[0-9]{1,12}", re.ASCII)
MISPLACED = "misplaced"  # what a row has beyond its columns
DONE, BEFORE, REFUSED, WOULD = "done", "done before", "refused", "would be done"


@dataclass(frozen=True)
class Report:
    """What became of one row."""

    line: int
    key: str
    status: str
    points: str
    balance: int | None = None
    problem: str = ""


def read(content: str) -> list[tuple[int, dict[str, str]]]:
    """The rows of a file with their lines. Raises Invalid when its columns are not those of such a file."""
    digest = hashlib.sha256(content.encode()).hexdigest()[:16]
    table = csv.DictReader(StringIO(content, newline=""), restkey=MISPLACED, strict=True)
    names = set(table.fieldnames or ())
    if not names >= NEEDED or not names & {"email", "user"} or names - KNOWN:
        raise errors.Invalid(
            _("The first line must name the columns: email or user, points, reason, and if wanted key and channel.")
        )
    for column in _repeated(table.fieldnames or ()):
        raise errors.Invalid(_("The column %(column)s is in the file twice.") % {"column": column})
    rows = [(table.line_num, _values(row, f"{digest}:{table.line_num}")) for row in table]
    for key in _repeated(values["key"] for _line, values in rows):
        raise errors.Invalid(_("The key %(key)s is in the file twice.") % {"key": key})
    return rows


def _repeated(texts: Iterable[str]) -> list[str]:
    return [text for text, times in Counter(texts).items() if times > 1]


def _values(row: Mapping[str, Any], key: str) -> dict[str, str]:
    values = {name: ",".join(value) if name == MISPLACED else (value or "").strip() for name, value in row.items()}
    return {**values, "key": values.get("key") or key}


def apply(rows: list[tuple[int, dict[str, str]]], actor: str, now: datetime) -> Iterator[Report]:
    """Adjust row by row, each in a transaction of its own, and say what became of it."""
    for line, row in rows:
        try:
            person, points = _asked(row)
            before = adjustments.done_before(row["key"]) is not None
            entry = adjustments.adjust(
                person, points, row["reason"], actor, row["key"], now, channel_id=row.get("channel", "")
            )
        except errors.ReciprocityError as error:
            yield Report(line, row["key"], REFUSED, row["points"], problem=error.message)
            continue
        yield Report(line, row["key"], BEFORE if before else DONE, row["points"], entry.balance_after)


def rehearse(rows: list[tuple[int, dict[str, str]]], now: datetime) -> Iterator[Report]:
    """What would become of each row. Reads only, and locks nobody."""
    balances: dict[Any, int] = {}
    for line, row in rows:
        try:
            person, points = _asked(row)
            adjustments.checked(points, row["reason"], row["key"])
            earlier = adjustments.done_before(row["key"])
            if earlier is not None:
                yield Report(line, row["key"], BEFORE, row["points"], earlier.balance_after)
                continue
            account = accounts.account_of(person, now)
            whose = account.pk if account else (person.user_id, normalised(person.email))
            balance = balances.get(whose, account.balance if account else 0)
            if points < 0 and balance < -points:
                raise errors.InsufficientPoints
        except errors.ReciprocityError as error:
            yield Report(line, row["key"], REFUSED, row["points"], problem=error.message)
            continue
        balances[whose] = balance + points
        yield Report(line, row["key"], WOULD, row["points"], balances[whose])


def _asked(row: Mapping[str, str]) -> tuple[host.Person, int]:
    if MISPLACED in row:
        raise errors.Invalid(_("The row has more cells than columns. Put texts with commas into quotation marks."))
    if any("\0" in value for value in row.values()):
        raise errors.Invalid(_("This text holds a character that can't be stored."))
    if not NUMBER.fullmatch(row["points"]):
        raise errors.Invalid(_("Enter a whole number of points."), field="points")
    points = int(row["points"])
    if row.get("channel") and host.channel(row["channel"]) is None:
        raise errors.NotFound(_("There is no such channel."), field="channel")
    return _person(row.get("user", ""), row.get("email", "")), points


def _person(user_id: str, email: str) -> host.Person:
    """Whom a row names: by one of the two, or by both of one person."""
    if not user_id:
        return host.person_with_email(identity.address(email))
    user = host.user_with_id(int(user_id)) if re.fullmatch("[0-9]{1,9}", user_id, re.ASCII) else None
    if user is None:
        raise errors.NotFound(_("There is no such user."), field="user")
    if email and normalised(identity.address(email)) != normalised(user.email):
        raise errors.Invalid(_("The user has another e-mail address."), field="email")
    return host.person(user)
