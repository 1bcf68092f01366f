"""The report in a real browser: on a phone and at a desk, in both languages, dark, in forced colours, printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

import pytest
from django.utils.translation import override

from saleor_reciprocity.reports import html

from ..reports import samples
from . import chromium
from .chromium import Browser

LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
}
# The content of a closed part is looked at when it is opened.
OPEN_ALL = "for (const one of document.querySelectorAll('details')) one.open = true"


@pytest.fixture
def browser(monkeypatch: Any) -> Iterator[Browser]:
    """A browser that must have had no trouble and asked for nothing but the file."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in this thread
    with chromium.started() as browser:
        yield browser
    assert browser.trouble == []
    assert {address.split(":")[0] for address in browser.asked} == {"file"}


def file_in(folder: Path, language: str) -> str:
    with override(language):
        page = html.page(samples.report())
    path = folder / f"report-{language}.html"
    path.write_text(page, encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize(
    ("size", "language", "look"),
    [
        ("phone", "en", "light"),
        ("phone", "zh-hans", "dark"),
        ("desktop", "en", "forced"),
        ("desktop", "zh-hans", "light"),
    ],
)
def test_the_report_has_no_barrier(size: str, language: str, look: str, browser: Browser, tmp_path: Path) -> None:
    page = browser.open(file_in(tmp_path, language), size, language, **LOOKS[look])
    chromium.picture(page, f"report-{size}-{language}-{look}")
    page.evaluate(OPEN_ALL)
    assert chromium.barriers(page) == []


def test_every_drawing_is_read_to_who_does_not_see_it(browser: Browser, tmp_path: Path) -> None:
    page = browser.open(file_in(tmp_path, "en"), "desktop")
    drawings = page.get_by_role("img")
    assert drawings.count() == 9
    first = page.get_by_role("img", name="How many came back within 90 days").first
    assert first.count() == 1
    described = first.evaluate("one => one.querySelector('desc').textContent")
    assert described.startswith("It works. Of 1,532 customers followed for 90 days")


def test_the_tables_open_by_keyboard_and_are_saved_as_csv(browser: Browser, tmp_path: Path) -> None:
    page = browser.open(file_in(tmp_path, "en"), "phone", accept_downloads=True)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("details[open]").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    assert saved.value.suggested_filename == "programme-arms.csv"
    text = Path(saved.value.path()).read_text(encoding="utf-8-sig")
    assert text.splitlines()[1] == '"could win","1,226","414","33.8%","31.2%","36.5%"'


def test_on_paper_it_is_black_and_no_drawing_is_cut(browser: Browser, tmp_path: Path) -> None:
    page = browser.open(file_in(tmp_path, "en"), "desktop", color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.querySelector('.series-2')).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.querySelector('details')).display") == "none"
    assert chromium.styles(page, "figure, .said, dl div", "breakInside") == {"avoid"}
    assert chromium.beyond_the_paper(page) == []
    assert chromium.printed(page, "report") <= 6
