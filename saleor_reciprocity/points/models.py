"""The tables of points. Only `points.ledger` writes them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from saleor_reciprocity.fields import BY_THE_DATABASE, JSONField, check


class Account(models.Model):
    """One person's points: a user, or a guest known by a keyed hash of the e-mail. Not a customer profile.

    `available` can be spent, `pending` will become available when goods are shipped, `debt` is what was taken back
    after it had been spent. `version` counts the entries, so the newest entry carries this number. No open lot
    expires before `next_expiry_at`; from that moment on `available` may hold points that have yet to be written off.
    What belonged to an account that was merged belongs to `merged_into`, which is never merged itself.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, on_delete=BY_THE_DATABASE, related_name="+", editable=False
    )
    email_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001 - unique
    available = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)
    debt = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    next_expiry_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged", editable=False)
    had_user = models.BooleanField(default=False)
    user_deleted_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            check("reciprocity_account_not_negative", Q(available__gte=0, pending__gte=0, debt__gte=0)),
            check("reciprocity_account_no_points_in_debt", Q(available=0) | Q(debt=0)),
            check(
                "reciprocity_account_merged_is_empty",
                Q(merged_into=None) | Q(available=0, pending=0, debt=0, user=None, email_hash=None),
            ),
            check("reciprocity_account_erased_is_nobodys", Q(erased_at=None) | Q(user=None, email_hash=None)),
        ]
        indexes = [
            models.Index(
                fields=["next_expiry_at"], condition=Q(next_expiry_at__isnull=False), name="reciprocity_next_expiry"
            ),
            models.Index(fields=["id"], condition=Q(had_user=True, user=None), name="reciprocity_left_by_users"),
        ]

    @property
    def holder(self) -> Account:
        """The account that holds what was this one's: itself, or the one that it was merged into."""
        return self.merged_into or self

    @property
    def balance(self) -> int:
        """What the entries add up to: the available points less the debt."""
        return self.available - self.debt


class Kind(models.TextChoices):
    """Why an entry was written."""

    PENDING = "pending", "Points that will become available"
    EARNED = "earned", "Points became available"
    BONUS = "bonus", "Points given for something else than an order"
    CLAWBACK = "clawback", "Points taken back with the order that gave them"
    REDEMPTION = "redemption", "Points exchanged for a reward"
    SURPRISE = "surprise", "Points given as a surprise"
    REVERSAL = "reversal", "Points returned from a reversed redemption"
    EXPIRED = "expired", "Points that were not used in time"
    ADJUSTMENT = "adjustment", "Points given or taken by the shop"
    MERGE = "merge", "Points moved when two accounts of a person became one"


class Entry(models.Model):
    """One line of the append-only ledger; the database refuses to change or delete it.

    `points` changes the balance and `pending` the pending points; both may be negative. `source` says what the entry
    is about in a way that can occur once only: it is what makes every report of an event idempotent.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries", db_index=False)
    version = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    points = models.BigIntegerField()
    pending = models.BigIntegerField(default=0)
    balance_after = models.BigIntegerField()
    pending_after = models.BigIntegerField()
    source = models.CharField(max_length=200, unique=True)
    order_id = models.CharField(max_length=36, blank=True, default="", db_index=True)
    reason = models.CharField(max_length=255, blank=True, default="")
    actor = models.CharField(max_length=64, blank=True, default="")
    happened_at = models.DateTimeField()
    written_at = models.DateTimeField()

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(fields=["account", "version"], name="reciprocity_entry_gapless"),
            check("reciprocity_entry_says_something", ~Q(points=0, pending=0)),
        ]


class Lot(models.Model):
    """What one earning still holds. Spending empties lots; the ledger keeps the history, a lot only what remains.

    Lots that `qualifies` marks count towards a tier: those that an order or a bonus filled.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lots", db_index=False)
    order_id = models.CharField(max_length=36, blank=True, default="")
    channel_id = models.CharField(max_length=36, blank=True, default="")
    points = models.BigIntegerField()
    remaining = models.BigIntegerField()
    earned_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    qualifies = models.BooleanField(default=False)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            check("reciprocity_lot_within_its_points", Q(remaining__gte=0, remaining__lte=F("points"))),
        ]
        indexes = [
            models.Index(fields=["account"], condition=Q(remaining__gt=0), name="reciprocity_open_lots"),
            models.Index(fields=["account", "order_id"], name="reciprocity_lots_of_order"),
        ]


class LotUse(models.Model):
    """How many points an entry took from a lot (negative) or put back into it (positive)."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lot_uses")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="uses", db_index=False)
    points = models.BigIntegerField()

    class Meta:
        app_label = "reciprocity"
        constraints = [models.UniqueConstraint(fields=["entry", "lot"], name="reciprocity_one_use_of_a_lot")]


class OrderTerms(models.Model):
    """What was agreed for an order when it was placed, and what has been posted for it. Not a copy of the order.

    `terms` is empty where the order earns nothing; `verdict` says why, or "earns". At `matures_at` the next pending
    points become available without a change of the order. `kept` are the points among the earned that are no longer
    due and that the shop's policy leaves to the customer. `buyer` is who the order was from at the last look: a
    user, or the hash of a guest's address; None for orders that were last looked at before this was noted.
    """

    id = models.BigAutoField(primary_key=True)
    order_id = models.CharField(max_length=36, unique=True)
    order_number = models.CharField(max_length=64)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="orders")
    channel_id = models.CharField(max_length=36)
    currency = models.CharField(max_length=3)
    placed_at = models.DateTimeField()
    verdict = models.CharField(max_length=32)
    terms = JSONField()
    pending = models.BigIntegerField(default=0)
    earned = models.BigIntegerField(default=0)
    kept = models.BigIntegerField(default=0)
    postings = models.IntegerField(default=0)
    matures_at = models.DateTimeField(null=True)
    buyer = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001 - None is not known

    class Meta:
        app_label = "reciprocity"
        constraints = [check("reciprocity_order_not_negative", Q(pending__gte=0, earned__gte=F("kept"), kept__gte=0))]
        indexes = [
            models.Index(fields=["matures_at"], condition=Q(matures_at__isnull=False), name="reciprocity_maturing"),
        ]

    @property
    def agreed_at(self) -> datetime:
        """The moment whose settings count for the order."""
        stored = self.terms.get("agreed_at")
        return datetime.fromisoformat(stored) if stored else self.placed_at
