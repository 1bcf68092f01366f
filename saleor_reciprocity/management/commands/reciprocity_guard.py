"""Switches the guard against second uses of a voucher on and off."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from saleor_reciprocity import host
from saleor_reciprocity.rewards import guard


class Command(BaseCommand):
    help = "Say whether the database refuses a second order with one of our vouchers; switch that on or off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("switch", nargs="?", choices=["on", "off"], help="nothing: only say how it is")

    def handle(self, *args: Any, **options: Any) -> None:
        with host.allow_writer():
            if options["switch"]:
                (guard.install if options["switch"] == "on" else guard.remove)()
            self.stdout.write(f"The guard is {'on' if guard.is_installed() else 'off'}.")
