"""Whom a command is about: one of two options names a person."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from saleor_reciprocity import errors, host, identity


def add_arguments(parser: CommandParser) -> None:
    """The two options."""
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--user", type=int, help="the number of a user")
    who.add_argument("--email", help="the e-mail address of a customer or guest")


def named(options: dict[str, Any]) -> host.Person:
    """The person that the options name. Raises CommandError for nobody."""
    if options["user"] is None:
        try:
            return host.person_with_email(identity.address(options["email"] or ""))
        except errors.Invalid as error:
            raise CommandError(str(error)) from error
    user = host.user_with_id(options["user"])
    if user is None:
        raise CommandError(f"There is no user {options['user']}.")
    return host.person(user)
