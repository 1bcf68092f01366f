"""The tables of rewards, redemptions and the codes that the shop gives out itself."""

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
    For a percentage, for shipping and for a product, `value` is the most that the code can cost the shop. What people
    do has a `text` for whoever redeems it, and where each gets an uploaded code, `codes_left` of them.
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
    text = models.TextField(blank=True, default="")
    codes_left = models.IntegerField(null=True)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            check("reciprocity_reward_has_a_price", Q(points__gt=0, value__gt=0)),
            check("reciprocity_reward_stock_counts", Q(taken__gte=0)),
            check("reciprocity_reward_codes_count", Q(codes_left=None) | Q(codes_left__gte=0)),
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
    def left(self) -> int | None:
        """How many can be had: no more than there are in stock, and codes; None without an end."""
        in_stock = None if self.stock is None else max(0, self.stock - self.taken)
        return min((number for number in (in_stock, self.codes_left) if number is not None), default=None)

    @property
    def is_slider(self) -> bool:
        """Whether the customer chooses how many points to exchange."""
        return self.least_points is not None


class Redemption(models.Model):
    """One exchange of points. The debit, what it is for and this row are made in one transaction.

    `code` is a code of the host; what people do has none. `closed_by` has done it or undone it, for `close_reason`.
    `expires_at` and `returns_points` are the reward's as they were then. `from_stock`: it took a piece of the stock.
    `for_checkout` is the checkout that the code is on its way to; None once it is there.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="redemptions", db_index=False)
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="redemptions")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="redemption")
    key = models.CharField(max_length=128)
    kind = models.CharField(max_length=16, choices=RewardKind.choices)
    code = models.CharField(max_length=16, unique=True, null=True)  # noqa: DJ001 - unique
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
    closed_by = models.CharField(max_length=64, blank=True, default="")
    close_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        app_label = "reciprocity"
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="reciprocity_key_redeems_once")]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="unused"), name="reciprocity_unused_codes"),
            models.Index(fields=["account", "reward", "created_at"], name="reciprocity_account_rewards"),
            models.Index(fields=["state", "id"], condition=Q(kind="service"), name="reciprocity_services"),
        ]


class IssuedCode(models.Model):
    """Every code that was made in the host, so that each is known as ours. Not whose it is or what became of it.

    A code that is forgotten with a person goes from here, too.
    """

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=16, unique=True)

    class Meta:
        app_label = "reciprocity"


class UploadedCode(models.Model):
    """A code that the shop brought and that is given to one redemption, ever. Nothing that the host knows.

    `digest` stands for the text for ever, also when the text is forgotten, so that no code comes a second time.
    """

    id = models.BigAutoField(primary_key=True)
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="uploaded_codes", db_index=False)
    redemption = models.OneToOneField(Redemption, null=True, on_delete=models.PROTECT, related_name="uploaded_code")
    code = models.CharField(max_length=255)
    digest = models.CharField(max_length=64, unique=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=64)

    class Meta:
        app_label = "reciprocity"
        indexes = [models.Index(fields=["reward", "id"], condition=Q(redemption=None), name="reciprocity_codes_left")]
