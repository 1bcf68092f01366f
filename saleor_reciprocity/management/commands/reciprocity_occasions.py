"""Draws for the people whose occasion has come."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from saleor_reciprocity.surprises import due

from ..progress import Progress


class Command(BaseCommand):
    help = "Draw for everybody whose occasion has come, in the campaigns for occasions. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        drawn = due.look(now, Progress(self.stderr, due.number(now), "people"))
        self.stdout.write(f"{drawn} draws made.")
