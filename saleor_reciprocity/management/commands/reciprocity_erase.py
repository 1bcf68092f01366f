"""Forgets a person for good."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from saleor_reciprocity import erasure, host


class Command(BaseCommand):
    help = "Forget a person for good, in every table of the plugin. Sums stay as they are. Safe to repeat."

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
            orders = erasure.erase(person)
        self.stdout.write(f"Erased. {orders} orders are ignored from now on.")
