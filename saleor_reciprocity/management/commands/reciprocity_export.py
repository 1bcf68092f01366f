"""Prints all that is held about a person."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from saleor_reciprocity import erasure, host


class Command(BaseCommand):
    help = "Print all that is held about a person, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--user", type=int, help="the number of a user")
        who.add_argument("--email", help="the e-mail address of a customer or guest")

    def handle(self, *args: Any, **options: Any) -> None:
        with host.allow_writer():
            person = host.person_with_email(options["email"] or "")
            if options["user"] is not None:
                user = host.user_with_id(options["user"])
                if user is None:
                    raise CommandError(f"There is no user {options['user']}.")
                person = host.person(user)
            held = erasure.export(person)
        self.stdout.write(json.dumps(held, cls=DjangoJSONEncoder, indent=2))
