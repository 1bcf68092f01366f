"""Shows the plugin's pages in the Dashboard."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from saleor_reciprocity import dashboard, host
from saleor_reciprocity.dashboard import Outcome

SAID = {
    Outcome.MADE: "The Dashboard shows the desk now.",
    Outcome.REFRESHED: "The Dashboard shows the desk; its rows were brought up to date.",
    Outcome.SWITCHED_OFF: "Staff have switched the app off in the Dashboard. It was brought up to date and stays off.",
    Outcome.REMOVED: "Staff have removed the app from the Dashboard. `reciprocity_dashboard --again` makes it again.",
    Outcome.NO_DASHBOARD: 'Name the Dashboards: RECIPROCITY_DASHBOARDS = ["https://dashboard.example.com"].',
    Outcome.NOT_HERE: "The Dashboard of this Saleor shows no apps. The desk is at its own address.",
}


class Command(BaseCommand):
    help = "Show the plugin's pages in the Dashboard, by the shop's present address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="also where staff have removed them")

    def handle(self, *args: Any, **options: Any) -> None:
        with host.allow_writer():
            outcome = dashboard.place(timezone.now(), again=options["again"])
            self.stdout.write(host.absolute_address(dashboard.DESK))
        if outcome is Outcome.NO_DASHBOARD:
            raise CommandError(SAID[outcome])
        self.stdout.write(SAID[outcome])
