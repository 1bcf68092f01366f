"""Writes what customers answered as CSV."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from saleor_reciprocity import host
from saleor_reciprocity.surveys import exports
from saleor_reciprocity.surveys.models import Way
from saleor_reciprocity.surveys.queries import Filter


class Command(BaseCommand):
    help = "Write the answers to surveys as CSV, the newest first. No cell is a formula."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--channel", help="slug of a channel; all without it")
        parser.add_argument("--way", choices=Way.values, help="only what came by this way; open answers are never else")
        parser.add_argument("--since", type=datetime.fromisoformat, help="answered then or later, such as 2026-01-31")
        parser.add_argument("--output", help="the file to write; standard output without it")

    def handle(self, *args: Any, **options: Any) -> None:
        since = options["since"]
        if since is not None and since.tzinfo is None:
            since = since.replace(tzinfo=timezone.utc)
        with host.allow_writer():
            channel = host.channel_by_slug(options["channel"]) if options["channel"] else None
            if options["channel"] and channel is None:
                raise CommandError(f"There is no channel {options['channel']}.")
            lines = exports.lines(Filter(channel_id=channel.id if channel else None, since=since, way=options["way"]))
            if options["output"]:
                # Spreadsheets take UTF-8 for such only with this mark.
                with open(options["output"], "w", encoding="utf-8-sig", newline="") as file:
                    file.writelines(lines)
            else:
                for line in lines:
                    self.stdout.write(line, ending="")
