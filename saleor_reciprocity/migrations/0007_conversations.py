"""What staff record of conversations, which answers are dealt with, and pauses of what is sent."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reciprocity", "0006_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel_id", models.CharField(max_length=36, unique=True)),
                ("since", models.DateTimeField()),
                ("actor", models.CharField(max_length=64)),
            ],
        ),
        migrations.AddField(
            model_name="answer",
            name="recorded_by",
            field=models.CharField(max_length=64, null=True),
        ),
        migrations.AddField(
            model_name="answer",
            name="way",
            field=models.CharField(
                choices=[
                    ("phone", "On the telephone"),
                    ("in person", "Face to face"),
                    ("written", "In a letter, a mail or a chat"),
                ],
                max_length=16,
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="invitation",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "It waits for its time"),
                    ("invited", "The message was handed over"),
                    ("no email", "The order has no e-mail address"),
                    ("no consent", "The customer did not agree to be asked, or withdrew it"),
                    ("asked recently", "The customer was asked a short time ago"),
                    ("held out", "The customer is held out, to measure the effect of asking"),
                    ("cancelled", "The order was cancelled"),
                    ("returned", "The goods, or all the money, went back"),
                    ("too late", "Its time had passed too long ago when it was looked at"),
                    ("switched off", "Surveys were switched off when its time came"),
                    ("told", "The customer told staff before being asked"),
                ],
                max_length=16,
            ),
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("actor", models.CharField(max_length=64)),
                ("written_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="reciprocity.Account"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DealtWith",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("actor", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "answer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dealt_with", to="reciprocity.Answer"
                    ),
                ),
            ],
        ),
    ]
