"""The tables of surprises, of assignments to experiments, and of the mails that are wanted."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import saleor_reciprocity.fields

# A limit may be lowered below what was spent; what spends more must stay within every limit.
WITHIN_LIMITS = """
CREATE FUNCTION reciprocity_refuse_overspending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.spent > OLD.spent AND (
    NEW.spent > NEW.total OR NEW.day_spent > NEW.per_day OR NEW.month_spent > NEW.per_month
  ) THEN
    RAISE EXCEPTION 'reciprocity: the budget % does not allow this', NEW.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reciprocity_budget_within_limits BEFORE UPDATE ON reciprocity_budget
  FOR EACH ROW EXECUTE PROCEDURE reciprocity_refuse_overspending();
"""
ANY_SPENDING = """
DROP TRIGGER reciprocity_budget_within_limits ON reciprocity_budget;
DROP FUNCTION reciprocity_refuse_overspending();
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("reciprocity", "0002_redemption_cancellation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person", models.CharField(max_length=64)),
                ("experiment", models.CharField(max_length=32)),
                ("held_out", models.BooleanField()),
                ("share", models.DecimalField(decimal_places=4, max_digits=5)),
                ("assigned_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Budget",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("currency", models.CharField(max_length=3)),
                ("per_day", models.DecimalField(decimal_places=3, max_digits=20, null=True)),
                ("per_month", models.DecimalField(decimal_places=3, max_digits=20, null=True)),
                ("total", models.DecimalField(decimal_places=3, max_digits=20, null=True)),
                ("day", models.DateField(null=True)),
                ("day_spent", models.DecimalField(decimal_places=3, default=0, max_digits=20)),
                ("month", models.DateField(null=True)),
                ("month_spent", models.DecimalField(decimal_places=3, default=0, max_digits=20)),
                ("spent", models.DecimalField(decimal_places=3, default=0, max_digits=20)),
            ],
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel_id", models.CharField(db_index=True, max_length=36)),
                ("name", models.CharField(max_length=128)),
                ("is_standard", models.BooleanField(default=False)),
                ("probability", models.DecimalField(decimal_places=8, max_digits=9)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("from_order_number", models.IntegerField(default=2)),
                ("minimum_total", models.DecimalField(decimal_places=3, max_digits=20, null=True)),
                ("groups", saleor_reciprocity.fields.JSONField(default=list)),
                ("cooling_off_days", models.IntegerField(default=30)),
                ("validity_days", models.IntegerField(default=30)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("secret", models.CharField(editable=False, max_length=64)),
                ("secret_hash", models.CharField(editable=False, max_length=64)),
                (
                    "budget",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="campaigns", to="reciprocity.Budget"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=32)),
                ("source", models.CharField(max_length=200, unique=True)),
                ("order_id", models.CharField(blank=True, default="", max_length=36)),
                ("draw_id", models.BigIntegerField(null=True)),
                ("wanted_at", models.DateTimeField()),
            ],
        ),
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("pending", "Points that will become available"),
                    ("earned", "Points became available"),
                    ("clawback", "Points taken back with the order that gave them"),
                    ("redemption", "Points exchanged for a reward"),
                    ("surprise", "Points given as a surprise"),
                    ("reversal", "Points returned from a reversed redemption"),
                ],
                max_length=16,
            ),
        ),
        migrations.CreateModel(
            name="Prize",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("voucher", "A fixed amount off one order"),
                            ("percentage", "A percentage of the order that won, off the next one"),
                            ("free shipping", "Free shipping of one order"),
                            ("free product", "One piece of a product for nothing"),
                            ("gift card", "A gift card with a balance"),
                            ("points", "Bonus points"),
                        ],
                        max_length=16,
                    ),
                ),
                ("name", models.CharField(max_length=128)),
                ("value", models.DecimalField(decimal_places=3, max_digits=20)),
                ("weight", models.IntegerField(default=1)),
                ("stock", models.IntegerField(null=True)),
                ("given", models.IntegerField(default=0)),
                ("percent", models.DecimalField(decimal_places=3, max_digits=6, null=True)),
                ("points", models.BigIntegerField(null=True)),
                ("product_id", models.IntegerField(null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="prizes", to="reciprocity.Campaign"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Draw",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("order_id", models.CharField(max_length=36)),
                ("order_number", models.CharField(max_length=64)),
                ("person", models.CharField(max_length=64)),
                ("address", models.CharField(blank=True, default="", max_length=64)),
                ("ticket", models.CharField(max_length=64)),
                ("choices", saleor_reciprocity.fields.JSONField(default=list)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("won", "The customer got a gift"),
                            ("no", "The draw said no"),
                            ("no budget", "The draw said yes; the budget could not pay for it"),
                            ("out of stock", "The draw said yes; every prize was gone"),
                            ("worthless", "The draw said yes; the prize would have been worth nothing"),
                            ("held out", "The customer is held out, to measure the effect"),
                            ("cancelled", "The order was cancelled before it was looked at"),
                            ("replacement", "The order replaces another"),
                            ("order number", "The campaign begins with a later order of a customer"),
                            ("order total", "The order is below the campaign's minimum"),
                            ("group", "The customer is in none of the campaign's groups"),
                            ("cooling off", "The customer got a surprise a short time ago"),
                            ("address", "Somebody at this address got a surprise a short time ago"),
                            ("too many orders", "The customer placed too many orders on this day"),
                        ],
                        max_length=16,
                    ),
                ),
                ("cost", models.DecimalField(decimal_places=3, default=0, max_digits=20)),
                ("currency", models.CharField(max_length=3)),
                ("code", models.CharField(max_length=16, null=True, unique=True)),
                ("drawn_at", models.DateTimeField(db_index=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("seal", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("issued", "It can be used"),
                            ("used", "It was used"),
                            ("expired", "It expired unused; its money is back in the budget"),
                            ("withdrawn", "The order was cancelled; its money is back in the budget"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                ("used_by_order", models.CharField(blank=True, default="", max_length=36)),
                ("used_by_another", models.BooleanField(default=False)),
                ("noted_at", models.DateTimeField(null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="draws", to="reciprocity.Campaign"
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reciprocity.Entry"
                    ),
                ),
                (
                    "prize",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draws",
                        to="reciprocity.Prize",
                    ),
                ),
                (
                    "reversal",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reciprocity.Entry"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_budget_not_negative",
                models.Q(("day_spent__gte", 0), ("month_spent__gte", 0), ("spent__gte", 0)),
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_budget_has_a_limit",
                models.Q(
                    ("per_day__isnull", False), ("per_month__isnull", False), ("total__isnull", False), _connector="OR"
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(fields=("person", "experiment"), name="reciprocity_assigned_once"),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_share_of_people", models.Q(("share__gte", 0), ("share__lte", 1))
            ),
        ),
        migrations.AddConstraint(
            model_name="prize",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_prize_is_worth_something", models.Q(("value__gt", 0), ("weight__gt", 0))
            ),
        ),
        migrations.AddConstraint(
            model_name="prize",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_prize_within_stock",
                models.Q(
                    models.Q(("given__gte", 0), ("stock", None)),
                    models.Q(("given__gte", 0), ("given__lte", django.db.models.expressions.F("stock"))),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="prize",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_prize_percent",
                models.Q(
                    models.Q(_negated=True, kind="percentage"),
                    models.Q(("percent__gt", 0), ("percent__isnull", False), ("percent__lte", 100)),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="prize",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_prize_points",
                models.Q(
                    models.Q(_negated=True, kind="points"),
                    models.Q(("points__gt", 0), ("points__isnull", False)),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="prize",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_prize_product",
                models.Q(models.Q(_negated=True, kind="free product"), ("product_id__isnull", False), _connector="OR"),
            ),
        ),
        migrations.AddIndex(
            model_name="draw",
            index=models.Index(fields=["person", "drawn_at"], name="reciprocity_draws_of_person"),
        ),
        migrations.AddIndex(
            model_name="draw",
            index=models.Index(
                condition=models.Q(outcome="won"), fields=["address", "drawn_at"], name="reciprocity_wins_at_address"
            ),
        ),
        migrations.AddIndex(
            model_name="draw",
            index=models.Index(condition=models.Q(state="issued"), fields=["expires_at"], name="reciprocity_gifts_out"),
        ),
        migrations.AddConstraint(
            model_name="draw",
            constraint=models.UniqueConstraint(fields=("order_id", "campaign"), name="reciprocity_one_draw"),
        ),
        migrations.AddConstraint(
            model_name="draw",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_gift_of_a_win",
                models.Q(
                    models.Q(
                        ("cost__gt", 0), ("outcome", "won"), ("prize__isnull", False), models.Q(_negated=True, state="")
                    ),
                    models.Q(models.Q(_negated=True, outcome="won"), ("cost", 0), ("state", "")),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_campaign_probability", models.Q(("probability__gte", 0), ("probability__lte", 1))
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_campaign_ends_later",
                models.Q(
                    ("ends_at", None), ("ends_at__gte", django.db.models.expressions.F("starts_at")), _connector="OR"
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_campaign_numbers",
                models.Q(("cooling_off_days__gte", 0), ("from_order_number__gte", 1), ("validity_days__gte", 1)),
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_at", None), ("is_standard", True)),
                fields=("channel_id",),
                name="reciprocity_one_standard_campaign",
            ),
        ),
        migrations.RunSQL(sql=WITHIN_LIMITS, reverse_sql=ANY_SPENDING),
    ]
