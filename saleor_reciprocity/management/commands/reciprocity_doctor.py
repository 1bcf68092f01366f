"""Looks the installation over, as whoever has just installed the plugin wants it looked over."""

from __future__ import annotations

from typing import Any, Callable, Iterator

from django.core.checks import ERROR, CheckMessage
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from saleor_reciprocity import checks, host, rights
from saleor_reciprocity.health import look
from saleor_reciprocity.health.findings import Finding, State, broken, fine, seen
from saleor_reciprocity.health.findings import look as to_look_at

_SHOWN = {State.FINE: "ok", State.LOOK: "look", State.BROKEN: "BROKEN"}
# What the look at the place and the hooks says, too.
_SAID_ELSEWHERE = (checks.links_lead_to_the_shop, checks.hooks_are_called)


class Command(BaseCommand):
    help = "Look the installation over: settings, address, mail, schedule, workers, Dashboard, rights, books."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(_found())
        for one in found:
            self.stdout.write(f"{_SHOWN[one.state]:<8}{one.name}: {one.said}")
            if one.todo:
                self.stdout.write(f"        {one.todo}")
        wrong = sum(one.state is State.BROKEN for one in found)
        if wrong:
            raise CommandError(f"{wrong} of these do not work.")


def _found() -> Iterator[Finding]:
    with host.allow_writer():
        try:
            missing = _migrations()
        except DatabaseError as error:
            yield broken("database", f"The database does not answer: {error}", "Set DATABASE_URL.")
            return
        if missing:
            yield broken("database", f"{missing} migrations are not applied.", "Run manage.py migrate.")
            return
        yield fine("database", "The tables are there.")
        for check in (*checks.OF_THE_PLUGIN, *checks.OF_THE_DATABASE):
            yield from seen(check.__name__, _checked, check) if check not in _SAID_ELSEWHERE else ()
        yield from seen("rights", _rights)
        yield from look.findings(timezone.now())


def _migrations() -> int:
    executor = MigrationExecutor(connections["default"])
    targets = [node for node in executor.loader.graph.leaf_nodes() if node[0] == "reciprocity"]
    return len(executor.migration_plan(targets))


def _checked(check: Callable[[Any], list[CheckMessage]]) -> Iterator[Finding]:
    for message in check(None):
        kind = broken if message.level >= ERROR else to_look_at
        yield kind(message.id, message.msg, message.hint or "")


def _rights() -> Finding:
    nobodys = [rights.short(one) for one in rights.ASKED_FOR if not host.somebody_may(one)]
    if nobodys:
        return to_look_at("rights", f"Nobody on the staff holds: {', '.join(nobodys)}.", "Grant it in the Dashboard.")
    return fine("rights", "Somebody on the staff holds each permission that is asked for.")
