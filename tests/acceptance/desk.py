"""The desk, signed in to in a browser."""

from __future__ import annotations

from typing import Any

import graphene

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


def follow(page: Any, path: str) -> None:
    """Go to another page of the desk as by a link."""
    page.evaluate(
        "path => { const a = document.createElement('a'); a.href = path; a.textContent = 'go';"
        " document.querySelector('main').append(a); a.click(); }",
        f"/plugins/saleor_reciprocity/desk/{path}",
    )


def user_id(user: Any) -> str:
    """The id by which pages know a customer."""
    return str(graphene.Node.to_global_id("User", user.pk))
