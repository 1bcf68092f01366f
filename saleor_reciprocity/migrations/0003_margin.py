"""What part of what is paid is left to the shop, fixed with the plan of a question."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q

from saleor_reciprocity.fields import check


class Migration(migrations.Migration):
    dependencies = [("reciprocity", "0002_recommendations_holdout")]

    operations = [
        migrations.AddField("plan", "margin", models.DecimalField(decimal_places=4, default=1, max_digits=5)),
        migrations.AddConstraint("plan", check("reciprocity_plan_margin", Q(margin__gt=0, margin__lte=1))),
        migrations.RunSQL(  # a worker that does not know it plans without one while the others are upgraded
            "ALTER TABLE reciprocity_plan ALTER margin SET DEFAULT 1", migrations.RunSQL.noop
        ),
    ]
