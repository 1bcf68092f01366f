"""Writes off the points that have expired."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.management.progress import Progress
from saleor_reciprocity.points import expiry


class Command(BaseCommand):
    help = "Write off the points that have expired. Safe to repeat, and to stop at any point."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--batch", type=int, default=expiry.BATCH, help=f"accounts in one transaction ({expiry.BATCH})"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        with host.allow_writer():
            total, worth = expiry.due_lots(now)
            if options["dry_run"]:
                self.stdout.write(f"{worth} points of {total} lots have expired and are not written off yet.")
                return
            progress = Progress(self.stderr, total, "lots")
            lots, points = expiry.run(now, max(1, options["batch"]), lambda done, _points: progress(done))
        self.stdout.write(f"Wrote off {points} points of {lots} lots.")
