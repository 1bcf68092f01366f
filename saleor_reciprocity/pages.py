"""Pages: how every page of the plugin is rendered, and the headers that protect it."""

from __future__ import annotations

import secrets
from typing import Any, Mapping

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import get_language_bidi, override

from . import languages

# The page is all there is: no script, no image, no frame, nothing from elsewhere. The nonce is for its one style sheet.
_POLICY = "default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}

RETRY_AFTER = 10  # seconds, for whatever sends a request again by itself


def language_of(request: HttpRequest) -> str:
    """The translated language that a browser asks for."""
    return languages.accepted(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))


def rendered(
    request: HttpRequest, template: str, context: Mapping[str, Any], language: str = "", status: int = 200
) -> HttpResponse:
    """A page from a template that extends `saleor_reciprocity/pages/base.html`, in a language or the browser's."""
    nonce = secrets.token_urlsafe(16)
    code = languages.nearest(language) if language else language_of(request)
    with override(code):
        surroundings = {"nonce": nonce, "language": code, "direction": "rtl" if get_language_bidi() else "ltr"}
        text = loader.render_to_string(template, {**surroundings, **context}, request)
    response = HttpResponse(text, status=status)
    response["Content-Security-Policy"] = _POLICY.format(nonce=nonce)
    response["Content-Language"] = code
    return response


def neutral(request: HttpRequest) -> HttpResponse:
    """The one page for every link that leads nowhere, whatever the reason."""
    return rendered(request, "saleor_reciprocity/pages/neutral.html", {}, status=404)


def busy(request: HttpRequest, message: str) -> HttpResponse:
    """The page for a request that somebody else held up for too long: nothing was changed, and it can be sent again."""
    response = rendered(request, "saleor_reciprocity/pages/busy.html", {"message": message}, status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def secured(response: HttpResponse) -> HttpResponse:
    """The response with the headers that every page has, where it has none of its own by that name."""
    for name, value in {"Content-Security-Policy": _POLICY.format(nonce="none"), **_HEADERS}.items():
        if not response.has_header(name):
            response[name] = value
    return response
