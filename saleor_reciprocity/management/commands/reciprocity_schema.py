"""Prints what the plugin adds to the GraphQL schema, or compares it with the committed file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from saleor_reciprocity.graphql import schema

COMMITTED = Path(schema.__file__).with_name("schema.graphql")


class Command(BaseCommand):
    help = "Print what the plugin adds to the GraphQL schema."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="end with status 1 when the committed file is stale")
        parser.add_argument("--write", action="store_true", help="write the file")

    def handle(self, *args: Any, **options: Any) -> None:
        text = schema.sdl()
        if options["write"]:
            COMMITTED.write_text(text)
        elif options["check"]:
            if not COMMITTED.exists() or COMMITTED.read_text() != text:
                raise CommandError(f"{COMMITTED.name} is stale. Run: manage.py reciprocity_schema --write")
        else:
            self.stdout.write(text)
