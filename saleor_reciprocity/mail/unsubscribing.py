"""Unsubscribing: the links under every message, and the page and the one click behind them. No cookie, no sign-in."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from saleor_reciprocity import host, identity, links, pages
from saleor_reciprocity.locking import locking

from . import consent, kinds
from .kinds import FOR_CUSTOMERS, KINDS
from .models import Mail

UNSUBSCRIBE, PREFERENCES = "unsubscribe", "preferences"
TEMPLATES = "saleor_reciprocity/pages"


def addresses(mail: Mail, now: datetime) -> dict[str, str]:
    """The links under a message: the click that ends it, and the page of preferences. They never grow too old.

    A message to the shop has none.
    """
    if kinds.is_for_shop(mail.kind):
        return {UNSUBSCRIBE: "", PREFERENCES: ""}
    return {
        page: links.address_of(page, links.token_for(page, str(mail.pk), now)) for page in (UNSUBSCRIBE, PREFERENCES)
    }


def unsubscribe(request: HttpRequest, token: str, now: datetime) -> HttpResponse:
    """GET asks; POST, also the one click of a mail program (RFC 8058), ends it for good. Again changes nothing."""
    mail = _mail(UNSUBSCRIBE, token, now)
    if request.method == "POST":
        end(mail, now)
    kind = KINDS.get(mail.kind)  # None of a message that a newer worker sent
    context = {
        "shop": host.shop_name(),
        "done": request.method == "POST",
        "kind": kind.label if kind else "",
        "needs_consent": kinds.needs_consent(mail.kind),
        "preferences": addresses(mail, now)[PREFERENCES],
    }
    return pages.rendered(request, f"{TEMPLATES}/unsubscribe.html", context, _language(mail))


def preferences(request: HttpRequest, token: str, now: datetime) -> HttpResponse:
    """A switch for every kind of message. What they say is kept, with the time and that it was said here."""
    mail = _mail(PREFERENCES, token, now)
    if request.method == "POST":
        _keep(mail, request, now)
    context = {
        "shop": host.shop_name(),
        "saved": request.method == "POST",
        "kinds": [
            {"name": kind.name, "label": kind.label, "wanted": _wanted(mail, kind.name)}
            for kind in FOR_CUSTOMERS.values()
        ],
    }
    return pages.rendered(request, f"{TEMPLATES}/preferences.html", context, _language(mail))


def end(mail: Mail, now: datetime) -> None:
    """End this kind of message for its person, and all kinds that need consent."""
    with _alone(mail):
        for kind in (consent.ALL, mail.kind):
            said = _choices(mail).filter(kind=kind).order_by("-pk").first()
            if said is None or said.wanted or _wanted(mail, mail.kind):
                _say(mail, kind, False, "unsubscribed", now)


def _keep(mail: Mail, request: HttpRequest, now: datetime) -> None:
    with _alone(mail):
        for kind in FOR_CUSTOMERS:
            wanted = request.POST.get(kind) == "on"
            said = consent.latest_among(_choices(mail), kind)
            if said is None or (said.kind, said.wanted) != (kind, wanted):
                _say(mail, kind, wanted, "page", now)


@contextmanager
def _alone(mail: Mail) -> Iterator[None]:
    """A transaction in which nobody else says anything for the person at the same time; all of it or nothing.

    Raises Busy when somebody else takes too long for that.
    """
    with locking():
        if mail.user_id is not None:
            host.hold_user(mail.user_id)
        identity.let_one_in(mail.person)
        yield


def _say(mail: Mail, kind: str, wanted: bool, origin: str, now: datetime) -> None:
    consent.keep(mail.person, mail.user_id, kind, wanted, f"{origin}:{mail.pk}", now)


def _wanted(mail: Mail, kind: str) -> bool:
    said = consent.latest_among(_choices(mail), kind)
    return said.wanted if said is not None else consent.wanted_unasked(consent.settings_of(mail.channel_id), kind)


def _choices(mail: Mail) -> QuerySet:
    return consent.choices(mail.person, mail.user_id)


def _mail(purpose: str, token: str, now: datetime) -> Mail:
    subject = links.subject_of(purpose, token, now, max_age=None)
    mail = Mail.objects.filter(pk=subject).exclude(person="").first()
    if mail is None:
        raise links.BadLink
    return mail


def _language(mail: Mail) -> str:
    return mail.language or host.recipient(mail.user_id, mail.order_id).language
