"""What is stored of tiers: the ladder in its versions, and where each account stood when it was last looked at."""

from __future__ import annotations

from django.db import models

from saleor_reciprocity.fields import check

from ..models import Account
from .ladder import Downgrade, Place


class TierLadder(models.Model):
    """The ladder from one moment on. Every version is kept; the newest is in force."""

    id = models.BigAutoField(primary_key=True)
    since = models.DateTimeField()
    window_days = models.IntegerField()
    downgrade = models.CharField(max_length=16, choices=[(policy.value, policy.value) for policy in Downgrade])
    grace_days = models.IntegerField(default=0)
    actor = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        app_label = "reciprocity"


class Tier(models.Model):
    """One step of one version of the ladder. Not who stands on it."""

    id = models.BigAutoField(primary_key=True)
    ladder = models.ForeignKey(TierLadder, on_delete=models.PROTECT, related_name="tiers")
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=64)
    threshold = models.BigIntegerField()
    multiplier = models.DecimalField(max_digits=7, decimal_places=4)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(fields=["ladder", "code"], name="reciprocity_one_tier_of_a_code"),
            models.UniqueConstraint(fields=["ladder", "threshold"], name="reciprocity_one_tier_of_a_threshold"),
            check("reciprocity_tier_makes_sense", models.Q(threshold__gt=0, multiplier__gte=1)),
        ]


class AccountTier(models.Model):
    """Where an account stood when it was last looked at, and until when that is so if no entry is written."""

    id = models.BigAutoField(primary_key=True)
    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="+")
    ladder = models.ForeignKey(TierLadder, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=32, blank=True, default="")
    since = models.DateTimeField()
    falls_at = models.DateTimeField(null=True)
    version = models.BigIntegerField()
    look_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "reciprocity"

    @property
    def place(self) -> Place:
        return Place(self.code, self.falls_at)


class TierChange(models.Model):
    """One move of an account from tier to tier, over however many steps. "" stands for no tier."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    from_code = models.CharField(max_length=32, blank=True, default="")
    code = models.CharField(max_length=32, blank=True, default="")
    points = models.BigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "reciprocity"
        indexes = [
            models.Index(fields=["account", "changed_at"], name="reciprocity_tier_changes"),
            models.Index(fields=["changed_at"], name="reciprocity_tier_changes_new"),
        ]
        constraints = [check("reciprocity_tier_change_moves", ~models.Q(code=models.F("from_code")))]
