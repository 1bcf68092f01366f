"""The Dashboard: where it shows pages of the desk. The rows are the host's; that they were made is remembered here.

What staff have removed or switched off there stays so: it is theirs to decide, and not made again unless they ask.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, Iterator

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

import saleor_reciprocity

from . import deployment, host, languages, rights, settings
from .rights import MANAGE_DISCOUNTS as DISCOUNTS
from .rights import MANAGE_ORDERS as ORDERS
from .rights import MANAGE_USERS as USERS

DESK = f"/plugins/{settings.PLUGIN_ID}/desk"


class Outcome(Enum):
    """What became of the wish to be shown in the Dashboard."""

    MADE = "made"
    REFRESHED = "refreshed"
    SWITCHED_OFF = "switched off"
    REMOVED = "removed"
    NO_DASHBOARD = "no dashboard"  # the deployer has named none that may show us
    NOT_HERE = "not here"  # this Saleor's Dashboard shows no app


class DeskApp(models.Model):
    """The app that was made for the Dashboard: one row, or none before there was one."""

    id = models.BigAutoField(primary_key=True)
    key = models.IntegerField()
    made_at = models.DateTimeField()

    class Meta:
        app_label = "reciprocity"


def place(now: datetime, *, again: bool = False) -> Outcome:
    """See that the Dashboard shows our pages, by the shop's present address; `again` also where staff removed them."""
    if state() in (Outcome.NOT_HERE, Outcome.NO_DASHBOARD):
        return state()
    with transaction.atomic(), override(languages.nearest(deployment.shop_language())):
        known, _is_new = DeskApp.objects.select_for_update().get_or_create(pk=1, defaults={"key": 0, "made_at": now})
        outcome = state()  # nobody else makes or refreshes it now
        if outcome in (Outcome.REFRESHED, Outcome.SWITCHED_OFF):
            host.refresh_dashboard_app(known.key, _app())
        elif outcome is Outcome.MADE or again:
            known.key, known.made_at = host.make_dashboard_app(_app()), now
            known.save()
            return Outcome.MADE
    return outcome


def state() -> Outcome:
    """How it is. MADE says that nothing is there yet, and that it can be made."""
    if not host.SHOWS_APPS:
        return Outcome.NOT_HERE
    if not deployment.framers():
        return Outcome.NO_DASHBOARD
    known = DeskApp.objects.filter(key__gt=0).first()
    if known is None:
        return Outcome.MADE
    is_on = host.dashboard_app_is_on(known.key)
    return Outcome.REMOVED if is_on is None else Outcome.REFRESHED if is_on else Outcome.SWITCHED_OFF


def _app() -> host.DashboardApp:
    return host.DashboardApp(
        identifier=settings.PLUGIN_ID,
        name="Saleor Reciprocity",
        about=_("Points, gifts that nobody expected, questions after an order, and whether it brings customers back."),
        address=host.absolute_address(DESK),
        version=saleor_reciprocity.__version__,
        permissions=rights.ASKED_FOR,
        places=tuple(_places()),
    )


def _places() -> Iterator[host.Place]:
    """A page of a navigation is named below the app's address, every other place by its whole address."""
    for name, mount, path, right in (
        ("desk", "navigation_discounts", "/", DISCOUNTS),
        ("desk-customers", "navigation_customers", "/customers", USERS),
        ("desk-answers", "navigation_orders", "/answers", ORDERS),
    ):
        yield host.Place(name, _("Loyalty"), path, mount, "app_page", (right,))
    widget: dict[str, Any] = {"widgetTarget": {"method": "GET"}}
    home: dict[str, Any] = {"homeWidgetTarget": {"method": "GET", "fullscreen": False}}
    for name, mount, panel, right, target, options in (
        ("customer", "customer_details_widgets", "customer", USERS, "widget", widget),
        ("customer-popup", "customer_details_more_actions", "customer?popup=1", USERS, "popup", {}),
        ("order", "order_details_widgets", "order", ORDERS, "widget", widget),
        ("order-popup", "order_details_more_actions", "order?popup=1", ORDERS, "popup", {}),
        ("home", "homepage_widgets", "home", DISCOUNTS, "widget", home),
    ):
        address = host.absolute_address(f"{DESK}/panels/{panel}")
        yield host.Place(name, _("Loyalty"), address, mount, target, (right,), options)
