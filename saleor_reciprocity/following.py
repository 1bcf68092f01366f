"""Following: plans each question before anybody can be assigned, and freezes what became of people when it is due."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Iterator

from django.db.models import Max, Q, QuerySet

from . import host, inputs, programmes, settings
from .errors import keep_going
from .experiments import outcomes, plans, prospects
from .experiments.evidence import GIFT, PROGRAMME, SURVEY
from .experiments.models import Plan
from .reports import owed
from .surprises.models import Campaign, Occasion, Prize

logger = logging.getLogger(__name__)

QUESTIONS = (PROGRAMME, GIFT, SURVEY)


def plan(now: datetime) -> None:
    """Fix the plan of each question that has none and for which somebody can be assigned from now on."""
    planned = set(Plan.objects.values_list("question", flat=True))
    if planned.issuperset(QUESTIONS):
        return
    for terms in _possible(now):
        if terms.question not in planned and 0 < terms.share < 1:
            with keep_going(logger, "The question %s could not be planned", terms.question):
                plans.make(replace(terms, point_cost=_expected_cost(terms.point_cost, now)), now)
                planned.add(terms.question)


def freeze(now: datetime) -> int:
    """Freeze what is due. Returns how many outcomes were frozen."""
    return outcomes.freeze(now)


def prospect(question: str, channel: host.Channel, share: Decimal | None, now: datetime) -> prospects.Prospect:
    """What a question could show in a channel, as it is set, or with another share held out."""
    values = _values(channel, now)
    campaign = _on_orders(channel, now).first()
    wins = campaign.probability if campaign is not None else values.surprise_probability
    from_order = campaign.from_order_number if campaign is not None else values.surprise_from_order
    held_out = values.holdout_share
    as_set = {PROGRAMME: held_out, GIFT: 1 - wins, SURVEY: values.survey_holdout_share}[question]
    chosen = as_set if share is None else max(min(share, Decimal(1)), Decimal(0))
    taking_part = 1 - held_out if question == GIFT else Decimal(1)
    from_order = 1 if question == SURVEY else from_order
    return prospects.prospect(question, chosen, from_order, now, channel.id, taking_part)


def win_probability(channel: host.Channel, now: datetime) -> Decimal:
    """How often an order wins in a channel: in the campaign that runs, or as it is set."""
    campaign = _on_orders(channel, now).first()
    return campaign.probability if campaign is not None else _values(channel, now).surprise_probability


def _values(channel: host.Channel, now: datetime) -> settings.Programme:
    version = programmes.in_force(channel.id, now, now) or programmes.current(channel.id, now)
    return version.programme if version is not None else inputs.parse({})


def _running(channel: host.Channel, now: datetime) -> QuerySet:
    rows = Campaign.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), channel_id=channel.id, starts_at__lte=now)
    return rows.order_by("pk")


def _on_orders(channel: host.Channel, now: datetime) -> QuerySet:
    return _running(channel, now).filter(occasion=Occasion.ORDER)


def _possible(now: datetime) -> Iterator[plans.Terms]:
    """The questions for which somebody can be assigned, in the channel and at the probability that come first."""
    for channel in host.channels():
        version = programmes.current(channel.id, now)
        if version is None or not version.active:
            continue
        values = version.programme
        for campaign in sorted(_running(channel, now), key=lambda one: one.occasion != Occasion.ORDER):
            yield _terms(PROGRAMME, values.holdout_share, campaign.from_order_number, channel, values)
            yield _terms(GIFT, 1 - campaign.probability, campaign.from_order_number, channel, values)
        if values.survey_question != settings.NO_QUESTION:
            yield _terms(SURVEY, values.survey_holdout_share, 1, channel, values)


def _expected_cost(worth: Decimal, now: datetime) -> Decimal:
    """What a point that is given costs on average: its worth, times how many points will be redeemed."""
    return round(worth * owed.redeemed_share(now.date() - timedelta(days=1)), 8)


def _terms(
    question: str, share: Decimal, from_order: int, channel: host.Channel, values: settings.Programme
) -> plans.Terms:
    largest = Prize.objects.filter(campaign__budget__currency=channel.currency).aggregate(Max("value"))["value__max"]
    worth = values.worth_of(1) or Decimal(0)
    return plans.Terms(
        question=question,
        share=share,
        from_order=from_order,
        currency=channel.currency,
        largest_gift=largest or Decimal(0),
        point_cost=worth,
        margin=values.contribution_margin,
    )
