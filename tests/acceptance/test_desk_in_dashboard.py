"""The desk within the Dashboard: a page plays the Dashboard's part, from another origin, in a real browser."""

from __future__ import annotations

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Iterator

import graphene
import pytest

from demo.storefront import Shop, Staff
from saleor_reciprocity import host

from .. import hosts
from ..desk.browsing import manager
from ..points.programmes import earned
from . import chromium
from .chromium import Browser

DASHBOARD = """<!DOCTYPE html><html lang="en"><head><title>Dashboard</title><style>body {{ margin: 0; background:
  {ground} }} iframe {{ border: 0; width: {width}; height: 200px }}</style></head>
<body><iframe src="{address}" title="Loyalty"></iframe><script>
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
        address = f"{self.shop.url}/plugins/saleor_reciprocity/desk{path}{mark}id=QXBwOjE%3D&theme={theme}"
        ground = "#1d1e24" if theme == "dark" else "#ffffff"
        self.dashboard.text = DASHBOARD.format(  # type: ignore[attr-defined]
            address=address, given=json.dumps(given), width=width, ground=ground
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
    assert chromium.barriers(inner) == []
