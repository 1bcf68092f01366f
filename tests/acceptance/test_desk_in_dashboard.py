"""The desk within the Dashboard: a page plays the Dashboard's part, from another origin, in a real browser."""

from __future__ import annotations

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Thread
from typing import Any, Iterator
from urllib.parse import quote

import graphene
import pytest
from PIL import Image

from demo.storefront import Shop, Staff
from saleor_reciprocity import host
from saleor_reciprocity.points.models import Entry

from .. import hosts
from ..desk.browsing import manager, manager_again
from ..points.programmes import earned
from . import chromium
from .chromium import Browser

DASHBOARD = """<!DOCTYPE html><html lang="en" style="color-scheme: {theme}"><head><title>Dashboard</title><style>body
  {{ margin: 0; background: {ground} }} iframe {{ border: 0; width: {width}; height: 200px }}</style></head>
<body><input autofocus aria-label="Search the shop"><iframe src="{address}" title="Loyalty"
  sandbox="allow-same-origin allow-forms allow-scripts allow-downloads allow-popups"></iframe><script>
const given = {given}, heard = [];
const frame = document.querySelector("iframe");
const say = (type, payload) => frame.contentWindow.postMessage({{ type, payload }}, "*");
const shake = () => {{
  say("handshake", {{ version: 1, token: given.token, dashboardVersion: given.version }});
  say("localeChanged", {{ locale: given.locale }});
  say("theme", {{ theme: given.theme }});
}};
frame.addEventListener("load", shake);
addEventListener("message", (event) => {{
  heard.push(event.data);
  if (event.data.type === "notifyReady") shake();
  if (event.data.type === "widgetResize") frame.style.height = event.data.payload.height + "px";
}});
</script></body></html>"""

GROUNDS = {"light": "#ffffff", "dark": "#262836"}
ADDED = "domain=localhost&featureFlags%5Bnew_order_ui%5D%5Benabled%5D=false"  # to every address


class Answer(BaseHTTPRequestHandler):
    """Everything that is asked of the Dashboard is its one page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.server.text.encode())  # type: ignore[attr-defined]

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


def origin(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


class Frame:
    """The desk in a frame of the Dashboard, and what the Dashboard hears of it."""

    def __init__(self, shop: Shop, browser: Browser, dashboard: ThreadingHTTPServer) -> None:
        self.shop, self.browser, self.dashboard = shop, browser, dashboard

    def open(self, path: str, token: str, width: str = "100%", **given: Any) -> Any:
        theme = given.setdefault("theme", "light")
        given = {"token": token, "version": "v3.23.27", "locale": "en", **given}
        mark = "&" if "?" in path else "?"
        address = f"{self.shop.url}/plugins/saleor_reciprocity/desk{path}{mark}id=QXBwOjE%3D&{ADDED}&theme={theme}"
        self.dashboard.text = DASHBOARD.format(  # type: ignore[attr-defined]
            address=address, given=json.dumps(given), width=width, ground=GROUNDS[theme], theme=theme
        )
        self.page = self.browser.open(origin(self.dashboard), "desktop")
        return self.page.frame_locator("iframe")

    def say(self, kind: str, **payload: Any) -> None:
        self.page.evaluate("([kind, payload]) => say(kind, payload)", [kind, payload])

    def heard(self, kind: str) -> list[Any]:
        return [one["payload"] for one in self.page.evaluate("heard") if one["type"] == kind]


@pytest.fixture
def dashboard(settings: Any) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.RECIPROCITY_DASHBOARDS = [origin(server)]
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def frame(
    shop: Shop, staff: Staff, channel: host.Channel, browser: Browser, dashboard: ThreadingHTTPServer
) -> Iterator[Frame]:
    hosts.configure(channel, active=True, points_per_unit="1", reward_points="5", reward_value="2")
    yield Frame(shop, browser, dashboard)
    browser.trouble[:] = [one for one in browser.trouble if "401" not in one]  # the page that asked for the token


def token_of(user: Any) -> str:
    return str(hosts.as_user(user).headers["HTTP_AUTHORIZATION"].split()[1])


def test_the_desk_opens_with_the_dashboards_token_language_and_theme(frame: Frame) -> None:
    desk = frame.open("/customers", token_of(manager()), locale="zh-Hans", theme="dark")
    desk.get_by_role("heading", name="顾客").wait_for()
    assert desk.locator("html").get_attribute("data-theme") == "dark"
    assert desk.locator("html").get_attribute("lang") == "zh-Hans"
    assert desk.locator("#sign-out").is_hidden()
    assert desk.locator("nav a[aria-current]").inner_text() == "顾客"
    assert frame.heard("notifyReady")[0]["actionId"]
    frame.say("theme", theme="light")
    frame.say("localeChanged", locale="en")
    desk.get_by_role("heading", name="Customers").wait_for()
    assert desk.locator("html").get_attribute("data-theme") == "light"


def test_what_the_dashboard_adds_to_an_address_is_not_taken_for_ours(frame: Frame) -> None:
    customer = hosts.customer("bob@example.com")
    earned(customer, "7")
    who = graphene.Node.to_global_id("User", customer.pk)
    desk = frame.open(f"/customers/account?id={who}", token_of(manager()))
    desk.locator(".figures strong").first.wait_for()
    assert desk.locator("main h1").inner_text() == "bob@example.com"
    assert desk.locator(".figures strong").first.inner_text() == "7"
    desk.get_by_text("Give or take points").click()
    desk.locator("#Adjust").get_by_label("Points *").fill("2")
    desk.locator("#Adjust").get_by_label("Reason").fill("Sorry for the cup")
    with frame.page.expect_request(lambda request: request.method == "POST") as sent:
        desk.get_by_role("button", name="Give or take").click()
    assert sent.value.url.partition("/desk/")[2] == f"customers/account?id={quote(who)}"


def test_nothing_takes_the_focus_from_the_page_around(frame: Frame) -> None:
    desk = frame.open("/panels/home?from=home", token_of(manager()))
    desk.locator(".figures").wait_for()
    assert frame.page.evaluate("document.activeElement.ariaLabel") == "Search the shop"


def test_what_is_printed_opens_in_a_window_of_its_own(frame: Frame) -> None:
    """The Dashboard lets no frame print, and opens for one what it asks for."""
    desk = frame.open("/report", token_of(manager()))
    desk.get_by_role("button", name="Print").click()
    frame.page.wait_for_function("heard.some(one => one.type === 'redirect')")
    (asked,) = frame.heard("redirect")
    assert asked["to"] == f"{frame.shop.url}/plugins/saleor_reciprocity/desk/report"
    assert asked["newContext"] is True


def test_a_panel_has_the_ground_of_the_page_around(frame: Frame) -> None:
    desk = frame.open("/panels/home?from=home", token_of(manager()), width="340px", theme="dark")
    desk.locator(".figures").wait_for()
    frame.page.locator("iframe").evaluate("one => one.style.marginLeft = '40px'")
    picture = Image.open(BytesIO(frame.page.screenshot()))
    left, top = (round(frame.page.locator("iframe").bounding_box()[side]) for side in "xy")
    assert picture.getpixel((left + 1, top + 2)) == picture.getpixel((left - 20, top + 2)) == (38, 40, 54)


def test_a_token_that_ran_out_waits_for_the_dashboards_next(frame: Frame) -> None:
    desk = frame.open("/customers", "no-token")
    desk.locator("#main").wait_for()
    frame.page.wait_for_timeout(500)
    asked = len(frame.heard("notifyReady"))
    frame.page.wait_for_timeout(500)
    assert len(frame.heard("notifyReady")) == asked  # a token that was refused is not tried for ever
    frame.say("tokenRefresh", token=token_of(manager()))
    desk.get_by_role("heading", name="Customers").wait_for()


def test_who_has_no_token_is_told_so(frame: Frame) -> None:
    desk = frame.open("/customers", "")
    desk.locator("#said:not(:empty)").wait_for()
    assert desk.locator("#said").inner_text() == (
        "The Dashboard has not signed you in here: your account lacks a permission that this needs."
    )
    assert desk.locator("#main").inner_text() == ""


def test_a_panel_without_a_token_is_as_high_as_what_it_says(frame: Frame) -> None:
    desk = frame.open("/panels/home?from=home", "", width="290px")
    desk.locator("#said:not(:empty)").wait_for()
    height = desk.locator("#said").evaluate("one => Math.ceil(one.getBoundingClientRect().bottom)")
    told = "height => heard.some(one => one.type === 'widgetResize' && one.payload.height >= height)"
    frame.page.wait_for_function(told, arg=height, timeout=5000)
    assert height > 40


def test_nobody_but_the_window_around_can_hand_in_a_token(frame: Frame, browser: Browser, shop: Shop) -> None:
    page = browser.open(f"{shop.url}/plugins/saleor_reciprocity/desk/customers?id=x", "desktop")
    page.get_by_label("Password").wait_for()
    page.evaluate("token => window.postMessage({type: 'handshake', payload: {token}}, '*')", token_of(manager()))
    page.wait_for_timeout(200)
    assert page.get_by_label("Password").is_visible()


def test_another_sites_frame_stays_empty(frame: Frame, browser: Browser, settings: Any) -> None:
    settings.RECIPROCITY_DASHBOARDS = ["https://dashboard.example.com"]
    frame.open("/customers", token_of(manager()))
    frame.page.wait_for_timeout(300)
    assert frame.heard("notifyReady") == []
    assert any("frame-ancestors" in one for one in browser.trouble)
    browser.trouble.clear()


def test_the_customers_panel_shows_and_adjusts_and_is_as_high_as_it_is(frame: Frame) -> None:
    customer = hosts.customer("bob@example.com")
    earned(customer, "7")
    who = graphene.Node.to_global_id("User", customer.pk)
    desk = frame.open(f"/panels/customer?customerId={who}", token_of(manager()), width="340px")
    desk.locator(".figures strong").first.wait_for()
    assert desk.locator(".figures strong").first.inner_text() == "7"
    assert desk.locator("#head").is_hidden()
    low = frame.heard("widgetResize")[-1]["height"]
    desk.get_by_text("Give or take points").click()
    desk.get_by_label("Points *").fill("12")
    desk.get_by_label("Reason").fill("Sorry for the cup")
    grown = "low => heard.filter(one => one.type === 'widgetResize').pop().payload.height > low"
    frame.page.wait_for_function(grown, arg=low)
    desk.get_by_role("button", name="Give or take").click()
    desk.get_by_role("status").wait_for()
    assert "Sorry for the cup" in desk.locator(".lines").first.inner_text()
    assert desk.locator(".figures strong").first.inner_text() == "19"
    desk.get_by_role("link", name="All of the account").click()
    frame.page.wait_for_function("heard.some(one => one.type === 'redirect')")
    assert frame.heard("redirect")[0]["to"].startswith("/extensions/app/QXBwOjE%3D/customers/account?id=")


def test_a_page_left_open_goes_on_with_the_dashboards_next_token_and_what_was_typed(frame: Frame) -> None:
    """A token lives for 300 seconds there, and the Dashboard has another one before."""
    boss, customer = manager(), hosts.customer("bob@example.com")
    who = graphene.Node.to_global_id("User", customer.pk)
    renewed = token_of(boss)
    with hosts.short_tokens(seconds=5):
        desk = frame.open(f"/customers/account?id={who}", token_of(boss))
        desk.get_by_text("Give or take points").click()
        desk.get_by_label("Points *").fill("12")
        frame.page.wait_for_timeout(5500)
        asked = len(frame.heard("notifyReady"))
        desk.locator("#Adjust").get_by_label("Reason").fill("Sorry for the cup")
        desk.get_by_role("button", name="Give or take").click()
        again = "asked => heard.filter(one => one.type === 'notifyReady').length > asked"
        frame.page.wait_for_function(again, arg=asked)
        assert desk.get_by_label("Points *").input_value() == "12"
        assert not Entry.objects.exists()
        frame.say("tokenRefresh", token=renewed)
        desk.get_by_role("status").filter(has_text="Done.").wait_for()
    (entry,) = Entry.objects.all()
    assert (entry.points, entry.reason) == (12, "Sorry for the cup")


def test_a_token_that_is_renewed_in_time_is_used_and_nothing_on_the_page_moves(frame: Frame) -> None:
    boss, customer = manager(), hosts.customer("bob@example.com")
    who = graphene.Node.to_global_id("User", customer.pk)
    first = token_of(boss)
    desk = frame.open(f"/customers/account?id={who}", first)
    desk.get_by_text("Give or take points").click()
    desk.get_by_label("Points *").fill("12")
    desk.locator("#Adjust").get_by_label("Reason").fill("Sorry for the cup")
    frame.page.wait_for_timeout(1000)  # a token of another second is another token
    renewed, used = token_of(manager_again()), []
    assert renewed != first
    frame.page.on("request", lambda request: used.append(request.headers.get("authorization")))
    frame.say("tokenRefresh", token=renewed)
    assert desk.locator("#Adjust").get_by_label("Reason").input_value() == "Sorry for the cup"
    desk.get_by_role("button", name="Give or take").click()
    desk.get_by_role("status").filter(has_text="Done.").wait_for()
    assert set(used) == {f"JWT {renewed}"}
    assert len(frame.heard("notifyReady")) == 1


def test_another_language_takes_nothing_away_that_was_typed(frame: Frame) -> None:
    """The page stays until the form is sent; what the shop answers then is in the new language."""
    customer = hosts.customer("bob@example.com")
    who = graphene.Node.to_global_id("User", customer.pk)
    desk = frame.open(f"/customers/account?id={who}", token_of(manager()))
    desk.get_by_text("Give or take points").click()
    points, reason = (desk.locator(f"#Adjust [name='input.{name}']") for name in ("points", "reason"))
    points.fill("many")
    reason.fill("Sorry for the cup")
    frame.say("localeChanged", locale="zh-Hans")
    desk.locator("nav a", has_text="顾客").wait_for()
    assert (points.input_value(), reason.input_value()) == ("many", "Sorry for the cup")
    assert desk.locator("main").get_attribute("lang") == "en"
    desk.get_by_role("button", name="Give or take").click()
    desk.locator("#Adjust").get_by_role("button", name="给予或扣除").wait_for()
    assert (points.get_attribute("aria-invalid"), points.input_value()) == ("true", "many")
    assert desk.locator("main").get_attribute("lang") == "zh-hans"
    frame.say("localeChanged", locale="en")
    desk.locator("nav a", has_text="Customers").wait_for()
    assert (points.input_value(), reason.input_value()) == ("many", "Sorry for the cup")  # what was refused, too
    points.fill("12")
    desk.locator("#Adjust").get_by_role("button").click()
    desk.get_by_role("status").filter(has_text="Done.").wait_for()
    (entry,) = Entry.objects.all()
    assert (entry.points, entry.reason) == (12, "Sorry for the cup")
    frame.say("localeChanged", locale="zh-Hans")
    desk.get_by_text("给予或扣除积分").wait_for()  # nothing is typed any more
    frame.browser.trouble.clear()  # 401 and 422 are no errors of ours


def test_another_language_takes_no_trial_and_no_choice_away(frame: Frame) -> None:
    hosts.product("Blue cup", hosts.open_channel(), hosts.category("Vessels"))
    desk = frame.open("/rules", token_of(manager()))
    desk.get_by_text("A new rule").click()
    form = desk.locator("#Create")
    form.get_by_text("When it applies").click()
    box = form.locator("fieldset.picker").first
    box.get_by_label("Search by name").fill("blue")
    box.locator(".found button").click()
    frame.say("localeChanged", locale="zh-Hans")
    desk.locator("nav a", has_text="顾客").wait_for()
    assert box.locator("input[type=checkbox]:checked").count() == 1
    form.locator("[name='input.name']").fill("Double")
    form.locator("[name='input.value']").fill("2")
    form.locator("button[value=Try]").click()
    desk.get_by_role("status").wait_for()
    frame.say("localeChanged", locale="en")
    desk.locator("nav a", has_text="Customers").wait_for()
    assert form.locator("[name='input.name']").input_value() == "Double"
    assert desk.locator("main").get_attribute("lang") == "zh-hans"


# Where the Dashboard shows the desk: what it opens, whether it is a panel in a page of its own, and what is read there.
MOUNTS = {
    "navigation": ("/customers", False, "main h1", "Customers", "顾客"),
    "pop-up": ("/panels/customer?popup=1&customerId={user}", False, "summary", "Give or take points", "给予或扣除积分"),
    "customer": ("/panels/customer?customerId={user}", True, "summary", "Give or take points", "给予或扣除积分"),
    "order pop-up": ("/panels/order?popup=1&orderId={order}", False, "main h2", "Why", "原因"),
    "order": ("/panels/order?orderId={order}", True, "main h2", "Why", "原因"),
    "home": ("/panels/home?from=home", True, ".figures span", "Members", "会员"),
}


@pytest.mark.parametrize("mount", MOUNTS)
def test_every_place_in_the_dashboard_follows_its_theme_language_and_token(mount: str, frame: Frame) -> None:
    path, grows, where, english, chinese = MOUNTS[mount]
    customer = hosts.customer("bob@example.com")
    ids = {"order": graphene.Node.to_global_id("Order", earned(customer, "7").pk)}
    ids["user"] = graphene.Node.to_global_id("User", customer.pk)
    desk = frame.open(path.format(**ids), token_of(manager()), width="340px")
    shown = desk.locator(where).first
    shown.filter(has_text=english).wait_for()
    frame.say("theme", theme="dark")
    frame.say("localeChanged", locale="zh-Hans")
    shown.filter(has_text=chinese).wait_for()
    assert desk.locator("html").get_attribute("data-theme") == "dark"
    frame.say("tokenRefresh", token=token_of(manager_again()))
    frame.say("localeChanged", locale="en")
    shown.filter(has_text=english).wait_for()
    assert bool(frame.heard("widgetResize")) == grows
    if grows:
        height = desk.locator("#main").evaluate("one => Math.ceil(one.getBoundingClientRect().height)")
        frame.page.wait_for_function(
            "height => heard.filter(one => one.type === 'widgetResize').pop().payload.height === height", arg=height
        )


@pytest.mark.parametrize("version", ["v3.22.5", "v3.23.9", "3.21.0", ""])
def test_an_older_dashboard_is_not_asked_for_height(version: str, frame: Frame) -> None:
    who = graphene.Node.to_global_id("User", hosts.customer("bob@example.com").pk)
    desk = frame.open(f"/panels/customer?customerId={who}", token_of(manager()), version=version)
    desk.get_by_text("All of the account").wait_for()
    frame.page.wait_for_timeout(200)
    assert frame.heard("widgetResize") == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("panel", ["customer", "order", "home"])
def test_no_panel_has_a_barrier(panel: str, theme: str, frame: Frame) -> None:
    customer = hosts.customer("bob@example.com")
    order = earned(customer, "7")
    ids = {
        "customer": f"customerId={graphene.Node.to_global_id('User', customer.pk)}",
        "order": f"orderId={graphene.Node.to_global_id('Order', order.pk)}",
        "home": "from=home",
    }
    desk = frame.open(f"/panels/{panel}?{ids[panel]}", token_of(manager()), width="340px", theme=theme)
    desk.locator(".figures").wait_for()
    for summary in desk.locator("summary").all():
        summary.click()
    frame.page.wait_for_timeout(200)
    chromium.picture(frame.page, f"panel-{panel}-{theme}")
    inner: Any = next(one for one in frame.page.frames if re.search("/panels/", one.url))
    inner.evaluate("ground => document.body.style.background = ground", GROUNDS[theme])  # axe looks out of no frame
    assert chromium.barriers(inner) == []
