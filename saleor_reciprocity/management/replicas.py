"""Replicas: the other database that a command reads from, and how far it has come."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import Iterator

from django.core.management.base import CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections


def add_argument(parser: CommandParser, what: str = "") -> None:
    """The option that names the database to read from, or to read some things from."""
    said = f"alias to read {what} from" if what else "alias to read from"
    parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help=f"{said}, a replica for example")


@contextmanager
def named(alias: str) -> Iterator[None]:
    """Let a command read from a database. Raises CommandError where there is none, or no answer comes any more."""
    if alias not in connections:
        raise CommandError(f"There is no database {alias} in DATABASES.")
    try:
        yield
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise CommandError(f"The database {alias} gave no answer: {reason}") from error


@contextmanager
def instead(alias: str) -> Iterator[None]:
    """Let all that this thread reads from the default database come from another one."""
    usual = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections[alias]
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = usual


def require(alias: str, moment: datetime) -> None:
    """Refuse a replica that lacks something of before a moment. One that can't tell, and a primary, pass."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_last_xact_replay_timestamp()")
        ((replayed,),) = cursor.fetchall()
    if replayed is not None and replayed < moment:
        raise CommandError(
            f"The database {alias} has what was stored until {replayed:%Y-%m-%d %H:%M:%S} UTC and not until "
            f"{moment:%Y-%m-%d %H:%M:%S} UTC. Try again when it has caught up, or name an earlier day."
        )
