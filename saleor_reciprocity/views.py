"""Views: the plugin's own pages at /plugins/saleor_reciprocity/, on both hosts by one function."""

from __future__ import annotations

from datetime import datetime
from typing import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone

from . import errors, identity, links, pages, storefront
from .desk import views as desk
from .mail import unsubscribing
from .surveys import open_pages
from .surveys import pages as survey_pages

Page = Callable[[HttpRequest, str, datetime], HttpResponse]

# The first part of the path, and what answers there. It is called with the request, what follows in the path, and
# the time, and raises links.BadLink where that leads nowhere, or Busy.
PAGES: dict[str, Page] = {
    survey_pages.PAGE: survey_pages.survey,
    open_pages.PAGE: open_pages.survey,
    unsubscribing.UNSUBSCRIBE: unsubscribing.unsubscribe,
    unsubscribing.PREFERENCES: unsubscribing.preferences,
    storefront.PAGE: lambda request, name, now: storefront.file(request, name),
}

_READING = ("GET", "HEAD")


def respond(request: HttpRequest, path: str) -> HttpResponse:
    """The answer to a request for what follows /plugins/saleor_reciprocity/. To read a page changes nothing, ever."""
    response = _respond(request, path)
    return _without_content(response) if request.method == "HEAD" else response


def _without_content(response: HttpResponse) -> HttpResponse:
    """The head alone: not every server keeps the rest back, and a client would take it for the next answer."""
    response["Content-Length"] = str(len(response.content))
    response.content = b""
    return response


def _respond(request: HttpRequest, path: str) -> HttpResponse:
    name, _, token = path.strip("/").partition("/")
    if name == desk.ADDRESS:
        return desk.respond(request, token)
    identity.installation_key()
    page = PAGES.get(name, _nowhere)
    if request.method == "POST":
        return pages.secured(_answer(page, request, token))
    if request.method not in _READING:
        return pages.secured(HttpResponseNotAllowed([*_READING, "POST"]))
    with transaction.atomic():
        response = _answer(page, request, token)
        transaction.set_rollback(True)
    return pages.secured(response)


def _answer(page: Page, request: HttpRequest, token: str) -> HttpResponse:
    try:
        return page(request, token, timezone.now())
    except links.BadLink:
        return pages.neutral(request)
    except errors.Busy as busy:
        return pages.busy(request, busy.message)


def _nowhere(request: HttpRequest, token: str, now: datetime) -> HttpResponse:
    raise links.BadLink
