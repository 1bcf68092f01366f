"""Orders whose buyer was erased are ignored."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reciprocity", "0008_people"),
    ]

    operations = [
        migrations.AddField(
            model_name="settledorder",
            name="erased",
            field=models.BooleanField(default=False),
        ),
    ]
