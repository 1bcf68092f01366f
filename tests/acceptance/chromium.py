"""A real browser that opens the pages as people do: on a phone or at a desk, in their language, with a keyboard."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from demo import clicks

from .. import programs

SCREENSHOTS = Path(".cache/screenshots")
SIZES = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 800}}
ALONE = (  # nothing but the pages under test is asked for anything
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Browser:
    """Opens pages and notes what they ask for, say and do wrong."""

    def __init__(self, chromium: Any) -> None:
        self.chromium = chromium
        self.asked: list[str] = []
        self.trouble: list[str] = []

    def open(self, address: str, size: str = "phone", language: str = "en", **options: Any) -> Page:
        """The page at an address, in a window and a language of its own."""
        context = self.chromium.new_context(viewport=SIZES[size], locale=language, **options)
        page: Page = context.new_page()
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("dialog", lambda dialog: self._note(f"dialog: {dialog.message}", dialog.dismiss))
        page.on("console", lambda line: self.trouble.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.goto(address)
        return page

    def _note(self, trouble: str, then: Any) -> None:
        self.trouble.append(trouble)
        then()


def find() -> str:
    """Where Chromium is."""
    return clicks.browser() or programs.missing("Chromium", "on Debian and Ubuntu, apt-get install chromium.")


@contextmanager
def started() -> Iterator[Browser]:
    """A browser, closed at the end."""
    path = find()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=[*ALONE])
        yield Browser(chromium)
        chromium.close()


def picture(page: Page, name: str) -> None:
    """Keep what the page looks like, whole."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SCREENSHOTS / f"{name}.png"), full_page=True)


def printed(page: Page, name: str) -> int:
    """Print the page as its own style wants it, and keep that. Returns on how many sheets."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    paper = page.pdf(path=str(SCREENSHOTS / f"{name}.pdf"), format="A4")
    return len(re.findall(rb"/Type /Page\b", paper))


def styles(page: Page, parts: str, name: str) -> set[str]:
    """What the style says of such parts under this name."""
    return set(page.evaluate(f"[...document.querySelectorAll('{parts}')].map(one => getComputedStyle(one).{name})"))


def beyond_the_paper(page: Page) -> list[str]:
    """What would be cut off where an A4 sheet ends, at margins of 15 mm, and numbers that are torn apart."""
    page.set_viewport_size({"width": 680, "height": 1000})
    wide = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > 681)"
        ".map(one => one.outerHTML.slice(0, 80))"
    )
    torn = page.evaluate(
        "[...document.querySelectorAll('dd, .figures strong')].flatMap(one => {"
        " const text = one.firstChild, numbers = [...text.data.matchAll(/[0-9.,]*[0-9]/g)];"
        " return numbers.filter(found => { const range = new Range(); range.setStart(text, found.index);"
        " range.setEnd(text, found.index + found[0].length);"
        " return new Set([...range.getClientRects()].map(part => part.bottom)).size > 1 }).map(found => found[0]) })"
    )
    return [*wide, *(f"torn apart: {number}" for number in torn)]


def barriers(page: Page, options: Any = None) -> list[str]:
    """What the checker axe finds, and what it can't know: sideways scrolling, torn words, small targets."""
    violations = Axe().run(page, options=options).response["violations"]
    found = [f"{one['id']}: {one['nodes'][0]['html']}" for one in violations]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("the page scrolls sideways")
    torn = page.evaluate(
        "[...document.querySelectorAll('th')].filter(one => /^[a-z]+$/i.test(one.innerText))"
        ".filter(one => { const words = new Range(); words.selectNodeContents(one);"
        " return new Set([...words.getClientRects()].map(part => part.bottom)).size > 1 }).map(one => one.innerText)"
    )
    small = page.evaluate(
        "[...document.querySelectorAll('button, label:has(input[type=radio]), label:has(input[type=checkbox])')]"
        ".filter(one => one.getClientRects().length && one.getBoundingClientRect().height < 44)"
        ".map(one => one.innerText)"
    )
    found += [f"torn apart: {word}" for word in torn]
    return [*found, *(f"too small to touch: {text}" for text in small)]
