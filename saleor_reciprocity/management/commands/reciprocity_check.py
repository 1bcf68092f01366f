"""Proves that the books are right."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.health import books


class Command(BaseCommand):
    help = "Prove that the books are right. Ends with status 1 and the rows at fault when they are not."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        with host.allow_writer():
            for title, rows in books.proved(timezone.now()):
                self.stdout.write(f"{'BROKEN' if rows else 'ok':<8}{title}")
                for row in rows:
                    self.stdout.write(f"        {', '.join(f'{name} {value}' for name, value in row.items())}")
                broken += bool(rows)
        if broken:
            raise CommandError(f"{broken} of the rules above are broken.")
