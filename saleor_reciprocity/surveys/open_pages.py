"""Open pages: where anybody answers who has the link of an open survey. Reading changes nothing.

The link is public, so it protects no form: what is sent carries a form that we gave out within a day, which counts
once, and comes from no other site.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override

from saleor_reciprocity import errors, host, links, pages

from . import handouts, open_surveys
from .models import OpenSurvey
from .pages import number_in, wording_of
from .responses import LONGEST_COMMENT, Given
from .scores import answers_of

PAGE = PURPOSE = "open"
FORM, FORM_AGE = "open form", timedelta(days=1)

_FORM = "saleor_reciprocity/pages/open.html"
_THANKS = "saleor_reciprocity/pages/survey_thanks.html"
_ALREADY = "saleor_reciprocity/pages/survey_already.html"


def address_of(survey: OpenSurvey) -> str:
    """The address of an open survey, always the same."""
    return links.address_of(PAGE, links.token_for(PURPOSE, str(survey.pk), survey.made_at))


def survey(request: HttpRequest, token: str, now: datetime) -> HttpResponse:
    """The form, and what becomes of it when it is sent. Raises BadLink for links that lead nowhere any more."""
    subject = links.subject_of(PURPOSE, token, now, None)
    found = OpenSurvey.objects.filter(pk=int(subject), ended_at=None).first()
    if found is None:
        raise links.BadLink
    with override(pages.language_of(request)):
        return _answer(request, Asked(found, _question_of(found, now), now))


@dataclass(frozen=True)
class Asked:
    """What is asked now by an open survey."""

    survey: OpenSurvey
    question: str
    now: datetime


def _question_of(found: OpenSurvey, now: datetime) -> str:
    try:
        return handouts.asking(found.channel_id, now).survey_question
    except errors.NobodyAsked:
        raise links.BadLink from None


def _answer(request: HttpRequest, asked: Asked) -> HttpResponse:
    sent = request.POST if request.method == "POST" else request.GET
    given = Given(number_in(sent.get("score", "")), sent.get("comment", ""))
    if request.method != "POST":
        return _rendered(request, asked, given)
    if request.META.get("HTTP_SEC_FETCH_SITE") == "cross-site":
        raise links.BadLink
    return _submit(request, asked, given)


def _submit(request: HttpRequest, asked: Asked, given: Given) -> HttpResponse:
    form, _mark, question = _form_of(request, asked.now).partition("-")
    if not form:
        return _rendered(request, asked, given, 422, _("This page was open for long. Please send it again."))
    if given.score not in answers_of(question):
        said = _("Please choose an answer. What you wrote is still there.")
        return _rendered(request, asked, given, 422, said)
    place = host.client_address(request)
    try:
        is_first = open_surveys.take(asked.survey, question, given, form, place, asked.now)
    except open_surveys.TooMany:
        said = _("Many answers have come from here. Please send yours again in an hour.")
        return _rendered(request, asked, given, 429, said)
    except errors.Busy as busy:
        return _rendered(request, asked, given, 503, busy.message)
    return pages.rendered(request, _THANKS if is_first else _ALREADY, {"shop": host.shop_name()})


def _form_of(request: HttpRequest, now: datetime) -> str:
    """The form that was given out, with its question; "" for one that is too old or none of ours."""
    try:
        return links.subject_of(FORM, request.POST.get("form", ""), now, FORM_AGE)
    except links.BadLink:
        return ""


def _rendered(request: HttpRequest, asked: Asked, given: Given, status: int = 200, said: str = "") -> HttpResponse:
    context = {
        "shop": host.shop_name(),
        "wording": wording_of(asked.survey.channel_id, asked.question, asked.now, is_open=True),
        "given": given,
        "form": links.token_for(FORM, f"{secrets.token_hex(16)}-{asked.question}", asked.now),
        "longest": LONGEST_COMMENT,
        "said": said,
    }
    return pages.rendered(request, _FORM, context, status=status)
