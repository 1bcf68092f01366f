"""Pages: where a customer answers. Reading changes nothing; the token in the address stands for the invitation.

That token is all the protection a form needs here: there is no session or cookie that another site could make use of,
and who does not know the address can't send the form.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override

from saleor_reciprocity import errors, host, languages, links, names, pages, programmes

from . import questions, responses
from .models import HANDED_OVER, AskedProduct, Invitation, Way
from .responses import LONGEST_COMMENT, Given, Record
from .scores import answers_of

PAGE = PURPOSE = "survey"
LINK_AGE = timedelta(days=60)

_FORM = "saleor_reciprocity/pages/survey.html"
_THANKS = "saleor_reciprocity/pages/survey_thanks.html"
_ALREADY = "saleor_reciprocity/pages/survey_already.html"


def address_of(invitation: Invitation, now: datetime, way: str = Way.MAIL) -> str:
    """The address at which an invitation is answered; `?score=4` after it preselects an answer.

    `way` is how the customer gets it, which is signed with it: of the message, or one of those that a shop hands over.
    """
    subject = f"{invitation.pk}-{way}" if way in HANDED_OVER else str(invitation.pk)
    return links.address_of(PAGE, links.token_for(PURPOSE, subject, now))


def survey(request: HttpRequest, token: str, now: datetime) -> HttpResponse:
    """The form, and what becomes of it when it is sent. Raises BadLink for links that lead nowhere."""
    number, _mark, way = links.subject_of(PURPOSE, token, now, LINK_AGE).partition("-")
    found = responses.invited if request.method == "POST" else responses.open_invitation
    invitation = found(int(number), way or Way.MAIL)
    if invitation is None:
        raise links.BadLink
    if request.method != "POST":
        return _form(request, invitation, now)
    return _submit(request, invitation, way or Way.MAIL, now)


def _form(request: HttpRequest, invitation: Invitation, now: datetime) -> HttpResponse:
    kept = responses.unfinished(invitation)
    chosen = number_in(request.GET.get("score", ""))
    score = chosen if chosen in answers_of(invitation.question) else kept.score
    return _rendered(request, invitation, now, Given(score, kept.comment, kept.ratings))


def _submit(request: HttpRequest, invitation: Invitation, way: str, now: datetime) -> HttpResponse:
    given = _given(request, invitation)
    try:
        return _answer(request, invitation, given, way, now)
    except errors.Busy:
        return _rendered(request, invitation, now, given, busy=True)


def _answer(request: HttpRequest, invitation: Invitation, given: Given, way: str, now: datetime) -> HttpResponse:
    finishing = request.POST.get("action") != "keep"
    if finishing and given.score is not None:
        taken = responses.take(invitation, given, now, Record(way))
        return _page(request, _THANKS if taken.is_first else _ALREADY, invitation, _thanks(invitation, taken, now))
    if not responses.keep(invitation, given, now, way):
        return _page(request, _ALREADY, invitation, {})
    return _rendered(request, invitation, now, given, missing=finishing, kept=not finishing)


def _thanks(invitation: Invitation, taken: responses.Taken, now: datetime) -> dict[str, Any]:
    version = programmes.current(invitation.channel_id, now)
    called = version.programme.points_name if version is not None else ""
    with override(languages.nearest(invitation.language)):
        return {"points": taken.points, **names.words(called, taken.points)}


def _given(request: HttpRequest, invitation: Invitation) -> Given:
    score = number_in(request.POST.get("score", ""))
    stars = {
        product_id: number_in(request.POST.get(f"product-{product_id}", ""))
        for product_id in invitation.products.values_list("product_id", flat=True)
    }
    return Given(
        score=score if score in answers_of(invitation.question) else None,
        comment=request.POST.get("comment", ""),
        ratings={product_id: number for product_id, number in stars.items() if number is not None},
    )


def number_in(text: str) -> int | None:
    """The number of a choice that a form sent, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else None


def _rendered(
    request: HttpRequest,
    invitation: Invitation,
    now: datetime,
    given: Given,
    *,
    missing: bool = False,
    kept: bool = False,
    busy: bool = False,
) -> HttpResponse:
    with override(languages.nearest(invitation.language)):
        context = {
            "wording": wording_of(invitation.channel_id, invitation.question, now),
            "stars": questions.star_choices(),
            "products": [
                {"id": product.product_id, "name": product.name, "stars": given.ratings.get(product.product_id)}
                for product in _rateable(invitation, now)
            ],
            "given": given,
            "longest": LONGEST_COMMENT,
            "missing": missing,
            "kept": kept,
            "busy": errors.Busy().message if busy else "",
        }
    return _page(request, _FORM, invitation, context, status=503 if busy else 422 if missing else 200)


def wording_of(channel_id: str, question: str, now: datetime, *, is_open: bool = False) -> questions.Wording:
    """A question in the active language, in the shop's own words as long as it asks the same in the channel."""
    version = programmes.current(channel_id, now)
    asks_the_same = version is not None and version.programme.survey_question == question
    own = version.programme.survey_text if version is not None and asks_the_same else ""
    return questions.wording_of(question, own, host.shop_name(), is_open=is_open)


def _rateable(invitation: Invitation, now: datetime) -> list[AskedProduct]:
    version = programmes.current(invitation.channel_id, now)
    wanted = version is not None and version.programme.survey_product_ratings
    return list(invitation.products.order_by("pk")) if wanted else []


def _page(
    request: HttpRequest, template: str, invitation: Invitation, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {"shop": host.shop_name(), "order_number": invitation.order_number, **context}
    return pages.rendered(request, template, context, invitation.language, status)
