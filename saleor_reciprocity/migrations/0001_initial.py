"""The tables of the ledger, of redemptions and of what is remembered of orders and settings."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import saleor_reciprocity.fields

# An entry is history. A mistake is corrected by another entry.
APPEND_ONLY = """
CREATE FUNCTION reciprocity_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'reciprocity: % is append-only; write a correcting entry instead', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER reciprocity_entry_append_only BEFORE UPDATE OR DELETE ON reciprocity_entry
  FOR EACH ROW EXECUTE PROCEDURE reciprocity_refuse_change();
"""
NOT_APPEND_ONLY = """
DROP TRIGGER reciprocity_entry_append_only ON reciprocity_entry;
DROP FUNCTION reciprocity_refuse_change();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("email_hash", models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ("available", models.BigIntegerField(default=0)),
                ("pending", models.BigIntegerField(default=0)),
                ("debt", models.BigIntegerField(default=0)),
                ("version", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pending", "Points that will become available"),
                            ("earned", "Points became available"),
                            ("clawback", "Points taken back with the order that gave them"),
                            ("redemption", "Points exchanged for a reward"),
                            ("reversal", "Points returned from a reversed redemption"),
                        ],
                        max_length=16,
                    ),
                ),
                ("points", models.BigIntegerField()),
                ("pending", models.BigIntegerField(default=0)),
                ("balance_after", models.BigIntegerField()),
                ("pending_after", models.BigIntegerField()),
                ("source", models.CharField(max_length=200, unique=True)),
                ("order_id", models.CharField(blank=True, db_index=True, default="", max_length=36)),
                ("reason", models.CharField(blank=True, default="", max_length=255)),
                ("actor", models.CharField(blank=True, default="", max_length=64)),
                ("happened_at", models.DateTimeField()),
                ("written_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="InstallationKey",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("key", models.CharField(editable=False, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("order_id", models.CharField(blank=True, default="", max_length=36)),
                ("points", models.BigIntegerField()),
                ("remaining", models.BigIntegerField()),
                ("earned_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="LotUse",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("points", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="OrderTerms",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("order_id", models.CharField(max_length=36, unique=True)),
                ("order_number", models.CharField(max_length=64)),
                ("channel_id", models.CharField(max_length=36)),
                ("currency", models.CharField(max_length=3)),
                ("placed_at", models.DateTimeField()),
                ("verdict", models.CharField(max_length=32)),
                ("terms", saleor_reciprocity.fields.JSONField()),
                ("pending", models.BigIntegerField(default=0)),
                ("earned", models.BigIntegerField(default=0)),
                ("postings", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Redemption",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=128)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("voucher", "A fixed amount off one order"),
                            ("gift card", "A gift card with a balance"),
                        ],
                        max_length=16,
                    ),
                ),
                ("code", models.CharField(max_length=16, unique=True)),
                ("points", models.BigIntegerField()),
                ("value", models.DecimalField(decimal_places=3, max_digits=20)),
                ("currency", models.CharField(max_length=3)),
                ("channel_id", models.CharField(max_length=36)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Reward",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel_id", models.CharField(db_index=True, max_length=36)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("voucher", "A fixed amount off one order"),
                            ("gift card", "A gift card with a balance"),
                        ],
                        max_length=16,
                    ),
                ),
                ("name", models.CharField(max_length=128)),
                ("points", models.BigIntegerField()),
                ("value", models.DecimalField(decimal_places=3, max_digits=20)),
                ("currency", models.CharField(max_length=3)),
                ("is_active", models.BooleanField(default=True)),
                ("is_standard", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="SettingsVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel_id", models.CharField(max_length=36)),
                ("since", models.DateTimeField()),
                ("active", models.BooleanField()),
                ("values", saleor_reciprocity.fields.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="SettledOrder",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("order_id", models.CharField(max_length=36, unique=True)),
                ("fingerprint", models.CharField(blank=True, default="", max_length=32)),
                ("attempts", models.IntegerField(default=0)),
                ("error", models.TextField(blank=True, default="")),
                ("retry_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=models.UniqueConstraint(fields=("channel_id", "since"), name="reciprocity_one_version_a_moment"),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_reward_has_a_price", models.Q(("points__gt", 0), ("value__gt", 0))
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.UniqueConstraint(
                condition=models.Q(is_standard=True), fields=("channel_id",), name="reciprocity_one_standard_reward"
            ),
        ),
        migrations.AddField(
            model_name="redemption",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="redemptions",
                to="reciprocity.Account",
            ),
        ),
        migrations.AddField(
            model_name="redemption",
            name="entry",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="redemption", to="reciprocity.Entry"
            ),
        ),
        migrations.AddField(
            model_name="redemption",
            name="reward",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="redemptions", to="reciprocity.Reward"
            ),
        ),
        migrations.AddField(
            model_name="orderterms",
            name="account",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="reciprocity.Account"
            ),
        ),
        migrations.AddField(
            model_name="lotuse",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lot_uses", to="reciprocity.Entry"
            ),
        ),
        migrations.AddField(
            model_name="lotuse",
            name="lot",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="reciprocity.Lot"
            ),
        ),
        migrations.AddField(
            model_name="lot",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lots",
                to="reciprocity.Account",
            ),
        ),
        migrations.AddField(
            model_name="entry",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="reciprocity.Account",
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="user",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="redemption",
            constraint=models.UniqueConstraint(fields=("account", "key"), name="reciprocity_key_redeems_once"),
        ),
        migrations.AddConstraint(
            model_name="orderterms",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_order_not_negative", models.Q(("earned__gte", 0), ("pending__gte", 0))
            ),
        ),
        migrations.AddConstraint(
            model_name="lotuse",
            constraint=models.UniqueConstraint(fields=("entry", "lot"), name="reciprocity_one_use_of_a_lot"),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(condition=models.Q(remaining__gt=0), fields=["account"], name="reciprocity_open_lots"),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(fields=["account", "order_id"], name="reciprocity_lots_of_order"),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_lot_within_its_points",
                models.Q(("remaining__gte", 0), ("remaining__lte", django.db.models.expressions.F("points"))),
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("account", "version"), name="reciprocity_entry_gapless"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_entry_says_something", models.Q(("pending", 0), ("points", 0), _negated=True)
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_account_not_negative",
                models.Q(("available__gte", 0), ("debt__gte", 0), ("pending__gte", 0)),
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_account_no_points_in_debt", models.Q(("available", 0), ("debt", 0), _connector="OR")
            ),
        ),
        migrations.RunSQL(sql=APPEND_ONLY, reverse_sql=NOT_APPEND_ONLY),
    ]
