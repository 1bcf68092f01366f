from __future__ import annotations

from django.db import migrations, models

from saleor_reciprocity.fields import JSONField


class Migration(migrations.Migration):
    dependencies = [("reciprocity", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="DeskApp",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.IntegerField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="LastCheck",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("checked_at", models.DateTimeField()),
                ("broken", JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="TaskMark",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100, unique=True)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("failed", models.BooleanField(default=False)),
            ],
        ),
    ]
