"""Due: draws for the people whose occasion has come, in the order of their tickets, each in a transaction of its own.

Any number of times, in any number of processes: what was drawn stays. A night that was missed is caught up within
CATCH_UP; an occasion that has passed longer ago is not drawn, nor one of before its campaign began. A campaign that has
ended draws no more: its secret is public.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Callable, Iterator, Sequence

from django.db import transaction
from django.db.models import Q

from saleor_reciprocity import host, identity, programmes, settings
from saleor_reciprocity.errors import keep_going
from saleor_reciprocity.locking import locking
from saleor_reciprocity.mail import consent, kinds
from saleor_reciprocity.points import accounts
from saleor_reciprocity.points.models import Account
from saleor_reciprocity.rewards import rounds

from . import buyers, campaigns, draw, eligibility, occasions, pasts, searching, winning
from .buyers import Seen
from .models import Campaign, Draw, Outcome
from .occasions import Happened, Past
from .searching import Found

logger = logging.getLogger(__name__)

CATCH_UP = timedelta(days=7)
BATCH = 500


def look(now: datetime, progress: Callable[[int], None] = lambda people: None) -> int:
    """Draw for everybody whose occasion has come. Returns how many draws were made. `progress` is told of everybody."""
    drawn = people = 0
    with host.allow_writer():
        for night in _nights(now):
            with keep_going(logger, "The occasions of campaign %s could not be looked for", night.campaign.pk):
                for found, made in night.draw_all():
                    drawn, people = drawn + made, people + found
                    progress(people)
    return drawn


def number(now: datetime) -> int:
    """How many people there are to look at."""
    with host.allow_writer():
        return sum(searching.number(each.campaign, each.programme, each.since, now) for each in _nights(now))


def _nights(now: datetime) -> list[_Night]:
    """What there is to look at: a row for each campaign."""
    found = []
    for channel in host.channels():
        with keep_going(logger, "The campaigns of channel %s could not be read", channel.slug):
            version = programmes.current(channel.id, now)
            if version is not None and version.active:
                running = campaigns.on_occasions(channel.id, now)
                found += [_Night(campaign, version.programme, now) for campaign in running]
    return found


@dataclass(frozen=True)
class _Night:
    """One look of one campaign."""

    campaign: Campaign
    programme: settings.Programme
    now: datetime

    @property
    def since(self) -> datetime:
        """What was at this moment, or before, is over."""
        return max(self.now - CATCH_UP, self.campaign.starts_at)

    def draw_all(self) -> Iterator[tuple[int, int]]:
        """How many were looked at and drawn for, batch by batch. Who can't be drawn for now stops nobody else."""
        after = ""
        while batch := searching.found(self.campaign, self.programme, self.since, self.now, after, BATCH):
            after = batch[-1].ticket
            yield len(batch), rounds.one_by_one("the occasion with ticket", batch, self.draw)

    def draw(self, found: Found) -> bool:
        """Draw for one person, if it is so and was not drawn yet. Returns whether it was."""
        person = _person(found)
        if person is None:
            return False
        with locking():
            account = accounts.lock_account_of(person, self.now)
            if account.user_id is not None:
                person = host.people([account.user_id]).get(account.user_id, person)
            past = pasts.past(person, account, self.campaign, self.programme)
            happened = self._due(past) if past is not None else None
            made = past is not None and happened is not None and self._drawn(person, account, past, happened)
            if not made:
                transaction.set_rollback(True)  # with an account that was made to be locked
        return made

    def _due(self, past: Past) -> Happened | None:
        """The occasion, if it came in time, to a customer of the channel: where somebody ordered last."""
        happened = occasions.OCCASIONS[self.campaign.occasion].when(
            self.campaign, past, self.now, self.programme.time_zone
        )
        if happened is None or past.newest.channel_id != self.campaign.channel_id:
            return None
        return happened if self.since < happened.at <= self.now else None

    def _drawn(self, person: host.Person, account: Account, past: Past, happened: Happened) -> bool:
        look = host.look(past.newest.order_id, buyers.BESIDE)
        if look.order is None:
            return False
        seen = Seen.of(look, replace(look.order, person=person))
        made = self._draw_of(seen, account, happened)
        identity.let_one_in(seen.person)
        if draw.wins(made.ticket, self.campaign.probability):
            buyers.let_one_in(seen)
        seen = replace(seen, look=buyers.again(seen, account, [self.campaign], self.now))
        if self._is_drawn(seen, happened):
            return False
        winning.decide(made, self._reason_against(seen, account), seen, account)
        return True

    def _draw_of(self, seen: Seen, account: Account, happened: Happened) -> Draw:
        occasion_id = occasions.id_of(seen.person, happened.key)
        return Draw(
            campaign=self.campaign,
            order_id=occasion_id,
            person=seen.person,
            user_id=seen.order.person.user_id,
            address=seen.address,
            ticket=draw.ticket_of(self.campaign.secret, occasion_id),
            currency=seen.order.currency,
            occasion_at=happened.at,
            account=account,
            drawn_at=self.now,
            noted_at=self.now,  # there is no order on which it could be
        )

    def _is_drawn(self, seen: Seen, happened: Happened) -> bool:
        """Whether the campaign has drawn for the occasion, by whatever address the person was known then."""
        known: Sequence[str] = [seen.person, *(seen.look.beside["persons"] or ())]
        same = Q(order_id__in=[occasions.id_of(person, happened.key) for person in known])
        apart = occasions.OCCASIONS[self.campaign.occasion].apart
        near = Q(person__in=known, occasion_at__gt=happened.at - apart, occasion_at__lt=happened.at + apart)
        return Draw.objects.filter(same | near, campaign_id=self.campaign.pk).exists()

    def _reason_against(self, seen: Seen, account: Account) -> Outcome | None:
        buyer = buyers.buyer_of(seen, account, [self.campaign], self.now)
        against = eligibility.reason_against_buyer(self.campaign, buyer)
        if against is not None:
            return against
        if not self._can_tell(seen.order.person):
            return Outcome.OUT_OF_REACH
        if buyers.is_held_out(seen, self.programme.holdout_share, self.now):
            return Outcome.HELD_OUT
        return eligibility.limit_reached(self.campaign, buyer, self.now)

    def _can_tell(self, person: host.Person) -> bool:
        """Whether somebody can learn of a gift: in the account, or by a message."""
        may_write = consent.verdict(self.programme, person, kinds.SURPRISE, self.now)
        return person.user_id is not None or may_write.allowed


def _person(found: Found) -> host.Person | None:
    if found.user_id is None:
        return host.person_with_email(found.email)
    return host.people([found.user_id]).get(found.user_id)
