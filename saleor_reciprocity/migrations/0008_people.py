"""Points expire; accounts are merged and erased; a shop chooses how points are taken back."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import saleor_reciprocity.fields

# An entry is history. Only an erasure changes it, and only the texts that may lead to a person: never a figure.
ERASABLE = """
CREATE OR REPLACE FUNCTION reciprocity_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE texts CONSTANT text[] := ARRAY['order_id', 'reason', 'actor', 'source'];
BEGIN
  IF TG_OP = 'UPDATE' AND current_setting('reciprocity.erasing', true) = 'on'
    AND to_jsonb(OLD) - texts = to_jsonb(NEW) - texts
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'reciprocity: % is append-only; write a correcting entry instead', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
NOT_ERASABLE = """
CREATE OR REPLACE FUNCTION reciprocity_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'reciprocity: % is append-only; write a correcting entry instead', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
KNOWN_SO_FAR = """
UPDATE reciprocity_account SET had_user = true WHERE user_id IS NOT NULL;
UPDATE reciprocity_lot l SET channel_id = t.channel_id FROM reciprocity_orderterms t WHERE t.order_id = l.order_id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reciprocity", "0007_mail"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="orderterms",
            name="reciprocity_order_not_negative",
        ),
        migrations.AddField(
            model_name="account",
            name="erased_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="had_user",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="account",
            name="merged_into",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="reciprocity.Account",
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="next_expiry_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="user_deleted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="lot",
            name="channel_id",
            field=models.CharField(blank=True, default="", max_length=36),
        ),
        migrations.AddField(
            model_name="orderterms",
            name="kept",
            field=models.BigIntegerField(default=0),
        ),
        migrations.RunSQL(sql=KNOWN_SO_FAR, reverse_sql=migrations.RunSQL.noop),
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
                    ("expired", "Points that were not used in time"),
                    ("adjustment", "Points given or taken by the shop"),
                    ("merge", "Points moved when two accounts of a person became one"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(next_expiry_at__isnull=False),
                fields=["next_expiry_at"],
                name="reciprocity_next_expiry",
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("had_user", True), ("user", None)), fields=["id"], name="reciprocity_left_by_users"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_account_merged_is_empty",
                models.Q(
                    ("merged_into", None),
                    models.Q(("available", 0), ("debt", 0), ("email_hash", None), ("pending", 0), ("user", None)),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_account_erased_is_nobodys",
                models.Q(("erased_at", None), models.Q(("email_hash", None), ("user", None)), _connector="OR"),
            ),
        ),
        migrations.AddConstraint(
            model_name="orderterms",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_order_not_negative",
                models.Q(
                    ("earned__gte", django.db.models.expressions.F("kept")), ("kept__gte", 0), ("pending__gte", 0)
                ),
            ),
        ),
        migrations.RunSQL(sql=ERASABLE, reverse_sql=NOT_ERASABLE),
    ]
