"""The tables of earning rules and of tiers; pending points mature, and lots say whether they count towards a tier."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import saleor_reciprocity.fields

ORDERS_QUALIFY = """
UPDATE reciprocity_lot l SET qualifies = true FROM reciprocity_orderterms t WHERE t.order_id = l.order_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reciprocity", "0004_recommendations"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountTier",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(blank=True, default="", max_length=32)),
                ("since", models.DateTimeField()),
                ("falls_at", models.DateTimeField(null=True)),
                ("version", models.BigIntegerField()),
                ("look_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="EarningRule",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel_id", models.CharField(db_index=True, max_length=36)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="EarningRuleVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("since", models.DateTimeField()),
                ("name", models.CharField(max_length=128)),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("order", "order"),
                            ("sign-up", "sign-up"),
                            ("survey", "survey"),
                            ("birthday", "birthday"),
                            ("staff", "staff"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "effect",
                    models.CharField(
                        choices=[
                            ("multiplier", "multiplier"),
                            ("bonus", "bonus"),
                            ("bonus per piece", "bonus per piece"),
                        ],
                        max_length=16,
                    ),
                ),
                ("value", models.DecimalField(decimal_places=4, max_digits=14)),
                (
                    "stacking",
                    models.CharField(
                        choices=[("add", "add"), ("multiply", "multiply"), ("exclusive", "exclusive")], max_length=16
                    ),
                ),
                ("priority", models.IntegerField(default=0)),
                ("conditions", saleor_reciprocity.fields.JSONField(default=dict)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("actor", models.CharField(blank=True, default="", max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Tier",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=64)),
                ("threshold", models.BigIntegerField()),
                ("multiplier", models.DecimalField(decimal_places=4, max_digits=7)),
            ],
        ),
        migrations.CreateModel(
            name="TierChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("from_code", models.CharField(blank=True, default="", max_length=32)),
                ("code", models.CharField(blank=True, default="", max_length=32)),
                ("points", models.BigIntegerField()),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TierLadder",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("window_days", models.IntegerField()),
                (
                    "downgrade",
                    models.CharField(
                        choices=[("at once", "at once"), ("after grace", "after grace"), ("never", "never")],
                        max_length=16,
                    ),
                ),
                ("grace_days", models.IntegerField(default=0)),
                ("actor", models.CharField(blank=True, default="", max_length=64)),
            ],
        ),
        migrations.AddField(
            model_name="lot",
            name="qualifies",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="orderterms",
            name="matures_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("pending", "Points that will become available"),
                    ("earned", "Points became available"),
                    ("bonus", "Points given for something else than an order"),
                    ("clawback", "Points taken back with the order that gave them"),
                    ("redemption", "Points exchanged for a reward"),
                    ("surprise", "Points given as a surprise"),
                    ("reversal", "Points returned from a reversed redemption"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="orderterms",
            index=models.Index(
                condition=models.Q(matures_at__isnull=False), fields=["matures_at"], name="reciprocity_maturing"
            ),
        ),
        migrations.AddField(
            model_name="tierchange",
            name="account",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reciprocity.Account"
            ),
        ),
        migrations.AddField(
            model_name="tier",
            name="ladder",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="tiers", to="reciprocity.TierLadder"
            ),
        ),
        migrations.AddField(
            model_name="earningruleversion",
            name="rule",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="reciprocity.EarningRule",
            ),
        ),
        migrations.AddField(
            model_name="accounttier",
            name="account",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reciprocity.Account"
            ),
        ),
        migrations.AddField(
            model_name="accounttier",
            name="ladder",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reciprocity.TierLadder"
            ),
        ),
        migrations.AddIndex(
            model_name="tierchange",
            index=models.Index(fields=["account", "changed_at"], name="reciprocity_tier_changes"),
        ),
        migrations.AddConstraint(
            model_name="tierchange",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_tier_change_moves",
                models.Q(_negated=True, code=django.db.models.expressions.F("from_code")),
            ),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.UniqueConstraint(fields=("ladder", "code"), name="reciprocity_one_tier_of_a_code"),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.UniqueConstraint(
                fields=("ladder", "threshold"), name="reciprocity_one_tier_of_a_threshold"
            ),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_tier_makes_sense", models.Q(("multiplier__gte", 1), ("threshold__gt", 0))
            ),
        ),
        migrations.AddConstraint(
            model_name="earningruleversion",
            constraint=models.UniqueConstraint(fields=("rule", "number"), name="reciprocity_rule_versions_in_turn"),
        ),
        migrations.RunSQL(sql=ORDERS_QUALIFY, reverse_sql=migrations.RunSQL.noop),
    ]
