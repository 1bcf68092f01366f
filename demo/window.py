"""The demo's shop window: plain pages on the real API, a mailbox, and a way to let time pass. For one machine only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from saleor_reciprocity import storefront

from . import clock, past
from .mailbox import in_folder

PAGES = Path(__file__).resolve().parent / "pages"
MOST = 12  # mails on a page
ASSETS = {"shop.js": "text/javascript", "shop.css": "text/css"}
ELEMENT = f"/plugins/saleor_reciprocity/storefront/{storefront.ELEMENT}"


def page(request: HttpRequest, name: str) -> HttpResponse:
    """A page of the shop: the frame that all have, with what this one shows."""
    content = (PAGES / f"{name}.html").read_text()
    integrity = storefront.integrity(storefront.files()[storefront.ELEMENT].read_bytes())
    frame = (PAGES / "frame.html").read_text()
    for mark, text in (("CONTENT", content), ("ELEMENT", ELEMENT), ("INTEGRITY", integrity)):
        frame = frame.replace(f"<!--{mark}-->", text)
    return HttpResponse(frame)


def asset(request: HttpRequest, name: str) -> HttpResponse:
    if name not in ASSETS:
        raise Http404
    return HttpResponse((PAGES / name).read_bytes(), content_type=f"{ASSETS[name]}; charset=utf-8")


def people(request: HttpRequest) -> HttpResponse:
    """The sample customers, and their one password."""
    listed = [{"name": each.name, "email": each.email, "about": each.about} for each in past.PEOPLE]
    return JsonResponse({"password": past.PASSWORD, "people": listed})


def mails(request: HttpRequest) -> HttpResponse:
    """The newest mails that were really sent, to one address or to all."""
    wanted = request.GET.get("to", "")
    found = [mail for mail in in_folder(Path(settings.EMAIL_FILE_PATH))() if wanted in ("", mail["To"])]
    return JsonResponse({"mails": [_shown(mail) for mail in found[: -MOST - 1 : -1]]})


def _shown(mail: Any) -> dict[str, str]:
    body = mail.get_body(("html", "plain"))
    text = body.get_content() if body else ""
    html = text if body and body.get_content_subtype() == "html" else f"<pre>{re.sub('[<>&]', ' ', text)}</pre>"
    here = re.sub(r"https?://[^/\"]+/plugins/", "/plugins/", html)  # the shop may listen at another port
    return {"to": str(mail["To"]), "subject": str(mail["Subject"]), "date": str(mail["Date"]), "html": here}


@csrf_exempt
def time(request: HttpRequest) -> HttpResponse:
    """What day it is; a POST ships what is open, or lets a month pass."""
    done: dict[str, Any] = {}
    if request.method == "POST" and request.POST.get("action") == "ship":
        done["shipped"] = past.ship_everything()
    elif request.method == "POST":
        past.let_a_month_pass()
    return JsonResponse({"now": clock.now().isoformat(), "days": clock.days_ahead(), **done})
