"""Adjusts the points of many people from a CSV file."""

from __future__ import annotations

import csv
import getpass
import sys
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from saleor_reciprocity import errors, host
from saleor_reciprocity.management.progress import Progress
from saleor_reciprocity.points import adjustment_files
from saleor_reciprocity.surveys.exports import harmless


class Command(BaseCommand):
    help = (
        "Give and take points by a CSV file with the columns email or user, points, reason, and if wanted key and "
        "channel. Reports each row as CSV. Safe to repeat: what was done before is not done again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file, in UTF-8")
        parser.add_argument("--dry-run", action="store_true", help="only report what would be done")
        parser.add_argument("--report", type=Path, help="where to write the report (standard output)")
        parser.add_argument("--actor", help="who is named in the ledger (command:USER)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = adjustment_files.read(options["file"].read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError, csv.Error, errors.Invalid) as error:
            raise CommandError(f"{options['file']} can't be used: {error}") from error
        actor = (options["actor"] or f"command:{getpass.getuser()}")[:64]
        with host.allow_writer():
            reports = (
                adjustment_files.rehearse(rows, timezone.now())
                if options["dry_run"]
                else adjustment_files.apply(rows, actor, timezone.now())
            )
            if options["report"]:
                with options["report"].open("w", newline="", encoding="utf-8") as file:
                    refused = self._write(reports, file, len(rows))
            else:
                refused = self._write(reports, self.stdout, len(rows))
        if refused:
            raise CommandError(f"{refused} of {len(rows)} rows were refused; the report says why.")

    def _write(self, reports: Any, file: Any, total: int) -> int:
        progress = Progress(self.stderr, total, "rows")
        writer = csv.writer(_Unended(file) if file is self.stdout else file)
        writer.writerow([field.name for field in fields(adjustment_files.Report)])
        refused = 0
        for number, report in enumerate(reports, 1):
            writer.writerow([_cell(value) for value in astuple(report)])
            refused += report.status == adjustment_files.REFUSED
            if file is not self.stdout or not sys.stdout.isatty():
                progress(number)
        return refused


def _cell(value: Any) -> Any:
    """What was in the file goes back to a spreadsheet: no formula, though numbers may be negative."""
    if not isinstance(value, str) or adjustment_files.NUMBER.fullmatch(value):
        return "" if value is None else value
    return harmless(value)


class _Unended:
    """A command's output that adds no line end of its own."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def write(self, text: str) -> None:
        self.stream.write(text, ending="")
