"""Handouts: a link to the question about one order that the shop hands over itself, as text or on paper."""

from __future__ import annotations

from datetime import datetime

from saleor_reciprocity import errors, host, programmes, settings
from saleor_reciprocity.locking import locking

from . import queue, responses
from .models import Invitation


def hand_out(order_id: str | None, now: datetime) -> Invitation:
    """The invitation of an order, to which links can be handed over from its placing on, before a message or without.

    Raises NotFound, Busy, NobodyAsked where the channel asks nothing, HeldOut, and AlreadyAnswered.
    """
    order = host.order(order_id) if order_id else None
    if order is None or order.state is not host.OrderState.PLACED:
        raise errors.NotFound(field="orderId")
    programme = asking(order.channel_id, now)
    with locking():
        invitation = queue.hand_out(order, programme, now)
    if invitation is None:
        raise errors.HeldOut
    if responses.is_answered(invitation):
        raise errors.AlreadyAnswered
    return invitation


def asking(channel_id: str, now: datetime) -> settings.Programme:
    """What is set in a channel that asks a question. Raises NobodyAsked where there is none."""
    version = programmes.current(channel_id, now)
    if version is None or not version.active or version.programme.survey_question == settings.NO_QUESTION:
        raise errors.NobodyAsked
    return version.programme
