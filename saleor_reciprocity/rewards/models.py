"""The tables of rewards and redemptions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from saleor_reciprocity.fields import check
from saleor_reciprocity.points.models import Account, Entry


class RewardKind(models.TextChoices):
    """What a customer gets for the points."""

    VOUCHER = "voucher", "A fixed amount off one order"
    GIFT_CARD = "gift card", "A gift card with a balance"


class Reward(models.Model):
    """What points can be exchanged for in one channel. Not what was exchanged: a redemption keeps its own figures.

    The standard reward of a channel follows the plugin's page; all others are made by staff.
    """

    id = models.BigAutoField(primary_key=True)
    channel_id = models.CharField(max_length=36, db_index=True)
    kind = models.CharField(max_length=16, choices=RewardKind.choices)
    name = models.CharField(max_length=128)
    points = models.BigIntegerField()
    value = models.DecimalField(max_digits=20, decimal_places=3)
    currency = models.CharField(max_length=3)
    is_active = models.BooleanField(default=True)
    is_standard = models.BooleanField(default=False)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            check("reciprocity_reward_has_a_price", Q(points__gt=0, value__gt=0)),
            models.UniqueConstraint(
                fields=["channel_id"], condition=Q(is_standard=True), name="reciprocity_one_standard_reward"
            ),
        ]


class Redemption(models.Model):
    """One exchange of points for a code. The debit, the code in the host and this row are made in one transaction."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="redemptions", db_index=False)
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="redemptions")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="redemption")
    key = models.CharField(max_length=128)
    kind = models.CharField(max_length=16, choices=RewardKind.choices)
    code = models.CharField(max_length=16, unique=True)
    points = models.BigIntegerField()
    value = models.DecimalField(max_digits=20, decimal_places=3)
    currency = models.CharField(max_length=3)
    channel_id = models.CharField(max_length=36)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    reversal = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="cancelled_redemption")

    class Meta:
        app_label = "reciprocity"
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="reciprocity_key_redeems_once")]
