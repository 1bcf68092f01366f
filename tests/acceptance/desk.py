"""The desk, signed in to in a browser."""

from __future__ import annotations

from typing import Any

from demo import story

from .chromium import Browser


def sign_in(page: Any, email: str = story.STAFF_EMAIL, password: str = story.STAFF_PASSWORD) -> None:
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def opened(browser: Browser, address: str, path: str = "", size: str = "desktop", **options: Any) -> Any:
    page = browser.open(address + path, size, **options)
    sign_in(page)
    page.locator("main h1").wait_for()
    browser.trouble.clear()  # a browser reports the status 401 of the page that asked for the token as an error
    return page
