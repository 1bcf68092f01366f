"""Says what a rule of earning would have cost, before it is switched on."""

from __future__ import annotations

from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from saleor_reciprocity import errors, host
from saleor_reciprocity.points.earning import rulebook, simulation
from saleor_reciprocity.points.earning.rules import Conditions, Effect, Stacking, Trigger


class Command(BaseCommand):
    help = "Say what a rule would have cost over the last days, in points and in money. Changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("effect", choices=[effect.value.replace(" ", "-") for effect in Effect])
        parser.add_argument("value", help="the factor of a multiplier, or the points of a bonus")
        parser.add_argument("--days", type=int, default=90, help="how many days to look back (90)")
        parser.add_argument("--channel", help="slug of the channel, where there is more than one")
        parser.add_argument("--stacking", choices=[way.value for way in Stacking], default=Stacking.ADD.value)
        for name in ("product", "category", "collection"):
            parser.add_argument(f"--{name}", type=int, action="append", default=[], help=f"number of a {name}")
        parser.add_argument("--group", action="append", default=[], help="name of a group")
        parser.add_argument("--tier", action="append", default=[], help="code of a tier")
        parser.add_argument("--weekday", type=int, action="append", default=[], help="1 (Monday) to 7")
        for name in ("from", "to"):
            parser.add_argument(f"--time-{name}", type=time.fromisoformat, help="as 09:30, by the channel's clock")
        parser.add_argument("--order-number", type=int)
        parser.add_argument("--every-nth-order", type=int)
        parser.add_argument("--minimum-total", type=Decimal)
        parser.add_argument("--maximum-total", type=Decimal)

    def handle(self, *args: Any, **options: Any) -> None:
        with host.allow_writer():
            channel = host.channel_by_slug(options["channel"])
            if channel is None:
                raise CommandError("Name a channel with --channel.")
            if not 1 <= options["days"] <= simulation.MOST_DAYS:
                raise CommandError(f"Name 1 to {simulation.MOST_DAYS} days.")
            try:
                rule = rulebook.draft(channel, _conditions(options), **_terms(options)).pure
            except (errors.Invalid, InvalidOperation) as error:
                raise CommandError(f"{getattr(error, 'field', 'value')}: {error}") from error
            found = simulation.simulate(channel, rule, options["days"], timezone.now())
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
    sets = {
        "products": "product",
        "categories": "category",
        "collections": "collection",
        "groups": "group",
        "tiers": "tier",
        "weekdays": "weekday",
    }
    plain = ("order_number", "every_nth_order", "minimum_total", "maximum_total", "time_from", "time_to")
    asked: dict[str, Any] = {name: frozenset(options[option]) for name, option in sets.items()}
    return Conditions(**asked, **{name: options[name] for name in plain})
