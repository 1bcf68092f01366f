"""Settles single orders now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from saleor_reciprocity import host, settlement


class Command(BaseCommand):
    help = "Give orders what is due for their state now. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("order", nargs="+", help="an order's number or token (Saleor 2) or id (Saleor 3)")

    def handle(self, *args: Any, **options: Any) -> None:
        for given in options["order"]:
            with host.allow_writer():
                order_id = host.order_id_of_number(given) or given
                known = host.order_fingerprint(order_id) is not None
            if not known:
                raise CommandError(f"There is no order {given}.")
            try:
                settlement.settle(order_id, again=True)
            except settlement.SettlementFailed as failure:
                raise CommandError(f"Order {given} was not settled: {failure}") from failure
            self.stdout.write(f"Order {given} is settled.")
