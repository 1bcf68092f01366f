"""Pages: what the desk consists of. A page is a line here, a document and a template of the same name."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Page:
    """A page: its address below the desk, the rights that open it, and its place in the menu, if it has one."""

    path: str
    right: str = ""
    menu: str = ""
    also: str = ""

    @property
    def name(self) -> str:
        """What its document and its template are called."""
        return self.path.replace("/", "_").replace("-", "_")


_PAGES = (
    Page("menu"),
    Page("start", "MANAGE_PLUGINS", _("Start")),
    Page("customers", "MANAGE_USERS", _("Customers")),
    Page("customers/account", "MANAGE_USERS"),
    Page("customers/guest", "MANAGE_USERS"),
    Page("customers/data", "MANAGE_USERS", also="MANAGE_ORDERS"),
    Page("customers/merge", "MANAGE_USERS"),
    Page("customers/erase", "MANAGE_USERS"),
    Page("customers/erase-guest", "MANAGE_USERS"),
    Page("rewards", "MANAGE_DISCOUNTS", _("Rewards")),
    Page("services", "MANAGE_DISCOUNTS", _("Services")),
    Page("rules", "MANAGE_DISCOUNTS", _("Rules")),
    Page("tiers", "MANAGE_DISCOUNTS", _("Tiers")),
    Page("campaigns", "MANAGE_DISCOUNTS", _("Surprise gifts")),
    Page("pick", "MANAGE_DISCOUNTS"),
    Page("report", "MANAGE_DISCOUNTS", _("Report")),
    Page("answers", "MANAGE_ORDERS", _("Answers")),
    Page("answers/csv", "MANAGE_ORDERS"),
    Page("answers/open", "MANAGE_ORDERS"),
    Page("messages", "MANAGE_ORDERS", _("Messages")),
    Page("messages/preview", "MANAGE_ORDERS"),
    Page("messages/html", "MANAGE_ORDERS"),
    Page("settings", "MANAGE_PLUGINS", _("Settings")),
    Page("health", "MANAGE_PLUGINS", _("Health")),
    Page("rights", "", _("People and rights")),
    Page("panels/customer", "MANAGE_USERS"),
    Page("panels/order", "MANAGE_ORDERS"),
    Page("panels/home", "MANAGE_DISCOUNTS"),
)

PAGES = {page.path: page for page in _PAGES}
HOME = "customers"
