"""What the tests of surveys share: orders that have arrived, people who were asked, and their answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from saleor_reciprocity import host, identity, settlement
from saleor_reciprocity.mail import outbox
from saleor_reciprocity.programmes import SettingsVersion
from saleor_reciprocity.surveys import pages, queue, responses
from saleor_reciprocity.surveys.models import Answer, Invitation
from saleor_reciprocity.surveys.responses import Given

from .. import hosts


def ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def arrived(buyer: Any, days: float = 8, lines: Any = (("40", 1),), **options: Any) -> Any:
    """An order that was shipped so many days ago, and settled."""
    order = hosts.order(buyer, list(lines), placed_at=ago(days + 1), **options)
    hosts.ship_at(order, ago(days))
    settlement.settle(host.order_id(order))
    return order


def invitation_of(order: Any) -> Invitation:
    return Invitation.objects.get(order_id=host.order_id(order))


def state_of(order: Any) -> str:
    return str(invitation_of(order).state)


def invited(buyer: Any = "guest@example.com", **options: Any) -> Invitation:
    """An invitation that was handed over."""
    order = arrived(buyer, **options)
    queue.invite_due(timezone.now())
    invitation = invitation_of(order)
    assert invitation.state == "invited", invitation.state
    return invitation


def answered(buyer: Any = "guest@example.com", score: int = 5, comment: str = "", **options: Any) -> Answer:
    """An answer to an invitation."""
    ratings = options.pop("ratings", {})
    invitation = invited(buyer, **options)
    assert responses.take(invitation, Given(score, comment, ratings), timezone.now()).is_first
    return Answer.objects.get(invitation=invitation)


def path_of(invitation: Invitation) -> str:
    """The path of the page at which an invitation is answered."""
    address = pages.address_of(invitation, timezone.now())
    return "/" + address.split("://", 1)[1].split("/", 1)[1]


def read(path: str, **headers: str) -> Any:
    return Client().get(path, **headers)


def post(path: str, **fields: Any) -> Any:
    """Send the form, as a browser does; Django checks for forgery here as it does in a shop."""
    return Client(enforce_csrf_checks=True).post(path, fields)


def since_a_year() -> None:
    """Let the newest settings be as old as a year, as if there had been no others."""
    newest = SettingsVersion.objects.order_by("since", "pk").last()
    assert newest is not None
    SettingsVersion.objects.filter(channel_id=newest.channel_id).exclude(pk=newest.pk).delete()
    SettingsVersion.objects.filter(pk=newest.pk).update(since=ago(365))


def an_answer(order_id: str, customer: Any, score: int = 5) -> Answer:
    """The answer of a customer about an order, however they came to be asked."""
    order = host.order(order_id)
    assert order is not None
    now = timezone.now()
    invitation = Invitation.objects.create(
        order_id=order_id,
        order_number=order.number,
        channel_id=order.channel_id,
        person=identity.email_hash(order.person.email),
        user=customer,
        question="csat",
        state="invited",
        made_at=now,
        invited_at=now,
    )
    person, context = host.person(customer), {"invitation": invitation.pk}
    outbox.ask("survey", f"survey:{order_id}", person, order.channel_id, now, order_id=order_id, context=context)
    responses.take(invitation, Given(score), timezone.now())
    return Answer.objects.get(invitation=invitation)


def to_be_asked(order: Any = None, buyer: Any = None, state: str = "waiting", channel_id: str = "") -> Invitation:
    """A decision about an order, of which there may be none, before anybody was asked. A guest is an address."""
    address = getattr(buyer, "email", buyer)
    return Invitation.objects.create(
        order_id=host.order_id(order) if order else "an order",
        order_number="1",
        channel_id=channel_id or hosts.open_channel().id,
        person=identity.email_hash(address) if address else "somebody",
        user=None if address is buyer else buyer,
        question="csat",
        state=state,
        due_at=timezone.now() + timedelta(days=1),
        made_at=timezone.now(),
    )
