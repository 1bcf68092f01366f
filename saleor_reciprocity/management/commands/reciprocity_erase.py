"""Forgets a person for good."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from saleor_reciprocity import erasure, errors, host
from saleor_reciprocity.management import person


class Command(BaseCommand):
    help = "Forget a person for good, in every table of the plugin. Sums stay as they are. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        person.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with host.allow_writer():
            try:
                orders = erasure.erase(person.named(options), timezone.now())
            except errors.ReciprocityError as error:
                raise CommandError(str(error)) from error
        self.stdout.write(f"Erased. {orders} orders are ignored from now on.")
