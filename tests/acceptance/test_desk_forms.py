"""What is the same on every page of the desk that has a form: what goes wrong with it loses nothing that was typed.

One member of staff walks from form to form in one browser; a form is a row of a table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable

import graphene
import pytest
from django.core.cache import cache

from demo.storefront import Customer
from saleor_reciprocity import host, programmes
from saleor_reciprocity.desk.pages import PAGES
from saleor_reciprocity.points.earning.models import EarningRuleVersion
from saleor_reciprocity.points.models import Entry
from saleor_reciprocity.points.tiers.models import Tier
from saleor_reciprocity.rewards.models import Reward
from saleor_reciprocity.surprises.models import Campaign
from saleor_reciprocity.surveys.models import Note, Reply

from .. import hosts
from ..points.programmes import earned
from ..surveys.shop import an_answer
from .chromium import Browser
from .desk import follow, opened, sign_in, user_id


@dataclass(frozen=True)
class Form:
    """A form: its page and id, what is typed, the field that is wrong at first and how, and the rows that it makes."""

    page: str
    id: str
    typed: dict[str, str]
    wrong: tuple[str, str]
    rows: Any
    made: int = 1


FORMS = (
    Form(
        "customers/account?id={user}",
        "Adjust",
        {"input.points": "12", "input.reason": "A cracked cup"},
        ("input.points", "many"),
        Entry,
    ),
    Form("customers/guest?email=eve@example.com", "Note", {"text": "Called about a cup"}, ("text", " "), Note),
    Form(
        "rewards",
        "Create",
        {"input.kind": "VOUCHER", "input.name": "Five off", "input.points": "40", "input.value": "5"},
        ("input.value", "five"),
        Reward,
    ),
    Form("rules", "Create", {"input.name": "Double", "input.value": "2"}, ("input.value", "twice"), EarningRuleVersion),
    Form(
        "tiers",
        "Set",
        {
            "input.downgrade": "NEVER",
            "input.tiers.0.code": "gold",
            "input.tiers.0.name": "Gold",
            "input.tiers.0.threshold": "50",
        },
        ("input.tiers.0.threshold", "fifty"),
        Tier,
    ),
    Form(
        "campaigns",
        "Create",
        {
            "input.name": "Spring",
            "input.probability": "0.5",
            "input.budget.total": "90",
            "input.prizes.0.name": "Three off",
            "input.prizes.0.value": "3",
        },
        ("input.probability", "often"),
        Campaign,
    ),
    Form("answers", "Reply-{answer}", {"text": "We are sorry."}, ("text", " "), Reply),
    Form("settings", "Save", {"input.pointsPerUnit": "3"}, ("input.pointsPerUnit", "-1"), programmes.SettingsVersion),
)


FORM_SENT = re.compile("/desk/(?!session)")


class Walk:
    """Somebody at the desk who goes from page to page; `posts` are the forms that reached the shop."""

    def __init__(self, page: Any) -> None:
        self.page, self.posts = page, 0
        page.on("response", self._count)

    def _count(self, response: Any) -> None:
        self.posts += response.request.method == "POST" and "/session" not in response.url and response.status == 200

    def go(self, path: str) -> None:
        """Follow a link to a page."""
        follow(self.page, path)
        self.page.locator("main:not([aria-busy]) h1").first.wait_for()

    def form(self, name: str) -> Any:
        """A form of the page, with all that can be opened around and in it."""
        self.page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
        return self.page.locator(f"[id='{name}']")


def fill(form: Any, values: dict[str, str]) -> None:
    for name, value in values.items():
        field = form.locator(f"[name='{name}']:not([type=hidden])")
        field.select_option(value) if field.evaluate("one => one.tagName") == "SELECT" else field.fill(value)


def values_of(form: Any, names: Any) -> dict[str, str]:
    return {name: form.locator(f"[name='{name}']:not([type=hidden])").input_value() for name in names}


@pytest.fixture
def everywhere(ada: Customer, address: str) -> Callable[[str], str]:
    """Fills in who is in the shop: a customer who has earned and answered."""
    bob = hosts.customer("bob@example.com")
    answer = an_answer(host.order_id(earned(bob, "7")), bob, 1)
    ids = {"user": user_id(bob), "answer": str(graphene.Node.to_global_id("SurveyAnswer", answer.pk))}
    return lambda text: text.format(**ids)


def test_nothing_that_was_typed_is_lost_and_nothing_is_sent_twice(
    address: str, everywhere: Callable[[str], str], browser: Browser
) -> None:
    walk = Walk(opened(browser, address, "customers"))
    for each in FORMS:
        name, before = everywhere(each.id), each.rows.objects.count()
        walk.go(everywhere(each.page))
        field, value = each.wrong
        fill(walk.form(name), {**each.typed, field: value})
        walk.form(name).locator("button").last.click()
        wrong = walk.page.locator("[aria-invalid=true]")
        wrong.wait_for()
        assert wrong.get_attribute("name") == field, each.page
        assert wrong.evaluate("one => one === document.activeElement"), each.page
        assert values_of(walk.form(name), each.typed) == {**each.typed, field: value}, each.page
        assert each.rows.objects.count() == before, each.page

        walk.posts = 0
        walk.page.route(FORM_SENT, run_out, times=1)
        if host.REFRESH:
            walk.page.route("**/desk/session", lambda route: route.fulfill(status=401, json={"message": ""}), times=1)
        fill(walk.form(name), {field: each.typed[field]})
        walk.form(name).locator("button").last.dblclick()
        said = walk.page.locator("#sign-in[open] #sign-in-wrong").inner_text()
        assert said == "You have been signed out, because some time went by. What you typed is still there."
        assert values_of(walk.form(name), each.typed) == each.typed, each.page  # behind the dialog
        sign_in(walk.page)
        walk.page.get_by_text("Done.").wait_for()
        assert (each.rows.objects.count() - before, walk.posts) == (each.made, 1), each.page
    browser.trouble.clear()  # 401 and 422 are no errors of ours


def run_out(route: Any) -> None:
    """The shop takes the token no more."""
    route.fulfill(status=401, body="")


def test_back_leads_to_the_page_before_as_it_was_left(
    address: str, everywhere: Callable[[str], str], browser: Browser
) -> None:
    walk = Walk(opened(browser, address, "customers"))
    cache.clear()  # a report is kept for an hour
    paths = [page.path for page in PAGES.values() if page.menu]
    headings = {}
    for path in paths:
        walk.go(path)
        walk.page.wait_for_url(f"**/desk/{path}*")
        headings[path] = walk.page.locator("main h1").inner_text()
    assert len(set(headings.values())) == len(paths)
    for path in reversed(paths[:-1]):
        walk.page.go_back()
        walk.page.locator("main:not([aria-busy]) h1", has_text=headings[path]).wait_for()
        assert f"/desk/{path}" in walk.page.url
    browser.trouble.clear()


def test_without_a_right_a_page_says_which_is_missing_and_shows_no_figure(
    address: str, everywhere: Callable[[str], str], browser: Browser
) -> None:
    clerk = hosts.customer("clerk@example.com", staff=True)
    page = browser.open(address + "customers", "desktop")
    sign_in(page, clerk.email, "password")
    walk = Walk(page)
    page.get_by_role("heading", name="You have no permission for this page").wait_for()
    query = everywhere("?id={user}&userId={user}&customerId={user}&email=bob@example.com&fromEmail=bob@example.com")
    for each in PAGES.values():
        if each.right and not each.path.startswith("panels/") and each.path != "pick":
            walk.go(each.path + query + "&kind=EXPIRY")
            page.wait_for_function(f"document.querySelector('main').innerText.includes({NEEDS[each.right]!r})")
            said = page.locator("main").inner_text().replace("go", "")
            assert not any(letter.isdigit() for letter in said), each.path
            assert "bob" not in said, each.path
    browser.trouble.clear()


NEEDS = {
    "MANAGE_USERS": "Manage customers",
    "MANAGE_ORDERS": "Manage orders",
    "MANAGE_DISCOUNTS": "Manage sales and vouchers",
    "MANAGE_PLUGINS": "Manage plugins",
}
