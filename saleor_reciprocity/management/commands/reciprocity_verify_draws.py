"""Proves that no draw was altered."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from saleor_reciprocity import host
from saleor_reciprocity.surprises import verification
from saleor_reciprocity.surprises.models import Campaign


class Command(BaseCommand):
    help = "Recompute every draw from its campaign's secret. Ends with status 1 and the orders whose draw was altered."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("campaign", nargs="*", type=int, help="numbers of campaigns (all)")

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        with host.allow_writer():
            rows = Campaign.objects.order_by("pk")
            for campaign in rows.filter(pk__in=options["campaign"]) if options["campaign"] else rows:
                altered = list(verification.altered(campaign))
                self.stdout.write(f"{'ALTERED' if altered else 'ok':<8}campaign {campaign.pk}, {campaign.name}")
                for order_id, problem in altered:
                    self.stdout.write(f"        {f'order {order_id}: ' if order_id else ''}{problem}")
                found += len(altered)
        if found:
            raise CommandError(f"{found} of the draws above were altered.")
