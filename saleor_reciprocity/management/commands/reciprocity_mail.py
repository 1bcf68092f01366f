"""Sends the messages that are due, and says how far they have come."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Count
from django.utils import timezone

from saleor_reciprocity import host, messages
from saleor_reciprocity.mail.models import Mail, MailPace
from saleor_reciprocity.mail.sending import Progress


class Command(BaseCommand):
    help = "Send the messages that are due, once. With --status, only say how many are in which state."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--status", action="store_true", help="send nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["status"]:
            self._tell(messages.send(timezone.now(), self._tell))
        with host.allow_writer():
            for kind, state, count in Mail.objects.order_by("kind", "state").values_list("kind", "state", Count("pk")):
                self.stdout.write(f"{kind}: {count} {state}")
            for pace in MailPace.objects.exclude(problem="").order_by("pk"):
                self.stdout.write(f"channel {pace.channel_id}, {pace.route}: {pace.problem}")

    def _tell(self, progress: Progress) -> None:
        self.stdout.write(f"{progress.sent} sent, {progress.not_sent} not sent, {progress.later} to be tried again")
