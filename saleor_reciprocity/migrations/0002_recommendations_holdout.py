"""Who is shown best sellers instead of a list, so that one sees what lists bring."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reciprocity", "0001_initial")]

    operations = [
        migrations.AddField("listedproducts", "share", models.DecimalField(decimal_places=4, default=0, max_digits=5)),
        migrations.AddField("listedproducts", "held_out", models.BooleanField(default=False)),
        migrations.RunSQL(  # a worker that knows neither goes on training while the others are upgraded
            "ALTER TABLE reciprocity_listedproducts ALTER share SET DEFAULT 0, ALTER held_out SET DEFAULT false",
            migrations.RunSQL.noop,
        ),
    ]
