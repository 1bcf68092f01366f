"""Giving: the one way in which points come that no order earned, whatever the reason.

They are valid as long as the settings of their channel say, and the tier follows at once: bonuses count towards it, and
with them the thanks for an answer; surprises and what staff give by hand do not (`posting.QUALIFYING`).
"""

from __future__ import annotations

from datetime import datetime

from . import ledger
from .models import Account, Entry
from .tiers import standing


def give(account: Account, posting: ledger.Posting, now: datetime) -> Entry:
    """Put points on a locked account, in a lot of their own; a debt is repaid first.

    Without a channel, as staff may give them, they never expire.
    """
    entry = ledger.give(account, posting, now)
    standing.settle(account, now)
    return entry
