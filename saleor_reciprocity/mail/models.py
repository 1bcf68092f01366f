"""The tables of mail: the messages that are wanted, what people chose, and the pace of each way out."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from saleor_reciprocity.fields import BY_THE_DATABASE, JSONField, check


class State(models.TextChoices):
    """How far a message has come."""

    WAITING = "waiting", "It is sent when it is due"
    SENDING = "sending", "A worker has taken it"
    HANDED_OVER = "handed over", "The server is about to get it, once and never again"
    SENT = "sent", "The server has accepted it"
    DROPPED = "dropped", "It was not sent, for the reason that is given"
    FAILED = "failed", "The server refused it for good, or too often"
    UNKNOWN = "unknown", "The connection broke; it may have arrived, so it is not sent again"


class Route(models.TextChoices):
    """The way out."""

    EMAIL = "e-mail", "An e-mail"
    ENDPOINT = "endpoint", "A signed POST to the shop's own endpoint"


class Mail(models.Model):
    """A message that somebody is to get, asked for in the transaction that gave the reason. Not its text or address.

    `source` says what it is about in a way that can occur once only. `context` holds ids, from which the text is made
    when it is sent. The address is the user's or, for a guest, the order's, as it is then. `route` is chosen when it
    is first due; where the shop wants both, the second is a row of its own.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=32)
    source = models.CharField(max_length=200, unique=True)
    person = models.CharField(max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=BY_THE_DATABASE, related_name="+", editable=False
    )
    is_guest = models.BooleanField(default=False)
    order_id = models.CharField(max_length=36, blank=True, default="")
    channel_id = models.CharField(max_length=36)
    language = models.CharField(max_length=35, blank=True, default="")
    context = JSONField(default=dict)
    wanted_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=200, blank=True, default="")
    next_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    route = models.CharField(max_length=16, choices=Route.choices, blank=True, default="")
    claimed_at = models.DateTimeField(null=True)
    basis = models.CharField(max_length=64, blank=True, default="")
    message_id = models.CharField(max_length=255, blank=True, default="")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            check("reciprocity_mail_sent_when", Q(state="sent", sent_at__isnull=False) | ~Q(state="sent")),
            check(
                "reciprocity_mail_claimed_when",
                Q(state__in=["sending", "handed over"], claimed_at__isnull=False)
                | ~Q(state__in=["sending", "handed over"]),
            ),
        ]
        indexes = [
            models.Index(fields=["channel_id", "next_at"], condition=Q(state="waiting"), name="reciprocity_mail_due"),
            models.Index(
                fields=["claimed_at"], condition=Q(state__in=["sending", "handed over"]), name="reciprocity_mail_taken"
            ),
            models.Index(fields=["person"], name="reciprocity_mail_of_person"),
        ]


class CommunicationChoice(models.Model):
    """What a person said about getting one kind of message, or ("") all of them that need consent. Never changed.

    The newest row counts. An earlier one stays as long as a message rests on it: it is the proof of consent, with its
    time and origin.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.CharField(max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=BY_THE_DATABASE, related_name="+", editable=False
    )
    kind = models.CharField(max_length=32, blank=True, default="")
    wanted = models.BooleanField()
    chosen_at = models.DateTimeField()
    origin = models.CharField(max_length=64)

    class Meta:
        app_label = "reciprocity"
        indexes = [models.Index(fields=["person", "kind", "-id"], name="reciprocity_choices_of_person")]


class MailPace(models.Model):
    """How fast one way out of a channel may go now: what this minute took, and a pause while its server is down."""

    id = models.BigAutoField(primary_key=True)
    channel_id = models.CharField(max_length=36)
    route = models.CharField(max_length=16, choices=Route.choices)
    minute = models.DateTimeField(null=True)
    taken = models.IntegerField(default=0)
    failures = models.IntegerField(default=0)
    paused_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        app_label = "reciprocity"
        constraints = [models.UniqueConstraint(fields=["channel_id", "route"], name="reciprocity_one_pace")]


class Pause(models.Model):
    """That nothing is sent in a channel until staff go on. What becomes due meanwhile waits, and may become too old."""

    id = models.BigAutoField(primary_key=True)
    channel_id = models.CharField(max_length=36, unique=True)
    since = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        app_label = "reciprocity"
