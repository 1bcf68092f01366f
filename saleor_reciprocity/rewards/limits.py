"""Limits: who may have a reward, and how often."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Sequence

from saleor_reciprocity import errors, host, identity
from saleor_reciprocity.points.accounts import accounts_of_person
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.points.tiers import standing

from .models import Redemption, Reward


def check(reward: Reward, account: Account, now: datetime) -> None:
    """Whether a locked account may have a reward now. Raises TierTooLow, OutOfStock or LimitReached.

    What was given back does not count. A limit is one of the person: all accounts of one address have it together, and
    one of them at a time gets here. The stock is counted again, in one conditional statement, when a piece is taken.
    """
    person = _person_of(account) if reward.limit_per_customer is not None else None
    if person is not None and person.email:
        identity.let_one_in(identity.email_hash(person.email))
    for problem in _problems([reward], account, now).values():
        raise problem


def allowed(rewards: Sequence[Reward], account: Account, now: datetime) -> list[Reward]:
    """Those that an account may have now, in as many statements for many as for one."""
    problems = _problems(rewards, account, now)
    return [reward for reward in rewards if reward.pk not in problems]


def _problems(rewards: Sequence[Reward], account: Account, now: datetime) -> dict[int, errors.ReciprocityError]:
    reached = standing.reached(account, now) if any(reward.tier for reward in rewards) else frozenset()
    had = _had([reward for reward in rewards if reward.limit_per_customer is not None], account, now)
    found: dict[int, errors.ReciprocityError] = {}
    for reward in rewards:
        if reward.tier and reward.tier not in reached:
            found[reward.pk] = errors.TierTooLow()
        elif reward.left == 0:
            found[reward.pk] = errors.OutOfStock()
        elif reward.limit_per_customer is not None and had[reward.pk] >= reward.limit_per_customer:
            found[reward.pk] = errors.LimitReached()
    return found


def _had(limited: Sequence[Reward], account: Account, now: datetime) -> Counter[int]:
    """How often whoever has an account had each of the rewards within the days that its limit is for."""
    if not limited:
        return Counter()
    person = _person_of(account)
    theirs = accounts_of_person(account, person) if person is not None else [account.pk]
    rows = Redemption.objects.filter(account__in=theirs, reward__in=[reward.pk for reward in limited])
    days = {reward.pk: reward.limit_days for reward in limited}
    return Counter(
        reward_id
        for reward_id, created_at in rows.filter(reversal=None).values_list("reward_id", "created_at")
        if days[reward_id] is None or created_at > now - timedelta(days=days[reward_id])
    )


def _person_of(account: Account) -> host.Person | None:
    """The user that an account is of; None for a guest's, which redeems nothing."""
    return host.people([account.user_id]).get(account.user_id) if account.user_id is not None else None
