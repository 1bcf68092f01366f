"""Settings have numbers, because a clock can go back; the sweep of every minute remembers up to when it has looked."""

from __future__ import annotations

from django.db import migrations, models

NUMBERED = """
UPDATE reciprocity_settingsversion v SET number = n.number
FROM (SELECT id, row_number() OVER (PARTITION BY channel_id ORDER BY since, id) AS number
  FROM reciprocity_settingsversion) n
WHERE n.id = v.id
"""


class Migration(migrations.Migration):
    dependencies = [("reciprocity", "0012_messages_of_a_person")]

    operations = [
        migrations.AddField(
            model_name="settingsversion", name="number", field=models.IntegerField(default=0), preserve_default=False
        ),
        migrations.RunSQL(NUMBERED, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="settingsversion", name="reciprocity_one_version_a_moment"),
        migrations.AddConstraint(
            model_name="settingsversion",
            constraint=models.UniqueConstraint(
                fields=["channel_id", "number"], name="reciprocity_settings_versions_in_turn"
            ),
        ),
        migrations.AddIndex(
            model_name="settledorder",
            index=models.Index(
                fields=["retry_at"], condition=models.Q(retry_at__isnull=False), name="reciprocity_settling_again"
            ),
        ),
        migrations.CreateModel(
            name="SweepMark",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("looked_at", models.DateTimeField()),
            ],
        ),
    ]
