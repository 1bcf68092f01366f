"""Starting: what is on in each channel, and what an example programme would set and bring there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Iterable, Mapping

from . import changing, examples, forecasting, host, programmes
from .examples import Example
from .rewards import catalogue
from .settings import Programme
from .surprises import campaigns


@dataclass(frozen=True)
class State:
    """What is on in a channel, named by its slug. `programme` is None where a script stored what can't be used."""

    channel: str
    currency: str
    is_on: bool
    was_set: bool
    programme: Programme | None
    rewards: int
    campaigns: int


@dataclass(frozen=True)
class Offer:
    """An example as it would be put into a channel; without a forecast where there was no order to reckon from."""

    example: Example
    programme: Programme | None
    is_set: bool
    forecast: forecasting.Forecast | None


@dataclass(frozen=True)
class Offers:
    """The examples for a channel, with the orders and customers that their forecasts rest on."""

    channel: str
    currency: str
    is_on: bool
    days: int
    orders: int
    customers: int
    each: tuple[Offer, ...]


def everywhere(channels: Iterable[host.Channel], now: datetime) -> list[State]:
    """What is on in each of these channels."""
    stored, rewards = programmes.stored(), catalogue.numbers_on_offer(now)
    running = campaigns.numbers_running(now)
    return [
        State(
            channel=channel.slug,
            currency=channel.currency,
            is_on=active,
            was_set=channel.id in stored,
            programme=changing.typed(values),
            rewards=rewards.get(channel.id, 0),
            campaigns=running.get(channel.id, 0),
        )
        for channel in channels
        for active, values in [stored.get(channel.id, (False, {}))]
    ]


def offers(channel: host.Channel, now: datetime) -> Offers:
    """The examples for a channel, each with its forecast."""
    is_on, stored = changing.stored(channel)
    sold, ahead = forecasting.sold(channel, now), forecasting.Forecaster(channel, now)

    def offer(example: Example) -> Offer:
        wanted = {**stored, **_values(channel, example, stored, sold)}
        programme = changing.typed(wanted)
        forecast = ahead.forecast(programme) if programme is not None and sold.orders else None
        return Offer(example, programme, changing.is_same(stored, wanted), forecast)

    each = tuple(map(offer, Example))
    return Offers(channel.slug, channel.currency, is_on, forecasting.DAYS, sold.orders, sold.customers, each)


def values(channel: host.Channel, example: Example, now: datetime) -> dict[str, str]:
    """What an example sets in a channel, as text."""
    _active, stored = changing.stored(channel)
    return _values(channel, example, stored, forecasting.sold(channel, now))


def _values(
    channel: host.Channel, example: Example, stored: Mapping[str, str], sold: forecasting.Sold
) -> dict[str, str]:
    by = examples.factor(sold.usual_order, host.decimals(channel.currency))
    return examples.values(example, by, stored)
