"""Says whether the recommendations would help this shop, from its own past."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.management import replicas
from saleor_reciprocity.recommendations import training


class Command(BaseCommand):
    help = "Replay the shop's own history: what would have been recommended, and what was bought next."

    def add_arguments(self, parser: CommandParser) -> None:
        replicas.add_argument(parser, "purchases")
        parser.add_argument("--days", type=int, default=training.DAYS, help=f"how far to look back ({training.DAYS})")
        parser.add_argument("--seed", type=int, default=training.SEED, help="of the random numbers")
        parser.add_argument(
            "--cuts", type=int, nargs="+", default=[30, 60], help="days before now to look from (30 60)"
        )
        parser.add_argument(
            "--simulated-stars", action="store_true", help="say what stars would be worth in a made-up shop instead"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not training.can_learn():
            raise CommandError(training.NEEDED)
        if min(options["cuts"]) < 1:
            raise CommandError("--cuts has to be 1 or more.")
        training.on_one_processor()
        if options["simulated_stars"]:
            from saleor_reciprocity.recommendations import simulation

            self.stdout.write("\n".join(simulation.report(options["seed"])))
            return
        from saleor_reciprocity.recommendations import replay

        with replicas.named(options["database"]), host.allow_writer():
            lines = replay.report(
                options["database"],
                now=timezone.now(),
                days=options["days"],
                cuts=options["cuts"],
                seed=options["seed"],
                progress=lambda step: self.stderr.write(step),
            )
        self.stdout.write("\n".join(lines))
