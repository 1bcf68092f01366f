"""Session: signing in at the desk's own address, by the host's own mutations. Nothing is kept here, nor in a cookie."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from saleor_reciprocity import host

from . import execution


def respond(request: HttpRequest) -> JsonResponse:
    """A token for an address and a password, or for what an earlier answer called `refresh`; or why there is none."""
    refresh = request.POST.get("refresh", "")
    if refresh and not host.REFRESH:
        return _refused("")
    asked, given = (host.REFRESH, {"refresh": refresh}) if refresh else (host.SIGN_IN, _credentials(request))
    request.META.pop("HTTP_AUTHORIZATION", None)
    found: Any = execution.executed(request, asked, given).data.get("session") or {}
    if not found.get("token"):
        return _refused(" ".join(error["message"] for error in found.get("errors") or ()))
    return JsonResponse({"token": found["token"], "refresh": found.get("refreshToken") or refresh})


def _credentials(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in ("email", "password")}


def _refused(message: str) -> JsonResponse:
    return JsonResponse({"message": message or _("You are signed out. Please sign in.")}, status=401)
