"""The tables of surprises: campaigns with their prizes and budget, and every draw."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from saleor_reciprocity.fields import BY_THE_DATABASE, JSONField, check
from saleor_reciprocity.points.models import Account, Entry

from . import draw


class Budget(models.Model):
    """What may be given and what was, in money of one currency. Only `surprises.budget` writes what was spent.

    The standard campaigns of a channel share one, so a changed probability does not open it again. A limit may be set
    below what was spent; a trigger refuses every row that spends more and is above a limit.
    """

    id = models.BigAutoField(primary_key=True)
    currency = models.CharField(max_length=3)
    per_day = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    per_month = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    total = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    day = models.DateField(null=True)
    day_spent = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    month = models.DateField(null=True)
    month_spent = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    spent = models.DecimalField(max_digits=20, decimal_places=3, default=0)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            check("reciprocity_budget_not_negative", Q(day_spent__gte=0, month_spent__gte=0, spent__gte=0)),
            check(
                "reciprocity_budget_has_a_limit",
                Q(per_day__isnull=False) | Q(per_month__isnull=False) | Q(total__isnull=False),
            ),
        ]


class Occasion(models.TextChoices):
    """What a campaign gives for. `occasions` says of each whom it is about and when it is."""

    ORDER = "order", "An order"
    WIN_BACK = "win back", "No order for some days"
    ANNIVERSARY = "anniversary", "The day of the first order, each year"
    ORDERS_REACHED = "orders reached", "A number of orders"
    TIER_REACHED = "tier reached", "A tier"
    BIRTHDAY = "birthday", "The birthday that is stored with the customer"


class Campaign(models.Model):
    """How often, for what, to whom and in which words a channel gives surprises. Probability and prizes never change.

    A campaign that was ended stays ended, because its secret is public from then on. The standard campaign of a
    channel follows the plugin's page: what is changed there ends it and begins the next.
    """

    id = models.BigAutoField(primary_key=True)
    channel_id = models.CharField(max_length=36, db_index=True)
    name = models.CharField(max_length=128)
    is_standard = models.BooleanField(default=False)
    occasion = models.CharField(max_length=16, default="order")
    after_days = models.IntegerField(null=True)
    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="campaigns")
    probability = models.DecimalField(max_digits=9, decimal_places=8)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    from_order_number = models.IntegerField(default=2)
    minimum_total = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    groups = JSONField(default=list)
    tier = models.CharField(max_length=32, blank=True, default="")
    cooling_off_days = models.IntegerField(default=30)
    validity_days = models.IntegerField(default=30)
    reason = models.CharField(max_length=200, blank=True, default="")
    secret = models.CharField(max_length=64, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            check("reciprocity_campaign_probability", Q(probability__gte=0, probability__lte=1)),
            check("reciprocity_campaign_ends_later", Q(ends_at=None) | Q(ends_at__gte=F("starts_at"))),
            check(
                "reciprocity_campaign_numbers",
                Q(from_order_number__gte=1, cooling_off_days__gte=0, validity_days__gte=1),
            ),
            check(
                "reciprocity_campaign_after_days",
                Q(occasion="win back", after_days__isnull=False, after_days__gte=1)
                | ~Q(occasion="win back") & Q(after_days=None),
            ),
            models.UniqueConstraint(
                fields=["channel_id"],
                condition=Q(is_standard=True, ends_at=None),
                name="reciprocity_one_standard_campaign",
            ),
        ]

    def revealed_secret(self, now: datetime) -> str | None:
        """The secret, once the campaign has ended."""
        return self.secret if self.ends_at is not None and self.ends_at <= now else None


class PrizeKind(models.TextChoices):
    """What a surprise is."""

    VOUCHER = "voucher", "A fixed amount off one order"
    PERCENTAGE = "percentage", "A percentage of the order that won, off the next one"
    FREE_SHIPPING = "free shipping", "Free shipping of one order"
    FREE_PRODUCT = "free product", "One piece of a product for nothing"
    GIFT_CARD = "gift card", "A gift card with a balance"
    POINTS = "points", "Bonus points"


class Prize(models.Model):
    """One of the gifts of a campaign. `value` is the most money that it can cost, and what the budget counts.

    `given` counts the pieces that are out; what is withdrawn or expires unused is in stock again.
    """

    id = models.BigAutoField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="prizes")
    kind = models.CharField(max_length=16, choices=PrizeKind.choices)
    name = models.CharField(max_length=128)
    value = models.DecimalField(max_digits=20, decimal_places=3)
    weight = models.IntegerField(default=1)
    stock = models.IntegerField(null=True)
    given = models.IntegerField(default=0)
    percent = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    points = models.BigIntegerField(null=True)
    product_id = models.IntegerField(null=True)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            check("reciprocity_prize_is_worth_something", Q(value__gt=0, weight__gt=0)),
            check(
                "reciprocity_prize_within_stock", Q(stock=None, given__gte=0) | Q(given__gte=0, given__lte=F("stock"))
            ),
            check(
                "reciprocity_prize_percent",
                ~Q(kind="percentage") | Q(percent__isnull=False, percent__gt=0, percent__lte=100),
            ),
            check("reciprocity_prize_points", ~Q(kind="points") | Q(points__isnull=False, points__gt=0)),
            check("reciprocity_prize_product", ~Q(kind="free product") | Q(product_id__isnull=False)),
        ]


class Outcome(models.TextChoices):
    """What a draw came to."""

    WON = "won", "The customer got a gift"
    NO = "no", "The draw said no"
    NO_BUDGET = "no budget", "The draw said yes; the budget could not pay for it"
    OUT_OF_STOCK = "out of stock", "The draw said yes; every prize was gone"
    WORTHLESS = "worthless", "The draw said yes; the prize would have been worth nothing"
    HELD_OUT = "held out", "The customer is held out, to measure the effect"
    CANCELLED = "cancelled", "The order was cancelled before it was looked at"
    REPLACEMENT = "replacement", "The order replaces another"
    ORDER_NUMBER = "order number", "The campaign begins with a later order of a customer"
    ORDER_TOTAL = "order total", "The order is below the campaign's minimum"
    GROUP = "group", "The customer is in none of the campaign's groups"
    TIER = "tier", "The customer has not reached the campaign's tier"
    COOLING_OFF = "cooling off", "The customer got a surprise a short time ago"
    ADDRESS = "address", "Somebody at this address got a surprise a short time ago"
    TOO_MANY_ORDERS = "too many orders", "The customer placed too many orders on this day"
    OUT_OF_REACH = "out of reach", "The customer has no account, and may not be written to"


class GiftState(models.TextChoices):
    """What became of a gift. A draw without a gift has none of these."""

    ISSUED = "issued", "It can be used"
    USED = "used", "It was used"
    EXPIRED = "expired", "It expired unused; its money is back in the budget"
    WITHDRAWN = "withdrawn", "The order was cancelled; its money is back in the budget"


ERASED = "erased:"  # what `Draw.person` and `Draw.order_id` begin with once the person was erased


class Draw(models.Model):
    """What a campaign decided for an order, or for an occasion: one row for ever, whatever the answer was.

    `seal` covers all that was decided then. What becomes of the gift later is in the columns after it. Of an occasion,
    which was at `occasion_at`, `order_id` is the occasion's own id, and `account` the one that it was drawn for.
    """

    id = models.BigAutoField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="draws")
    order_id = models.CharField(max_length=36)
    order_number = models.CharField(max_length=64)
    person = models.CharField(max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=BY_THE_DATABASE, related_name="+", editable=False
    )
    address = models.CharField(max_length=64, blank=True, default="")
    ticket = models.CharField(max_length=64)
    choices = JSONField(default=list)
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    prize = models.ForeignKey(Prize, null=True, on_delete=models.PROTECT, related_name="draws")
    cost = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    currency = models.CharField(max_length=3)
    code = models.CharField(max_length=16, null=True, unique=True)  # noqa: DJ001 - unique
    occasion_at = models.DateTimeField(null=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    drawn_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField(null=True)
    seal = models.CharField(max_length=64)
    entry = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    reversal = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=GiftState.choices, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    used_by_order = models.CharField(max_length=36, blank=True, default="")
    used_by_another = models.BooleanField(default=False)
    noted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(fields=["order_id", "campaign"], name="reciprocity_one_draw"),
            check(
                "reciprocity_draw_of_an_occasion",
                Q(occasion_at=None, account=None) | Q(occasion_at__isnull=False, account__isnull=False),
            ),
            check(
                "reciprocity_gift_of_a_win",
                Q(outcome="won", prize__isnull=False, cost__gt=0) & ~Q(state="")
                | ~Q(outcome="won") & Q(state="", cost=0),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "drawn_at"], name="reciprocity_draws_of_person"),
            models.Index(
                fields=["address", "drawn_at"], condition=Q(outcome="won"), name="reciprocity_wins_at_address"
            ),
            models.Index(fields=["expires_at"], condition=Q(state="issued"), name="reciprocity_gifts_out"),
            models.Index(fields=["account"], condition=Q(account__isnull=False), name="reciprocity_draws_of_account"),
        ]

    def seal_now(self) -> str:
        """The seal over the facts as they are in this row."""
        decided = (self.order_id, self.ticket, self.choices, self.outcome, self.prize_id, f"{self.cost:.3f}")
        given = (self.currency, self.code, self.drawn_at, self.expires_at)
        return draw.seal_of(self.campaign.secret, (*decided, *given))
