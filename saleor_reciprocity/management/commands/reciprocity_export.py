"""Prints all that is held about a person."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from saleor_reciprocity import erasure, host
from saleor_reciprocity.management import person


class Command(BaseCommand):
    help = "Print all that is held about a person, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        person.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with host.allow_writer():
            held = erasure.export(person.named(options))
        self.stdout.write(json.dumps(held, cls=DjangoJSONEncoder, indent=2))
