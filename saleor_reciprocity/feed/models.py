"""The tables of the feed: its events, of which each is only a pointer, and how far numbering and delivery have come."""

from __future__ import annotations

from django.db import models

from saleor_reciprocity.fields import check


class EventKind(models.TextChoices):
    """What happened."""

    POINTS_CHANGED = "points changed", "An entry of the ledger was written"
    TIER_CHANGED = "tier changed", "The customer reached another tier or fell from one"
    REDEEMED = "redeemed", "Points were exchanged for a reward"
    REDEMPTION_USED = "redemption used", "An order was placed with the code of a reward"
    REDEMPTION_CANCELLED = "redemption cancelled", "An exchange was undone"
    REDEMPTION_EXPIRED = "redemption expired", "The code of a reward was not used in time"
    REDEMPTION_DONE = "redemption done", "The shop has done what points were exchanged for"
    SURPRISE_WON = "surprise won", "The customer got a surprise gift"
    SURPRISE_USED = "surprise used", "An order was placed with the code of a gift"
    SURPRISE_EXPIRED = "surprise expired", "The code of a gift was not used in time"
    SURPRISE_WITHDRAWN = "surprise withdrawn", "A gift was taken back with its order"
    SURVEY_ANSWERED = "survey answered", "The customer answered a survey"


class Event(models.Model):
    """Something that happened: its kind, and the row that it is about, which says all else.

    A trigger writes it in the transaction that it speaks of. It has no `sequence` until it is numbered, after the
    commit: whoever has read up to a number has missed nothing below it.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=32)
    subject = models.BigIntegerField()
    told_at = models.DateTimeField()
    sequence = models.BigIntegerField(null=True, unique=True)

    class Meta:
        app_label = "reciprocity"
        indexes = [
            models.Index(fields=["id"], condition=models.Q(sequence=None), name="reciprocity_feed_to_number"),
            models.Index(fields=["told_at"], name="reciprocity_feed_by_time"),
        ]


class Feed(models.Model):
    """The one feed, once somebody has asked for it: events are written from then on.

    `numbered` is the last number given, `gone` the last of the events that were deleted for their age. The others are
    of the delivery to the shop's endpoint: `delivered` is the last number that it took, None before the first look.
    """

    id = models.BigAutoField(primary_key=True)
    opened_at = models.DateTimeField()
    numbered = models.BigIntegerField(default=0)
    gone = models.BigIntegerField(default=0)
    delivered = models.BigIntegerField(null=True)
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        app_label = "reciprocity"
        constraints = [check("reciprocity_one_feed", models.Q(id=1))]
