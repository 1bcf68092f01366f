"""Redemptions can be cancelled."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reciprocity", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="redemption",
            name="cancelled_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="redemption",
            name="reversal",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cancelled_redemption",
                to="reciprocity.Entry",
            ),
        ),
    ]
