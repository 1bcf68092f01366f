"""The tables of rewards and redemptions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from saleor_reciprocity.fields import check
from saleor_reciprocity.points.models import Account, Entry

from .kinds import RewardKind
from .states import RedemptionState


class Reward(models.Model):
    """What points can be exchanged for in one channel. Not what was exchanged: a redemption keeps its own figures.

    `points` buy `value`. With `least_points` and `most_points` it is a slider: any amount within them, at that rate.
    For a percentage, for shipping and for a product, `value` is the most that the code can cost the shop.
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
    least_points = models.BigIntegerField(null=True)
    most_points = models.BigIntegerField(null=True)
    percent = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    product_id = models.IntegerField(null=True)
    minimum_spent = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    stock = models.IntegerField(null=True)
    taken = models.IntegerField(default=0)
    limit_per_customer = models.IntegerField(null=True)
    limit_days = models.IntegerField(null=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    validity_days = models.IntegerField(null=True)
    returns_points = models.BooleanField(default=True)
    tier = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        app_label = "reciprocity"
        constraints = [
            check("reciprocity_reward_has_a_price", Q(points__gt=0, value__gt=0)),
            check("reciprocity_reward_stock_counts", Q(taken__gte=0)),
            check(
                "reciprocity_reward_slider_has_two_ends",
                Q(least_points=None, most_points=None)
                | Q(least_points__gt=0, most_points__gte=F("least_points"), kind__in=["voucher", "gift card"]),
            ),
            models.UniqueConstraint(
                fields=["channel_id"], condition=Q(is_standard=True), name="reciprocity_one_standard_reward"
            ),
        ]

    @property
    def is_slider(self) -> bool:
        """Whether the customer chooses how many points to exchange."""
        return self.least_points is not None


class Redemption(models.Model):
    """One exchange of points for a code. The debit, the code in the host and this row are made in one transaction.

    `expires_at` and `returns_points` are the reward's as they were then. `from_stock`: it took a piece of the stock.
    `for_checkout` is the checkout that the code is on its way to; None once it is there.
    """

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
    state = models.CharField(max_length=16, choices=RedemptionState.choices, default=RedemptionState.UNUSED)
    expires_at = models.DateTimeField(null=True)
    returns_points = models.BooleanField(default=True)
    from_stock = models.BooleanField(default=False)
    for_checkout = models.CharField(max_length=36, null=True)  # noqa: DJ001 - a process of before may write none
    closed_at = models.DateTimeField(null=True)
    used_by_order = models.CharField(max_length=36, blank=True, default="")
    cancelled_at = models.DateTimeField(null=True)
    reversal = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="cancelled_redemption")

    class Meta:
        app_label = "reciprocity"
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="reciprocity_key_redeems_once")]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="unused"), name="reciprocity_unused_codes"),
            models.Index(fields=["account", "reward", "created_at"], name="reciprocity_account_rewards"),
        ]


class IssuedCode(models.Model):
    """Every code that was made in the host, so that each is known as ours. Not whose it is or what became of it.

    A code that is forgotten with a person goes from here, too.
    """

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=16, unique=True)

    class Meta:
        app_label = "reciprocity"
