"""Consent: whether somebody may be written to, on which legal basis, and what people choose about it.

What a person said last counts, before anything else. Without a word of theirs it depends on the source of consent that
the shop has named on the plugin's page; as long as it has named none, nothing that needs consent is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db.models import Q, QuerySet

from saleor_reciprocity import errors, host, identity, inputs, settings
from saleor_reciprocity.locking import locking

from .kinds import KINDS, needs_consent
from .models import CommunicationChoice, Mail

ALL = ""  # in the place of a kind: all kinds that need consent
UNPROVED = ""  # in the place of an address' hash: said by a user who had not proved the address

# What was said last about a kind `k.kind`, or about all of them, by whoever is `p` with `hash` and `user_id`: `wanted`,
# as `choices` and `latest_among` find it for one person and a kind that needs consent.
SAID = f"""
SELECT c.wanted FROM reciprocity_communicationchoice c
WHERE (c.person = p.hash OR c.user_id = p.user_id) AND c.kind IN (k.kind, '{ALL}')
  AND NOT (c.person = '{UNPROVED}' AND c.wanted)
ORDER BY c.id DESC LIMIT 1
"""  # noqa: S608 - constants


class Why(str, Enum):
    """Why somebody may be written to, or not."""

    CONSENT = "consent"  # they said so
    EXISTING_CUSTOMER = "existing customer"  # they bought, under terms that the shop has confirmed
    ASKED_FOR = "asked for"  # the message answers a request of theirs
    PROGRAMME_OFF = "programme off"
    SWITCHED_OFF = "switched off by the shop"
    NO_SOURCE = "the shop has named no source of consent"
    NO_CONSENT = "no consent"
    NOT_WANTED = "not wanted"  # they said no
    NO_ADDRESS = "no address"


@dataclass(frozen=True)
class Verdict:
    """Whether somebody may be written to, and why. `choice_id` names their own word, where that decided."""

    allowed: bool
    why: Why
    choice_id: int | None = None


def may_write(person: host.Person, kind: str, channel_id: str, now: datetime) -> Verdict:
    """Whether a person may be sent a message of this kind in this channel now. Reads only; cheap enough to ask twice.

    PROGRAMME_OFF may be otherwise tomorrow; the other reasons against it are the shop's or the person's will.
    """
    return verdict(settings_of(channel_id), person, kind, now)


def verdict(programme: settings.Programme | None, person: host.Person, kind: str, now: datetime) -> Verdict:
    """The same under settings that were read already."""
    if programme is None:
        return Verdict(False, Why.PROGRAMME_OFF)
    if not getattr(programme, KINDS[kind].setting):
        return Verdict(False, Why.SWITCHED_OFF)
    if not person.email:
        return Verdict(False, Why.NO_ADDRESS)
    said = latest_among(choices(identity.email_hash(person.email), person.user_id), kind)
    if said is not None and not said.wanted:
        return Verdict(False, Why.NOT_WANTED, said.pk)
    if not KINDS[kind].needs_consent:
        return Verdict(True, Why.ASKED_FOR)
    if programme.mail_consent == settings.NO_CONSENT_SOURCE:
        return Verdict(False, Why.NO_SOURCE)
    if said is not None:
        return Verdict(True, Why.CONSENT, said.pk)
    if programme.mail_consent == settings.EXISTING_CUSTOMERS and host.earlier_orders(person, now, 1):
        return Verdict(True, Why.EXISTING_CUSTOMER)
    return Verdict(False, Why.NO_CONSENT)


def settings_of(channel_id: str) -> settings.Programme | None:
    """What the shop has set for a channel, or None where the programme is off or its settings can't be used."""
    active, values = host.plugin_configuration(settings.PLUGIN_ID, channel_id)
    try:
        return inputs.parse(values) if active else None
    except inputs.InvalidSettings:
        return None


def latest_choice(person: host.Person, kind: str) -> CommunicationChoice | None:
    """What a person said last about a kind: about it alone or, where it needs consent, about all of them.

    Who has not proved the address sees their own words only.
    """
    if person.owns_address:
        return latest_among(choices(identity.email_hash(person.email), person.user_id), kind)
    return latest_among(CommunicationChoice.objects.filter(user_id=person.user_id, person=UNPROVED), kind)


def latest_among(said: QuerySet, kind: str) -> CommunicationChoice | None:
    """The newest of somebody's choices that decides about a kind."""
    deciding = [kind, ALL] if needs_consent(kind) else [kind]
    return said.filter(kind__in=deciding).order_by("-pk").first()


def choices(person: str, user_id: int | None) -> QuerySet:
    """All that counts for an address, by its hash, and a user; a yes that was said before the proof does not."""
    mine = Q(person=person)
    said = CommunicationChoice.objects.filter(mine | Q(user_id=user_id) if user_id is not None else mine)
    return said.exclude(person=UNPROVED, wanted=True)


def wanted_unasked(programme: settings.Programme | None, kind: str) -> bool:
    """Whether a kind is sent to a customer who has said nothing about it."""
    if programme is None:
        return False
    return not needs_consent(kind) or programme.mail_consent == settings.EXISTING_CUSTOMERS


def choose(person: host.Person, kind: str, wanted: bool, origin: str, now: datetime) -> None:
    """Keep what a person said about a kind, or ALL, with its time and origin. It counts from now on.

    For the address it counts if the person has proved it, else for the user alone.
    """
    under = identity.email_hash(person.email) if person.owns_address else UNPROVED
    keep(under, person.user_id, kind, wanted, origin, now)


def keep(person: str, user_id: int | None, kind: str, wanted: bool, origin: str, now: datetime) -> None:
    """Keep a word of whoever is known by this hash and this user.

    Of their earlier words about the same kind only those stay on which a message rests: they are the proof of consent.
    Raises NotFound for a user who is gone, and Busy.
    """
    said = CommunicationChoice.objects.filter(person=person, user_id=user_id, kind=kind)
    with locking():
        if user_id is not None and not host.hold_user(user_id):
            raise errors.NotFound
        earlier = list(said.values_list("pk", flat=True))
        CommunicationChoice.objects.create(
            person=person, user_id=user_id, kind=kind, wanted=wanted, chosen_at=now, origin=origin
        )
        CommunicationChoice.objects.filter(pk__in=set(earlier) - _relied_on(earlier, person, user_id)).delete()


def basis_of(verdict: Verdict) -> str:
    """What is kept with a message as its legal basis: why it may be sent, and the word that decided, if one did."""
    return verdict.why.value if verdict.choice_id is None else f"{verdict.why.value} {verdict.choice_id}"


def _relied_on(choice_ids: list[int], person: str, user_id: int | None) -> set[int]:
    """Those of some words of a person on which a message of theirs rests."""
    bases = {basis_of(Verdict(True, Why.CONSENT, choice_id)): choice_id for choice_id in choice_ids}
    mine = Q(person=person) | Q(user_id=user_id) if user_id is not None else Q(person=person)
    rest = Mail.objects.filter(mine, basis__in=list(bases)).values_list("basis", flat=True)
    return {bases[basis] for basis in rest}
