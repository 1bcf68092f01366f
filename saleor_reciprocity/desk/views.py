"""Views: the door of the desk: the shell that everybody may load, and the fragments that only a token fills."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, override

from saleor_reciprocity import deployment, host, pages, settings

from . import execution, forms, rendering, session
from .documents import Operation, document
from .pages import HOME, PAGES, Page

ADDRESS = "desk"
RIGHTS = "{ loyaltyRights { permission isGranted } }"
CHANNELS = "{ loyaltyChannels { slug } }"
_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors {ancestors}"
)


@dataclass(frozen=True)
class Sent:
    """What became of a form: done, or wrong in some fields; and what was typed into it."""

    form: QueryDict
    operation: str
    wrong: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        """Whether it was done."""
        return not self.wrong

    @property
    def is_trial(self) -> bool:
        """Whether it only tries something: what was typed stays."""
        return self.operation.startswith("Try")


def respond(request: HttpRequest, path: str) -> HttpResponse:
    """The answer to a request for what follows the desk's address."""
    path = path.strip("/")
    with override(pages.language_of(request)):
        return _framed(_answer(request, path))


def _answer(request: HttpRequest, path: str) -> HttpResponse:
    if path == "session" and request.method == "POST":
        return session.respond(request)
    if request.META.get("HTTP_DESK") == "fragment" and request.method in ("GET", "POST"):
        response = _fragment(request, path)
        response["Desk"] = "fragment"  # by which the shell knows it from what a server in between says
        response["Content-Language"] = get_language()
        return response
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    return _shell(request, path)


def _shell(request: HttpRequest, path: str) -> HttpResponse:
    """The page that holds the token and brings the others in; it says nothing of the shop but its name."""
    nonce = secrets.token_urlsafe(16)
    context = {"nonce": nonce, "path": path, "shop": host.shop_name()}
    response = HttpResponse(rendering.rendered("shell", context))
    ancestors = " ".join(deployment.framers()) or "'none'"
    response["Content-Security-Policy"] = _POLICY.format(nonce=nonce, ancestors=ancestors)
    return response


def _fragment(request: HttpRequest, path: str) -> HttpResponse:
    if not request.META.get("HTTP_AUTHORIZATION"):
        return _said("signed_out", 401)
    page = PAGES.get(path or _home(request))
    if page is None:
        return _said("nowhere", 404)
    sent = _sent(request, page) if request.method == "POST" else None
    return _filled(request, page, request.GET, sent)


def _home(request: HttpRequest) -> str:
    """The first page of the menu that the reader may see."""
    granted = _granted(request)
    return next((page.path for page in PAGES.values() if page.menu and page.right in granted), HOME)


def _granted(request: HttpRequest) -> set[str]:
    """The permissions that the reader holds."""
    held = execution.executed(request, RIGHTS, {}).data.get("loyaltyRights") or ()
    return {one["permission"] for one in held if one["isGranted"]}


def _channels(request: HttpRequest) -> list[str]:
    """The channels in which the reader may act. Where the shop has one there is no question."""
    slugs = [channel.slug for channel in host.channels()]
    if len(slugs) > 1:
        slugs = [one["slug"] for one in execution.executed(request, CHANNELS, {}).data.get("loyaltyChannels") or ()]
    return slugs


def _sent(request: HttpRequest, page: Page) -> Sent:
    form = request.POST
    name = form.get("operation", "")
    operation = document(page.name).mutations.get(name)
    if operation is None:
        return Sent(form, name, {"": rendering.UNKNOWN_FORM})
    values, wrong = forms.variables(operation.declared, form)
    if wrong:
        return Sent(form, name, wrong)
    answer = execution.executed(request, operation.text, values)
    (payload,) = answer.data.values() if answer.data else (None,)
    if payload is None:
        return Sent(form, name, {"": rendering.reason(answer)})
    return Sent(form, name, forms.refusals(payload.get("errors") or (), form), payload)


def _filled(request: HttpRequest, page: Page, asked: QueryDict, sent: Sent | None) -> HttpResponse:
    query = document(page.name).query
    answer = execution.Answer({})
    if query is not None:
        if query.needs_channel and not asked.get("channel"):
            asked = _in_first_channel(request, asked)
            if not asked.get("channel"):
                return _said("no_channel", 404)
        answer = _answered(request, query, asked)
        if answer.is_refused and answer.is_empty and query.may_name_channel and not asked.get("channel"):
            asked = _in_first_channel(request, asked)  # what is of all channels is refused to who may act in some
            answer = _answered(request, query, asked)
    if (answer.errors and answer.is_empty) or answer.lacks(page.right):
        return _failed(request, page, answer)
    context = {**_surroundings(request, page, asked), "sent": sent, "missing": rendering.missing(answer), **answer.data}
    text = rendering.rendered(page.name, context)
    if sent and not sent.is_done and not context["shown"]:  # what it was about is no longer there
        text = rendering.rendered("wrong", {"wrong": " ".join(map(str, sent.wrong.values()))}) + text
    response = HttpResponse(text, status=422 if sent and not sent.is_done else 200)
    response["Desk-Address"] = page.path + (f"?{asked.urlencode()}" if asked else "")
    if context["shown"]:
        response["Desk-Typed"] = "shown"  # a form still holds what was typed, for another try
    return response


def _in_first_channel(request: HttpRequest, asked: QueryDict) -> QueryDict:
    """What is asked, of the first channel in which the reader may act, if there is one."""
    of_one = asked.copy()
    of_one["channel"] = next(iter(_channels(request)), "")
    return of_one


def _answered(request: HttpRequest, query: Operation, asked: QueryDict) -> execution.Answer:
    values, _wrong = forms.variables(query.declared, asked)
    return execution.executed(request, query.text, values)


def _surroundings(request: HttpRequest, page: Page, asked: QueryDict) -> dict[str, Any]:
    """What every template may need. A key is new for each form that is shown, and sent again with it."""
    base = {"base": _base(request), "page": page, "asked": asked, "fresh_key": secrets.token_urlsafe(16), "shown": []}
    places = [one for one in PAGES.values() if one.menu]
    channels = SimpleLazyObject(partial(_channels, request))
    reaches_all = SimpleLazyObject(lambda: len(channels) == len(host.channels()))
    return {**base, "places": places, "channels": channels, "reaches_all": reaches_all, "now": timezone.now()}


def _failed(request: HttpRequest, page: Page, answer: execution.Answer) -> HttpResponse:
    if not execution.is_signed_in(request):
        return _said("signed_out", 401)
    if answer.is_refused or answer.lacks(page.right):
        granted = _granted(request)
        lacking = next((right for right in (page.right, page.also) if right and right not in granted), "")
        return _said("refused", 403, {"right": lacking})
    return _said("failed", 502, {"reason": rendering.reason(answer)})


def _said(template: str, status: int, context: Mapping[str, Any] | None = None) -> HttpResponse:
    return HttpResponse(rendering.rendered(template, context or {}), status=status)


def _base(request: HttpRequest) -> str:
    """The path of the desk, with a slash at its end."""
    before, _mark, _after = request.path.partition(f"/{settings.PLUGIN_ID}/{ADDRESS}")
    return f"{before}/{settings.PLUGIN_ID}/{ADDRESS}/"


def _framed(response: HttpResponse) -> HttpResponse:
    """The headers of every page of ours, but for those that forbid the shop's own Dashboard to show it."""
    response = pages.secured(response)
    del response["X-Frame-Options"]
    if not deployment.framers():
        response["X-Frame-Options"] = "DENY"
    return response
