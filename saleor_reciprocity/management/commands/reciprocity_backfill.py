"""Awards orders from before the programme."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from saleor_reciprocity import backfill, host
from saleor_reciprocity.management.progress import Progress

EVER = datetime(1900, 1, 1, tzinfo=timezone.utc)


def date(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=timezone.utc)


class Command(BaseCommand):
    help = "Award orders that were placed before the programme, by the settings and rules of today. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--channel", help="slug of one channel (all)")
        parser.add_argument("--since", type=date, default=EVER, help="orders from this day on, as 2026-01-31")
        parser.add_argument("--until", type=date, help="orders before this day")
        parser.add_argument("--dry-run", action="store_true", help="only say what it would cost")

    def handle(self, *args: Any, **options: Any) -> None:
        with host.allow_writer():
            channels = [host.channel_by_slug(options["channel"])] if options["channel"] else host.channels()
            for channel in channels:
                if channel is None:
                    raise CommandError(f"There is no channel {options['channel']}.")
                self._fill(channel, options)

    def _fill(self, channel: host.Channel, options: dict[str, Any]) -> None:
        before = backfill.begins(channel, options["until"])
        if before is None:
            self.stdout.write(f"{channel.slug}: the programme was never switched on.")
            return
        dry, order_ids = options["dry_run"], backfill.past_orders(channel, options["since"], before)
        progress = Progress(self.stderr, len(order_ids), "orders")
        cost = backfill.run(channel, order_ids, now(), dry=dry, progress=progress)
        self.stdout.write(
            f"{channel.slug}: {'would award' if dry else 'awarded'} {cost.points} points and {cost.pending} pending "
            f"points for {cost.orders} orders of {len(cost.people)} customers, "
            f"worth {cost.worth:.2f} {channel.currency} by the standard reward."
        )
