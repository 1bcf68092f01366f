"""Uploads: the codes that a shop brings for a reward of its own. Each is given once, ever; the database sees to it.

A code is worth cash: no message and no log shows one.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
from datetime import datetime
from typing import Any, Iterator, Sequence

from django.db import connection
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from saleor_reciprocity import errors, identity

from .models import Redemption, Reward, UploadedCode

MOST_AT_ONCE = 10_000
LONGEST = 255
HEADINGS = ("code", "codes")
SEPARATORS = ("\t", ";", ",")
_ONE_UPLOAD = hashlib.sha256(b"an upload of codes").hexdigest()


def read(text: str) -> list[str]:
    """The codes in a text: one a line or, of a CSV, the first column. Raises Invalid or DuplicateCode, with the line.

    A first line that is called "code" is a heading. Empty lines are left out.
    """
    found: dict[str, int] = {}
    for line, code in _cells(text):
        if not code or (not found and code.casefold() in HEADINGS):
            continue
        if len(code) > LONGEST or not code.isprintable():
            raise _unreadable(line)
        if code in found:
            raise errors.DuplicateCode(_("Line %(line)s: this code is in the list twice.") % {"line": line})
        found[code] = line
    if not 0 < len(found) <= MOST_AT_ONCE:
        raise errors.not_between(1, MOST_AT_ONCE, "codes")
    return list(found)


def _cells(text: str) -> Iterator[tuple[int, str]]:
    """The first cell of each line, with the line's number."""
    lines = text.lstrip("\ufeff").splitlines()
    separator = next((sign for sign in SEPARATORS if lines and sign in lines[0]), ",")
    rows = csv.reader((f"{line}\n" for line in lines), delimiter=separator)
    try:
        for row in rows:
            yield rows.line_num, row[0].strip() if row else ""
    except csv.Error:
        raise _unreadable(rows.line_num) from None


def _unreadable(line: int) -> errors.Invalid:
    said = _("Line %(line)s: a code has at most %(most)s characters, all of which can be seen.")
    return errors.Invalid(said % {"line": line, "most": LONGEST}, field="codes")


# In the order of the list, each at most once ever: those that somebody brought before are left out of the answer.
_ADD = """
INSERT INTO reciprocity_uploadedcode (reward_id, code, digest, uploaded_at, uploaded_by)
SELECT %(reward)s, c.code, c.digest, %(now)s, %(actor)s
FROM unnest(%(codes)s::text[], %(digests)s::text[]) WITH ORDINALITY c (code, digest, place) ORDER BY c.place
ON CONFLICT (digest) DO NOTHING RETURNING digest
"""
# The oldest that nobody has, and one fewer left. Whoever comes at the same moment waits, and takes the next.
_GIVE = """
WITH given AS (
  UPDATE reciprocity_uploadedcode SET redemption_id = %(redemption)s WHERE id = (
    SELECT id FROM reciprocity_uploadedcode WHERE reward_id = %(reward)s AND redemption_id IS NULL
    ORDER BY id LIMIT 1 FOR UPDATE)
  RETURNING id)
UPDATE reciprocity_reward SET codes_left = codes_left - 1 WHERE id = %(reward)s AND EXISTS (SELECT 1 FROM given)
"""


def add(reward: Reward, codes: Sequence[str], actor: str, now: datetime) -> None:
    """Keep codes for a reward that gives one to each, all or none, in a transaction; the next are given after those
    that are there. Raises DuplicateCode where one was ever brought before, for whatever reward, or Busy.
    """
    identity.let_one_in(_ONE_UPLOAD)  # two lists that have codes in common would wait for each other
    key = identity.installation_key()
    digests = [hmac.new(key, f"code:{code}".encode(), hashlib.sha256).hexdigest() for code in codes]
    values = {"reward": reward.pk, "codes": list(codes), "digests": digests, "now": now, "actor": actor}
    with connection.cursor() as cursor:
        cursor.execute(_ADD, values)
        written = {digest for (digest,) in cursor.fetchall()}
    known = [place for place, digest in enumerate(digests, start=1) if digest not in written]
    if known:
        raise errors.DuplicateCode(
            _("Code %(number)s of the list was uploaded before. None was taken over.") % {"number": known[0]}
        )
    Reward.objects.filter(pk=reward.pk).update(codes_left=Coalesce(F("codes_left"), 0) + len(codes))


def give(redemption: Redemption) -> bool:
    """Give a redemption the oldest code of its reward that nobody has. Returns whether there was one.

    Call it last, in the redemption's transaction: it locks the code and the reward's row.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GIVE, {"redemption": redemption.pk, "reward": redemption.reward_id})
        return bool(cursor.rowcount)


def move(old: Reward, new: Reward) -> None:
    """Let a reward have the codes of another that nobody has. The other's row is locked."""
    moved = UploadedCode.objects.filter(reward=old, redemption=None).update(reward=new)
    Reward.objects.filter(pk=old.pk, codes_left__gt=0).update(codes_left=F("codes_left") - moved)
    Reward.objects.filter(pk=new.pk).update(codes_left=F("codes_left") + moved)
    new.refresh_from_db()


def forget(redemptions: Any) -> None:
    """Let nothing show the codes that redemptions got. They stay given."""
    UploadedCode.objects.filter(redemption__in=redemptions).update(code="")
