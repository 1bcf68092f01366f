"""The plugin's own pages: reached on both hosts at one address, protected alike, and never changed by reading."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.translation import trans_real

from saleor_reciprocity import languages, links, pages, views
from saleor_reciprocity.mail.models import CommunicationChoice

from . import hosts

PREFIX = "/plugins/saleor_reciprocity"


def writing_page(request: HttpRequest, token: str, now: datetime) -> HttpResponse:
    if token == "bad":
        raise links.BadLink
    CommunicationChoice.objects.create(person="p", wanted=False, chosen_at="2030-01-01T00:00Z", origin="test")
    return pages.rendered(request, "saleor_reciprocity/pages/neutral.html", {})


@pytest.fixture
def page(monkeypatch: Any, channel: Any) -> None:
    monkeypatch.setitem(views.PAGES, "test", writing_page)


def test_a_page_is_served_also_while_the_programme_is_off(page: None) -> None:
    assert Client().get(f"{PREFIX}/test/token/").status_code == 200
    assert Client().get(f"{PREFIX}/test/token").status_code == 200


@pytest.mark.parametrize("active", [True, False])
def test_a_page_is_served_whatever_channel_is_on(page: None, active: bool) -> None:
    other = hosts.open_channel("pln", "PLN")
    hosts.configure(other, active=active)
    assert Client().get(f"{PREFIX}/test/token/").status_code == 200


@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_a_page_five_times_changes_nothing(page: None, method: str) -> None:
    for _ in range(5):
        assert getattr(Client(), method)(f"{PREFIX}/test/token/").status_code == 200
    assert CommunicationChoice.objects.count() == 0
    assert Client().post(f"{PREFIX}/test/token/").status_code == 200
    assert CommunicationChoice.objects.count() == 1


@pytest.mark.parametrize("path", ["test/token/", "test/bad/", "desk/", "storefront/"])
def test_the_answer_to_head_is_the_head_alone(page: None, path: str) -> None:
    """Django's client and its own server keep the content back; waitress, for one, does not."""
    whole = views.respond(RequestFactory().get("/"), path)
    head = views.respond(RequestFactory().head("/"), path)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert head["Content-Length"] == str(len(whole.content)) != "0"


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_refused(page: None, method: str) -> None:
    response = getattr(Client(), method)(f"{PREFIX}/test/token/")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")
    assert CommunicationChoice.objects.count() == 0


@pytest.mark.parametrize("path", ["", "/", "/test/bad/", "/nothing/token/", "/../", "/%00/", "/nothing/a/b/"])
def test_whatever_leads_nowhere_gets_one_page(page: None, path: str, settings: Any) -> None:
    settings.APPEND_SLASH = False
    response, other = Client().get(PREFIX + (path or "/")), Client().get(f"{PREFIX}/test/bad")
    assert response.status_code == other.status_code == 404
    assert without_nonce(response) == without_nonce(other)


def without_nonce(response: Any) -> str:
    nonce = response["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]
    return str(response.content.decode().replace(nonce, ""))


@pytest.mark.parametrize(("path", "method"), [("/test/token/", "get"), ("/test/token/", "post"), ("/x/", "get")])
def test_every_page_has_the_headers_that_protect_it(page: None, path: str, method: str) -> None:
    response = getattr(Client(), method)(PREFIX + path)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response


def test_no_page_loads_anything_or_runs_a_script(page: None) -> None:
    text = Client().get(f"{PREFIX}/test/token/").content.decode().lower()
    assert not any(part in text for part in ("<script", "src=", "<link", "@import", "url(", "http:", "https:"))


@pytest.mark.parametrize(
    ("accepts", "language", "direction"),
    [
        ("", "en", "ltr"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-hans", "ltr"),
        ("zh", "zh-hans", "ltr"),
        ("xx,zh-Hans-CN", "zh-hans", "ltr"),
        ("en-GB,zh", "en", "ltr"),
        ("tlh", "en", "ltr"),
        ("<script>", "en", "ltr"),
    ],
)
def test_a_page_is_in_the_language_of_the_browser(page: None, accepts: str, language: str, direction: str) -> None:
    response = Client().get(f"{PREFIX}/test/bad/", HTTP_ACCEPT_LANGUAGE=accepts)
    assert response["Content-Language"] == language
    assert f'<html lang="{language}" dir="{direction}">' in response.content.decode()


def test_11_5_a_long_list_of_languages_costs_nothing_and_leaves_nothing(page: None) -> None:
    """Every code that Django is asked for is a catalogue that is kept for ever, so it is asked for none of these."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    codes = [first + second + third for first in letters for second in letters for third in letters[:3]]
    header = ",".join(codes)[:8192]
    Client().get(f"{PREFIX}/test/bad/", HTTP_ACCEPT_LANGUAGE="zh-CN")
    before = set(trans_real._translations)
    for start in range(0, 2000, 100):
        response = Client().get(f"{PREFIX}/test/bad/", HTTP_ACCEPT_LANGUAGE=",".join(codes[start : start + 100]))
        assert response["Content-Language"] == "en"
    assert Client().get(f"{PREFIX}/test/bad/", HTTP_ACCEPT_LANGUAGE=header)["Content-Language"] == "en"
    assert set(trans_real._translations) == before


def test_11_5_nor_does_the_language_of_an_order() -> None:
    before = set(trans_real._translations)
    assert [languages.nearest(code) for code in ("xx-yy", "qq" * 9000, "-" * 9000, "", "\0")] == ["en"] * 5
    assert set(trans_real._translations) == before


def test_a_translation_that_a_shop_has_among_its_own_is_found(tmp_path: Any, settings: Any) -> None:
    for code, text in (("de_AT", b"\0language:en\0language:de-at\0"), ("fr", b"\0Home\0Accueil\0")):
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.mo").write_bytes(text)
    settings.LOCALE_PATHS = [str(tmp_path)]
    languages.translated.cache_clear()
    try:
        assert languages.translated() == {"en", "zh-hans", "de-at"}
        found = [languages.nearest(code) for code in ("de_AT", "de-at-wien", "de", "fr")]
        assert found == ["de-at", "de-at", "en", "en"]
    finally:
        languages.translated.cache_clear()
