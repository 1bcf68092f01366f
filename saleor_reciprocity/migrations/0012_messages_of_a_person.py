from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reciprocity", "0011_campaign_tier")]

    operations = [
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(fields=["person"], name="reciprocity_mail_of_person"),
        ),
    ]
