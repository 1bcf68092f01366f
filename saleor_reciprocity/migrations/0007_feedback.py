"""What customers say of products enters the recommendations: from which answers, and what many people's stars leave."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import saleor_reciprocity.fields


class Migration(migrations.Migration):
    dependencies = [("reciprocity", "0006_occasions")]

    operations = [
        migrations.AddField("answer", "may_recommend", models.BooleanField(default=False)),
        migrations.AddField("answer", "product_id", models.IntegerField(null=True)),
        migrations.RunSQL(  # a worker that knows nothing of it goes on taking answers, from a page that does not say it
            "ALTER TABLE reciprocity_answer ALTER may_recommend SET DEFAULT false", migrations.RunSQL.noop
        ),
        migrations.CreateModel(
            name="Regard",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("product_id", models.IntegerField()),
                ("people", models.IntegerField()),
                ("worth", models.FloatField()),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="reciprocity.ModelVersion",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="regard",
            constraint=models.UniqueConstraint(fields=("version", "product_id"), name="reciprocity_one_regard"),
        ),
        migrations.AddConstraint(
            model_name="regard",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_regard_sinks", models.Q(("worth__gt", 0), ("worth__lt", 1))
            ),
        ),
        migrations.AddConstraint(
            model_name="regard",
            constraint=saleor_reciprocity.fields.check("reciprocity_regard_people", models.Q(("people__gte", 2))),
        ),
    ]
