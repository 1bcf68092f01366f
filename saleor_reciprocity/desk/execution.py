"""Execution: a GraphQL document, run in process by the host's own view as the bearer of a request's token.

So a page may do what its reader may do through the API and nothing else, and every bound of the API holds.
"""

from __future__ import annotations

import json
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Mapping

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from django.urls import resolve, reverse

# What was found out about the outer request is found out again for the inner one.
_LEARNED = ("user", "app", "requestor", "_cached_user", "decoded_auth_token", "dataloaders", "headers", "_post")
_REFUSED = "PermissionDenied"


@dataclass(frozen=True)
class Answer:
    """What a document gave: data by the name of the root field, and what went wrong, as GraphQL says it."""

    data: Mapping[str, Any]
    errors: tuple[Mapping[str, Any], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no root field has a value."""
        return all(value is None for value in self.data.values())

    @property
    def is_refused(self) -> bool:
        """Whether something was refused for want of a permission."""
        return any(_kind(error) == _REFUSED for error in self.errors)

    @property
    def has_failed(self) -> bool:
        """Whether something is missing for another reason than the want of a permission."""
        return any(_kind(error) != _REFUSED for error in self.errors)

    def lacks(self, right: str) -> bool:
        """Whether a document that asked for the rights of its reader says that this one is not among them."""
        asked = self.data.get("loyaltyRights", ())
        held = [one["permission"] for one in asked or () if one["isGranted"]]
        return bool(right) and asked != () and right not in held


def _kind(error: Mapping[str, Any]) -> str:
    return str(error.get("extensions", {}).get("exception", {}).get("code", ""))


def executed(request: HttpRequest, text: str, variables: Mapping[str, Any]) -> Answer:
    """What a document with one operation gives to the bearer of the token in a request's header `Authorization`."""
    body = json.dumps({"query": text, "variables": variables}, cls=DjangoJSONEncoder).encode()
    inner = _request_to_api(request, body)
    response = resolve(inner.path).func(inner)
    answer = json.loads(response.content, parse_float=Decimal)
    return Answer(answer.get("data") or {}, tuple(answer.get("errors") or ()))


def is_signed_in(request: HttpRequest) -> bool:
    """Whether the token of a request stands for somebody."""
    return bool(executed(request, "{ me { id } }", {}).data.get("me"))


def _request_to_api(request: HttpRequest, body: bytes) -> Any:
    """The same caller's request to the API. No cookie goes along: it would speak for whoever reads another site."""
    inner: Any = copy(request)
    for name in _LEARNED:
        inner.__dict__.pop(name, None)
    inner.path = inner.path_info = reverse("api")
    inner.method, inner.content_type, inner.COOKIES, inner._body = "POST", "application/json", {}, body
    kept = {name: value for name, value in request.META.items() if name != "HTTP_COOKIE"}
    inner.META = {
        **kept,
        "REQUEST_METHOD": "POST",
        "PATH_INFO": inner.path,
        "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
    }
    return inner
