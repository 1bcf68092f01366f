"""Campaigns that give for an occasion instead of an order."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import saleor_reciprocity.fields

Q = models.Q

OUTCOMES = [
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
    ("tier", "The customer has not reached the campaign's tier"),
    ("cooling off", "The customer got a surprise a short time ago"),
    ("address", "Somebody at this address got a surprise a short time ago"),
    ("too many orders", "The customer placed too many orders on this day"),
    ("out of reach", "The customer has no account, and may not be written to"),
]

# A worker that knows no occasions goes on making campaigns and draws while the others are upgraded.
DEFAULT = "ALTER TABLE reciprocity_campaign ALTER occasion SET DEFAULT 'order'"
# A shop that is upgraded is not told that the new part of the schedule has not run for too long.
BEGINS = """
INSERT INTO reciprocity_taskmark (name, began_at, failed)
SELECT 'reciprocity.draw_for_occasions', now(), false WHERE EXISTS (SELECT FROM reciprocity_taskmark)
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("reciprocity", "0004_services")]

    operations = [
        migrations.AddField("campaign", "occasion", models.CharField(default="order", max_length=16)),
        migrations.AddField("campaign", "after_days", models.IntegerField(null=True)),
        migrations.AddField("draw", "occasion_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "draw",
            "account",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reciprocity.Account",
            ),
        ),
        migrations.AlterField("draw", "outcome", models.CharField(choices=OUTCOMES, max_length=16)),
        migrations.AddConstraint(
            "campaign",
            saleor_reciprocity.fields.check(
                "reciprocity_campaign_after_days",
                Q(occasion="win back", after_days__isnull=False, after_days__gte=1)
                | ~Q(occasion="win back") & Q(after_days=None),
            ),
        ),
        migrations.AddConstraint(
            "draw",
            saleor_reciprocity.fields.check(
                "reciprocity_draw_of_an_occasion",
                Q(occasion_at=None, account=None) | Q(occasion_at__isnull=False, account__isnull=False),
            ),
        ),
        migrations.AddIndex(
            "draw",
            models.Index(fields=["account"], condition=Q(account__isnull=False), name="reciprocity_draws_of_account"),
        ),
        migrations.AddIndex("tierchange", models.Index(fields=["changed_at"], name="reciprocity_tier_changes_new")),
        migrations.RunSQL(DEFAULT, migrations.RunSQL.noop),
        migrations.RunSQL(BEGINS, migrations.RunSQL.noop),
    ]
