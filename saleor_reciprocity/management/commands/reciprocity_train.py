"""Trains the recommendations now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.feedback import FEEDBACK
from saleor_reciprocity.management import replicas
from saleor_reciprocity.management.progress import Steps
from saleor_reciprocity.recommendations import training


class Command(BaseCommand):
    help = "Train the recommendations from the shop's order lines, and let them serve. The old ones serve until then."

    def add_arguments(self, parser: CommandParser) -> None:
        replicas.add_argument(parser, "purchases")
        parser.add_argument("--days", type=int, default=training.DAYS, help=f"how far to look back ({training.DAYS})")
        parser.add_argument("--seed", type=int, default=training.SEED, help="of the random numbers that break ties")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < 1:
            raise CommandError("--days has to be at least 1.")
        if not training.can_learn():
            self.stderr.write(training.ADVICE)
            if options["database"] != "default":
                self.stderr.write(f"It is counted where the rows are written: {options['database']} is not read.")
        try:
            with replicas.named(options["database"]), host.allow_writer():
                version = training.train(
                    timezone.now(),
                    database=options["database"],
                    days=options["days"],
                    seed=options["seed"],
                    progress=Steps(self.stderr).show,
                    feedback=FEEDBACK,
                )
        except training.AlreadyTraining as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Version {version.pk} serves now: {version.algorithm}")
        for name, value in version.figures.items():
            self.stdout.write(f"  {name}: {value}")
