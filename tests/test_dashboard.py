"""The places in which the Dashboard shows the desk: made once, brought up to date, and left to staff."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from saleor_reciprocity import dashboard, host
from saleor_reciprocity.dashboard import DeskApp, Outcome

from . import hosts

shows_apps = pytest.mark.skipif(not host.SHOWS_APPS, reason="The Dashboard of Saleor 2.10 shows no apps")
DESK = "https://shop.example.com/plugins/saleor_reciprocity/desk"


@pytest.fixture(autouse=True)
def address(db: Any, settings: Any) -> None:
    settings.RECIPROCITY_DASHBOARDS = ["https://dashboard.example.com"]
    settings.PUBLIC_URL = "https://shop.example.com"


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("reciprocity_dashboard", *arguments, stdout=out)
    return out.getvalue()


def app() -> Any:
    from saleor.app.models import App

    return App.objects.get(identifier="saleor_reciprocity", removed_at=None)


@pytest.mark.skipif(host.SHOWS_APPS, reason="The Dashboard of Saleor 3 shows apps")
def test_a_dashboard_that_shows_no_apps_is_left_alone() -> None:
    assert dashboard.place(timezone.now()) is Outcome.NOT_HERE
    assert "at its own address" in said()
    assert not DeskApp.objects.exists()


@shows_apps
def test_without_a_dashboard_that_may_show_us_nothing_is_made(settings: Any, channel: host.Channel) -> None:
    settings.RECIPROCITY_DASHBOARDS = []
    hosts.configure(channel, active=True)
    assert not DeskApp.objects.exists()
    with pytest.raises(CommandError, match="RECIPROCITY_DASHBOARDS"):
        said()


@shows_apps
def test_the_first_save_of_the_plugins_page_makes_the_places(channel: host.Channel) -> None:
    hosts.configure(channel, active=True)
    made = app()
    assert (made.type, made.is_active, made.app_url) == ("thirdparty", True, DESK)
    assert made.tokens.count() == made.webhooks.count() == 0
    places = {one.mount: one for one in made.extensions.all()}
    page = places["navigation_discounts"]
    assert (page.target, page.url) == ("app_page", "/")
    popup = places["customer_details_more_actions"]
    assert (popup.target, popup.url) == ("popup", f"{DESK}/panels/customer?popup=1")
    assert [one.codename for one in popup.permissions.all()] == ["manage_users"]
    columns = {field.name for field in popup._meta.get_fields()}
    if "settings" in columns:
        panel = places["customer_details_widgets"]
        assert (panel.target, panel.url) == ("widget", f"{DESK}/panels/customer")
        assert panel.settings == {"widgetTarget": {"method": "GET"}}
        assert page.settings == {}
    if "identifier" in columns:
        assert places["homepage_widgets"].identifier == "home"
        assert places["homepage_widgets"].settings == {"homeWidgetTarget": {"method": "GET", "fullscreen": False}}
    from saleor.app import types

    if hasattr(types, "AppExtensionMount"):
        assert set(places) <= set(dict(types.AppExtensionMount.CHOICES))
    hosts.configure(channel, active=True, points_per_unit="2")
    assert app().pk == made.pk


@shows_apps
def test_the_places_follow_the_shops_address(settings: Any) -> None:
    assert "shows the desk now" in said()
    before = {one.pk for one in app().extensions.all()}
    app().extensions.filter(mount="navigation_orders").update(mount="navigation_pages")
    settings.PUBLIC_URL = "https://new.example.com"
    assert "up to date" in said()
    assert app().app_url == "https://new.example.com/plugins/saleor_reciprocity/desk"
    popup = app().extensions.get(mount="customer_details_more_actions")
    assert popup.url.startswith("https://new.example.com/")
    assert not app().extensions.filter(mount="navigation_pages").exists()
    assert len(before & {one.pk for one in app().extensions.all()}) == len(before) - 1


@shows_apps
def test_what_staff_removed_is_made_again_only_when_they_ask(channel: host.Channel) -> None:
    said()
    first = app()
    type(first).objects.update(removed_at=timezone.now())
    hosts.configure(channel, active=True)
    assert "removed" in said()
    assert not type(first).objects.filter(removed_at=None).exists()
    type(first).objects.all().delete()  # as the host does a day later
    assert dashboard.place(timezone.now()) is Outcome.REMOVED
    assert "now" in said("--again")
    assert app().pk != first.pk


@shows_apps
def test_who_asks_in_the_same_moment_makes_no_second_app(monkeypatch: Any) -> None:
    said()
    rows = type(app()).objects
    rows.update(removed_at=timezone.now())
    look, waiting = dashboard.state, ["another"]

    def state() -> Outcome:
        seen = look()
        if waiting:
            waiting.clear()
            dashboard.place(timezone.now(), again=True)
        return seen

    monkeypatch.setattr(dashboard, "state", state)
    dashboard.place(timezone.now(), again=True)
    assert rows.filter(removed_at=None).count() == 1


@shows_apps
def test_what_staff_switched_off_stays_off(settings: Any) -> None:
    said()
    type(app()).objects.update(is_active=False)
    settings.PUBLIC_URL = "https://new.example.com"
    assert "stays off" in said()
    assert (app().is_active, app().app_url.startswith("https://new.")) == (False, True)


@shows_apps
def test_staff_get_a_token_that_holds_what_both_may(channel: host.Channel) -> None:
    said()
    clerk = hosts.customer("clerk@example.com", staff=True)
    hosts.give_rights(clerk.user_permissions, "account.manage_users")
    ask = "{ appExtensions(first: 20) { edges { node { label accessToken permissions { code } } } } }"
    found = [edge["node"] for edge in hosts.as_user(clerk).data(ask)["appExtensions"]["edges"]]
    tokens = {right["code"]: one["accessToken"] for one in found for right in one["permissions"]}
    assert tokens["MANAGE_DISCOUNTS"] is None
    token = tokens["MANAGE_USERS"]
    rights = hosts.GraphQL(f"Bearer {token}").data("{ loyaltyRights { permission isGranted } }")["loyaltyRights"]
    assert [one["permission"] for one in rights if one["isGranted"]] == ["MANAGE_USERS"]
