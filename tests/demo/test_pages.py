"""The pages of the demo's shop: each is served, says all in both languages, and shows the mails that were sent."""

from __future__ import annotations

import json
import re
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from saleor_reciprocity import storefront

from .. import hosts

if hosts.MULTI_CHANNEL:
    pytest.skip("The demo is a shop on Saleor 2.10.1.", allow_module_level=True)

from demo import clock, past, window

pytestmark = [pytest.mark.django_db, pytest.mark.urls("demo.urls")]
PAGES = ("", "cart/", "account/", "mailbox/", "time/")
SOURCES = "".join(path.read_text() for path in sorted(window.PAGES.iterdir()))


def words(language: str) -> dict[str, str]:
    """The texts of a language, by key, from the script of the shop."""
    block = SOURCES.split("const WORDS = {")[1].split(f"\n  {language}: {{")[1].split("\n  },")[0]
    found = re.findall(r'(?:"([^"]+)"|(\w+)): "((?:[^"\\]|\\.)*)"', block)
    return {quoted or plain: text for quoted, plain, text in found}


@pytest.mark.parametrize("page", PAGES)
def test_each_page_is_served_with_the_element_by_its_hash(page: str) -> None:
    response = Client().get(f"/{page}")
    assert response.status_code == 200
    text = response.content.decode()
    digest = storefront.integrity(storefront.files()[storefront.ELEMENT].read_bytes())
    assert f'src="/plugins/saleor_reciprocity/storefront/{storefront.ELEMENT}" integrity="{digest}"' in text
    assert "<!--" not in text.split("<!doctype html>")[1]


@pytest.mark.parametrize("page", PAGES)
def test_each_page_leads_to_the_others_to_the_desk_and_to_the_playground(page: str) -> None:
    text = Client().get(f"/{page}").content.decode()
    led = set(re.findall(r'<a [^>]*href="([^"]+)"', text.split("</nav>")[0]))
    assert {f"/{name}" for name in PAGES} | {"/graphql/", "/plugins/saleor_reciprocity/desk/"} == led


@pytest.mark.parametrize("address", ["/graphql/", "/plugins/saleor_reciprocity/desk/"])
def test_the_desk_and_the_playground_answer(address: str, settings: Any) -> None:
    templates = Path(window.__file__).parent / "templates"
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [str(templates)]}]
    response = Client().get(address, HTTP_ACCEPT="text/html", secure=True)
    assert response.status_code == 200
    assert b"<form" in response.content or b"<textarea" in response.content


def test_everything_is_said_in_both_languages() -> None:
    english, chinese = words("en"), words("zh")
    used = {*re.findall(r'data-t="(\w+)"', SOURCES), *re.findall(r'\bt\("(\w+)"', SOURCES)}
    people = {person.about for person in past.PEOPLE}
    assert used <= set(english)
    assert set(chinese) == set(english) | people
    for key, text in english.items():
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", chinese[key])), key


def test_the_sample_customers_are_listed_with_their_password() -> None:
    answer = Client().get("/demo/people/").json()
    assert [person["name"] for person in answer["people"]] == ["Lin", "Sofia", "Omar", "June", "Noor", "Ted"]
    assert answer["password"] == "a-year-of-tea"


def test_nothing_but_the_script_and_the_style_is_an_asset() -> None:
    assert Client().get("/demo/shop.js")["Content-Type"] == "text/javascript; charset=utf-8"
    assert Client().get("/demo/shop.css")["Content-Type"] == "text/css; charset=utf-8"
    assert Client().get("/demo/cart.html").status_code == 404


def write(folder: Path, name: str, to: str, subject: str, text: str, html: str = "") -> None:
    mail = EmailMessage()
    mail["To"], mail["Subject"], mail["Date"] = to, subject, "Sat, 28 Nov 2026 10:00:00 +0000"
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    (folder / name).write_bytes(mail.as_bytes() + b"\n" + b"-" * 79 + b"\n")


@pytest.fixture
def mailbox(tmp_path: Path, settings: Any) -> Path:
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


def test_the_mailbox_shows_the_newest_first_and_keeps_links_in_the_shop(mailbox: Path) -> None:
    write(mailbox, "1.log", "lin@example.com", "Order", "a <b> & c")
    html = '<a href="http://localhost:8000/plugins/saleor_reciprocity/survey/x/">5</a>'
    write(mailbox, "2.log", "lin@example.com", "Question", "5", html)
    newest, oldest = Client().get("/demo/mails/").json()["mails"]
    assert (newest["subject"], oldest["subject"]) == ("Question", "Order")
    assert '<a href="/plugins/saleor_reciprocity/survey/x/">5</a>' in newest["html"]
    assert oldest["html"].split("</pre>")[0].strip() == "<pre>a  b    c"


def test_the_mailbox_shows_one_persons_mails_and_never_more_than_twelve(mailbox: Path) -> None:
    for number in range(15):
        write(mailbox, f"{number:02}.log", "lin@example.com", f"Mail {number}", "x")
    write(mailbox, "99.log", "ted@example.com", "For Ted", "x")
    (mail,) = Client().get("/demo/mails/?to=ted@example.com").json()["mails"]
    assert mail["subject"] == "For Ted"
    assert len(Client().get("/demo/mails/").json()["mails"]) == 12


def test_a_month_passes_and_stays_passed(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(clock, "FILE", tmp_path / "days-ahead")
    monkeypatch.setattr(past, "work", lambda: None)
    before = Client().get("/demo/clock/").json()
    after = Client().post("/demo/clock/", {"action": "month"}).json()
    clock.go_to(0, keep=False)
    assert (before["days"], after["days"]) == (0, 30)
    assert (tmp_path / "days-ahead").read_text() == "30"
    assert json.dumps(after["now"]) > json.dumps(before["now"])
