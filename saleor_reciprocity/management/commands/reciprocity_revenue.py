"""Says how much of what was allocated to points is revenue."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from saleor_reciprocity.points.breakage import revenue

CENT = Decimal("0.01")


class Command(BaseCommand):
    help = (
        "Work out revenue by IFRS 15 (B42, B44 to B46): in proportion to the points redeemed of all that are expected "
        "to be. The points are those of reciprocity_report; the money is the bookkeeper's."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("allocated", help="money allocated to points so far, as 9000.00")
        parser.add_argument("redeemed", type=int, help="points redeemed so far")
        parser.add_argument("expected", type=int, help="points that will still be redeemed: expected, or prudent")
        parser.add_argument("--before", default="0", metavar="MONEY", help="revenue of earlier periods (0)")

    def handle(self, *args: Any, **options: Any) -> None:
        if min(options["redeemed"], options["expected"]) < 0:
            raise CommandError("Points are whole numbers from 0 on.")
        to_date = revenue(_money(options["allocated"]), options["redeemed"], options["expected"]).quantize(CENT)
        self.stdout.write(f"{to_date:>16,}  revenue to date")
        self.stdout.write(f"{to_date - _money(options['before']):>16,}  of this period")


def _money(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise CommandError(f"{text} is no amount of money.")
    return found.quantize(CENT)
