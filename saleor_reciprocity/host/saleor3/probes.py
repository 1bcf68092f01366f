"""Probes: what the releases of Saleor 3 differ in, each told by what is there. A new release is one new column.

A column is what a test expects of that release; the code asks the probe alone, so an unknown release is served by what
it has.
"""

from __future__ import annotations

from functools import lru_cache
from inspect import signature
from typing import Callable, Mapping, NamedTuple

from saleor.channel.models import Channel
from saleor.checkout import calculations
from saleor.giftcard.models import GiftCard
from saleor.payment import models as payment
from saleor.site.models import SiteSettings


class Probe(NamedTuple):
    """How it is told, and where it is so."""

    is_so: Callable[[], bool]
    releases: tuple[bool, ...]


def _channel_context_is_in_channel() -> bool:
    from saleor.graphql import channel  # not before the host has built its schema

    return hasattr(channel, "ChannelContext")


def _asks(function: Callable[..., object], name: str) -> bool:
    return name in signature(function).parameters


_YES, _NO = True, False
RELEASES = ("3.21", "3.22", "3.23", "3.24")
PROBES: Mapping[str, Probe] = {
    "legacy payments": Probe(lambda: hasattr(payment, "Payment"), (_YES, _YES, _YES, _YES)),
    "gift cards pay": Probe(lambda: hasattr(payment.TransactionItem, "gift_card"), (_NO, _NO, _YES, _YES)),
    "gift cards are somebody's": Probe(lambda: hasattr(GiftCard, "assigned_to"), (_NO, _NO, _YES, _YES)),
    "gift cards are refused": Probe(lambda: hasattr(Channel, "allow_legacy_gift_card_use"), (_NO, _NO, _YES, _YES)),
    "stock without zones": Probe(
        lambda: hasattr(SiteSettings, "use_legacy_shipping_zone_stock_availability"), (_NO, _NO, _YES, _YES)
    ),
    "prices ask who": Probe(lambda: _asks(calculations.fetch_checkout_data, "requestor"), (_NO, _NO, _YES, _YES)),
    "prices ask where": Probe(lambda: _asks(calculations.checkout_subtotal, "address"), (_YES, _YES, _NO, _NO)),
    "channel context in channel": Probe(_channel_context_is_in_channel, (_YES, _NO, _NO, _NO)),
}


@lru_cache(maxsize=None)
def has(name: str) -> bool:
    """Whether the Saleor that this process runs in has what a probe asks for."""
    return PROBES[name].is_so()
