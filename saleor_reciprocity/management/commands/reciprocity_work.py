"""Does the work of the Celery schedule in a shop that has no Celery."""

from __future__ import annotations

import logging
import time
from typing import Any, Iterator

from celery import current_app
from celery.schedules import crontab
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from saleor_reciprocity import tasks
from saleor_reciprocity.errors import told

logger = logging.getLogger(__name__)

A_DAY = 24 * 60 * 60  # seconds


class Command(BaseCommand):
    help = "Do what the Celery schedule would do, until stopped. For shops without Celery."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pause", type=float, default=60.0, help="seconds between two looks (60)")
        parser.add_argument("--once", action="store_true", help="look once and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        nightly_work_done = float("-inf")
        while True:
            nightly = time.monotonic() - nightly_work_done >= A_DAY
            nightly_work_done = time.monotonic() if nightly else nightly_work_done
            failed = [name for name, entry in _due(nightly) if not self._do(name, entry)]
            if options["once"] and failed:
                raise CommandError(f"These failed, the log says why: {', '.join(failed)}")
            if options["once"]:
                return
            time.sleep(options["pause"])
            close_old_connections()  # the database may have been restarted

    def _do(self, name: str, entry: dict[str, Any]) -> bool:
        """Do one part of the work. Whether it went well: no part keeps the others from being done."""
        try:
            said = current_app.tasks[entry["task"]](**entry.get("kwargs", {}))
        except Exception as error:
            logger.error("%s failed; the next look tries again", name, exc_info=told(error))
            return False
        self.stdout.write(f"{name}: {said or 'done'}")
        return True


def _due(nightly: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """What Celery does every few minutes and, `nightly`, what it does at a time of the day."""
    for name, entry in tasks.SCHEDULE.items():
        if nightly or not isinstance(entry["schedule"], crontab):
            yield name, entry
