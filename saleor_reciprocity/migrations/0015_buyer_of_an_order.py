from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reciprocity", "0014_addresses")]

    operations = [
        migrations.AddField(
            model_name="orderterms",
            name="buyer",
            field=models.CharField(editable=False, max_length=64, null=True),
        ),
    ]
