"""Says what a rule of earning would have cost, before it is switched on."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from saleor_reciprocity import errors, host
from saleor_reciprocity.points.earning import conditions, rulebook, simulation
from saleor_reciprocity.points.earning.conditions import Conditions, declared
from saleor_reciprocity.points.earning.rules import Effect, Stacking, Trigger


class Command(BaseCommand):
    help = "Say what a rule would have cost over the last days, in points and in money. Changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("effect", choices=[effect.value.replace(" ", "-") for effect in Effect])
        parser.add_argument("value", help="the factor of a multiplier, or the points of a bonus")
        parser.add_argument("--days", type=int, default=90, help="how many days to look back (90)")
        parser.add_argument("--channel", help="slug of the channel, where there is more than one")
        parser.add_argument("--stacking", choices=[way.value for way in Stacking], default=Stacking.ADD.value)
        for each in declared():
            if each.kind.is_set:
                asked = {"type": each.kind.read, "action": "append", "default": [], "dest": each.name}
                parser.add_argument(f"--{each.option}", help=each.shown, **asked)
            else:
                parser.add_argument("--" + each.name.replace("_", "-"), type=each.kind.read, help=each.shown)

    def handle(self, *args: Any, **options: Any) -> None:
        with host.allow_writer():
            channel = host.channel_by_slug(options["channel"])
            if channel is None:
                raise CommandError("Name a channel with --channel.")
            if not 1 <= options["days"] <= simulation.MOST_DAYS:
                raise CommandError(f"Name 1 to {simulation.MOST_DAYS} days.")
            now = timezone.now()
            try:
                rule = rulebook.draft(channel, _conditions(options), now, **_terms(options)).pure
            except (errors.Invalid, InvalidOperation) as error:
                raise CommandError(f"{getattr(error, 'field', 'value')}: {error}") from error
            found = simulation.simulate(channel, rule, options["days"], now)
        self.stdout.write(
            f"Over the last {found.days} days: {found.points} points for {found.orders} orders"
            f" of {found.customers} customers."
        )
        if found.liability is not None:
            self.stdout.write(
                f"By the standard reward they are worth {found.liability.normalize():f} {found.currency}."
            )


def _terms(options: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "simulated",
        "trigger": Trigger.ORDER.value,
        "effect": options["effect"].replace("-", " "),
        "value": Decimal(options["value"]),
        "stacking": options["stacking"],
        "priority": 0,
    }


def _conditions(options: dict[str, Any]) -> Conditions:
    asked: dict[str, Any] = {}
    for each in declared():
        asked[each.name] = frozenset(options[each.name]) if each.kind.is_set else options[each.name]
    return conditions.Conditions(**asked)
