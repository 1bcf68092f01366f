"""Runs the sweep once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from saleor_reciprocity import sweep


class Command(BaseCommand):
    help = "Find the orders that were not settled in their present state, and settle them. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--recent", action="store_true", help="only orders of which something is new")

    def handle(self, *args: Any, **options: Any) -> None:
        run = sweep.sweep_recent if options["recent"] else sweep.sweep
        settled, failed = run(progress=self.progress)
        self.stdout.write(f"Settled {settled} orders.")
        if failed:
            raise CommandError(f"{failed} orders could not be settled; they are tried again later. The log says why.")

    def progress(self, settled: int) -> None:
        if settled and settled % 1000 == 0:
            self.stderr.write(f"{settled} orders settled so far")
