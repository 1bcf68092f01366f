"""The books: what the last proof of them said, which runs every night and whenever `reciprocity_check` is called."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Iterator

from django.utils.translation import gettext as _

from saleor_reciprocity import invariants

from .findings import Finding, broken, fine, look, seen
from .models import LastCheck

OLD = timedelta(days=2)
_OF_CODES = {title for title, _sql in invariants.HOST_RULES}


def proved(now: datetime) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every rule of the books with the rows that break it. Whoever looks at all leaves behind what was found."""
    found = []
    for title, rows in invariants.broken(now):
        found += [{"rule": title, "rows": len(rows)}] if rows else []
        yield title, rows
    LastCheck.objects.update_or_create(pk=1, defaults={"checked_at": now, "broken": found})


def findings(now: datetime) -> list[Finding]:
    """Whether the books are right, and whether a code was used twice."""
    return seen("books", _last_proof, now)


def _last_proof(now: datetime) -> Iterator[Finding]:
    last = LastCheck.objects.first()
    run = _("Run manage.py reciprocity_check. Celery does so every night.")
    if last is None:
        yield look("books", _("The books were not proved yet."), run)
        return
    when = {"day": f"{last.checked_at:%Y-%m-%d %H:%M} UTC"}
    rules = [one["rule"] for one in last.broken if one["rule"] not in _OF_CODES]
    if rules:
        said = _("The books were not right at %(day)s: %(rules)s.") % {**when, "rules": "; ".join(rules)}
        yield broken("books", said, _("Run manage.py reciprocity_check, which names the rows, and ask for help."))
    elif last.checked_at < now - OLD:
        yield look("books", _("The books were last proved at %(day)s.") % when, run)
    else:
        yield fine("books", _("The books were right at %(day)s.") % when)
    yield _codes([one["rule"] for one in last.broken if one["rule"] in _OF_CODES])


def _codes(rules: list[str]) -> Finding:
    if not rules:
        return fine("codes", _("No code was used twice."))
    said = _("Codes were used in a way that they are not meant for: %(rules)s.") % {"rules": "; ".join(rules)}
    todo = _(
        "Run manage.py reciprocity_check, which names the orders. manage.py reciprocity_guard on lets the database "
        "refuse the second order with a voucher."
    )
    return look("codes", said, todo)
