"""The Dashboard of Saleor 2.10, which shows no page of anybody else's."""

from __future__ import annotations

from ..facts import DashboardApp

SHOWS_APPS = False


def make_dashboard_app(app: DashboardApp) -> int:
    """Make the app. Its number; 0 where there is none."""
    return 0


def refresh_dashboard_app(key: int, app: DashboardApp) -> None:
    """Bring an app, and the places in which the Dashboard shows it, to what is wanted, whether it is on or off."""


def dashboard_app_is_on(key: int) -> bool | None:
    """Whether an app is switched on; None where staff have removed it."""
    return None
