"""Writes the report: whether customers come back, what it costs and owes, what they say, and how it is used."""

from __future__ import annotations

import json
import time
from datetime import date
from typing import Any, Callable

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import override

from saleor_reciprocity import deployment, host, languages
from saleor_reciprocity.management import replicas
from saleor_reciprocity.management.progress import Progress
from saleor_reciprocity.reports import html, plain, report, text
from saleor_reciprocity.reports.values import Report
from saleor_reciprocity.reports.voice import end_of

PATIENCE_SECONDS = 2.0  # from then on it says how far it is


class Command(BaseCommand):
    help = "Write the report of a channel, or of the shop. It reads only, also from a replica."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--channel", help="slug of a channel; the shop without it")
        parser.add_argument("--until", type=date.fromisoformat, help="the last day that counts, such as 2026-01-31")
        parser.add_argument("--format", choices=sorted(FORMATS), default="text", help="text, json, or one html file")
        parser.add_argument("--language", default=deployment.shop_language(), help="such as en or zh-hans")
        parser.add_argument("--output", help="the file to write; standard output without it")
        replicas.add_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with replicas.named(options["database"]), host.allow_writer(), replicas.instead(options["database"]):
            scope = self._scope(options)
            replicas.require(options["database"], end_of(scope.until))
            found = report.made(scope, self._progress())
        with override(languages.nearest(options["language"])):
            written = FORMATS[options["format"]](found)
        if options["output"]:
            with open(options["output"], "w", encoding="utf-8") as file:
                file.write(written)
        else:
            self.stdout.write(written, ending="")

    def _scope(self, options: dict[str, Any]) -> report.Scope:
        now, slug = timezone.now(), options["channel"]
        channel = host.channel_by_slug(slug) if slug else None
        if slug and channel is None:
            raise CommandError(f"There is no channel {slug}.")
        until = options["until"] or report.last_day(now)
        if until > report.last_day(now):
            raise CommandError(f"{until} is not over yet.")
        return report.Scope(channel, until, now)

    def _progress(self) -> Callable[[int], None]:
        tell, began = Progress(self.stderr, len(report.PARTS), "parts"), time.monotonic()

        def progress(done: int) -> None:
            if time.monotonic() - began > PATIENCE_SECONDS:
                tell(done)

        return progress


def _json(found: Report) -> str:
    return json.dumps(plain.plain(found), ensure_ascii=False, indent=2) + "\n"


FORMATS: dict[str, Callable[[Report], str]] = {"text": text.text, "json": _json, "html": html.page}
