"""Does the work of the Celery schedule in a shop that has no Celery."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from saleor_reciprocity import host, letters, people, sweep
from saleor_reciprocity.points import expiry
from saleor_reciprocity.points import upkeep as points_upkeep
from saleor_reciprocity.recommendations import training
from saleor_reciprocity.rewards import upkeep as codes
from saleor_reciprocity.surprises import upkeep
from saleor_reciprocity.surveys import upkeep as surveys_upkeep

A_DAY = 24 * 60 * 60  # seconds


class Command(BaseCommand):
    help = "Do what the Celery schedule would do, until stopped. For shops without Celery."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pause", type=float, default=60.0, help="seconds between two looks (60)")
        parser.add_argument("--once", action="store_true", help="look once and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        swept_all = 0.0
        while True:
            due = time.time() - swept_all >= A_DAY
            swept_all = time.time() if due else swept_all
            settled, failed = sweep.sweep() if due else sweep.sweep_recent()
            with host.allow_writer():
                expiry.run(timezone.now())
            people.look(thoroughly=due)
            points_upkeep.look()
            upkeep.look()
            surveys_upkeep.look()
            codes.look()
            with host.allow_writer():
                training.look(timezone.now())
            self.stdout.write(f"{settled} orders settled, {failed} to be tried again")
            mails = letters.send()
            self.stdout.write(f"{mails.sent} messages sent, {mails.not_sent} not sent, {mails.later} to be tried again")
            if options["once"]:
                return
            time.sleep(options["pause"])
