"""Rewards of every kind, with stock, limits and validity; redemptions say what became of their code."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import F, Q

import saleor_reciprocity.fields


class Migration(migrations.Migration):
    dependencies = [
        ("reciprocity", "0005_rules_and_tiers"),
    ]

    operations = [
        migrations.AddField(
            model_name="redemption",
            name="closed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="redemption",
            name="expires_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="redemption",
            name="from_stock",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="redemption",
            name="returns_points",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="redemption",
            name="state",
            field=models.CharField(
                choices=[
                    ("unused", "The code can be used"),
                    ("used", "An order was placed with the code"),
                    ("cancelled", "The code was given back and the points returned"),
                    ("expired", "The code was not used in time"),
                ],
                default="unused",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="redemption",
            name="used_by_order",
            field=models.CharField(blank=True, default="", max_length=36),
        ),
        migrations.AddField(
            model_name="reward",
            name="ends_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="least_points",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="limit_days",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="limit_per_customer",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="minimum_spent",
            field=models.DecimalField(decimal_places=3, max_digits=20, null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="most_points",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="percent",
            field=models.DecimalField(decimal_places=3, max_digits=6, null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="product_id",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="returns_points",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="starts_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="stock",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="taken",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="reward",
            name="tier",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="reward",
            name="validity_days",
            field=models.IntegerField(null=True),
        ),
        migrations.RunSQL(
            "UPDATE reciprocity_redemption SET state = 'cancelled', closed_at = cancelled_at WHERE cancelled_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="redemption",
            name="kind",
            field=models.CharField(
                choices=[
                    ("voucher", "A fixed amount off one order"),
                    ("percentage", "A percentage of the goods on the checkout that it is redeemed for"),
                    ("free shipping", "Free shipping of one order"),
                    ("free product", "One piece of a product for nothing"),
                    ("gift card", "A gift card with a balance"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="reward",
            name="kind",
            field=models.CharField(
                choices=[
                    ("voucher", "A fixed amount off one order"),
                    ("percentage", "A percentage of the goods on the checkout that it is redeemed for"),
                    ("free shipping", "Free shipping of one order"),
                    ("free product", "One piece of a product for nothing"),
                    ("gift card", "A gift card with a balance"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="redemption",
            index=models.Index(
                condition=models.Q(state="unused"), fields=["expires_at"], name="reciprocity_unused_codes"
            ),
        ),
        migrations.AddIndex(
            model_name="redemption",
            index=models.Index(fields=["account", "reward", "created_at"], name="reciprocity_account_rewards"),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=saleor_reciprocity.fields.check("reciprocity_reward_stock_counts", Q(taken__gte=0)),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_reward_slider_has_two_ends",
                Q(least_points=None, most_points=None)
                | Q(least_points__gt=0, most_points__gte=F("least_points"), kind__in=["voucher", "gift card"]),
            ),
        ),
    ]
