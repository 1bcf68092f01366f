"""Surveys that anybody may answer, and the ways by which answers come."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from saleor_reciprocity.fields import check

QUESTIONS = [
    ("csat", "Satisfaction (CSAT), 1 to 5"),
    ("nps", "Recommendation (NPS), 0 to 10"),
    ("ces", "Effort (CES), 1 to 7"),
]
STATES = [
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
    ("told", "The customer answered in another way before being asked"),
]
WAYS = [
    ("mail", "Through the link of the message"),
    ("link", "Through a link that the shop handed over"),
    ("qr", "Through a QR code that the shop handed over"),
    ("phone", "Told to staff on the telephone"),
    ("in person", "Told to staff face to face"),
    ("written", "Told to staff in a letter, a mail or a chat"),
    ("api", "Told to another program of the shop"),
    ("open", "Through the open survey of a channel, by nobody knows whom"),
]
ON_ITS_SCALE = (
    Q(question="csat", score__gte=1, score__lte=5)
    | Q(question="nps", score__gte=0, score__lte=10)
    | Q(question="ces", score__gte=1, score__lte=7)
)


class Migration(migrations.Migration):
    dependencies = [("reciprocity", "0007_feedback")]

    operations = [
        migrations.CreateModel(
            "OpenSurvey",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel_id", models.CharField(max_length=36)),
                ("actor", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddConstraint(
            "opensurvey",
            models.UniqueConstraint(
                fields=["channel_id"], condition=Q(ended_at=None), name="reciprocity_one_open_survey"
            ),
        ),
        migrations.CreateModel(
            "OpenAnswer",
            [
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "survey",
                    models.ForeignKey(
                        "reciprocity.OpenSurvey",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                    ),
                ),
                ("channel_id", models.CharField(max_length=36)),
                ("question", models.CharField(choices=QUESTIONS, max_length=8)),
                ("score", models.IntegerField()),
                ("comment", models.TextField(blank=True, default="")),
                ("answered_on", models.DateField()),
            ],
        ),
        migrations.AddIndex("openanswer", models.Index(fields=["answered_on", "id"], name="reciprocity_open_answers")),
        migrations.AddConstraint("openanswer", check("reciprocity_open_answer_on_its_scale", ON_ITS_SCALE)),
        migrations.CreateModel(
            "OpenCount",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("hour", models.DateTimeField(db_index=True)),
                ("answers", models.IntegerField()),
            ],
        ),
        migrations.AlterField("answer", "way", models.CharField(choices=WAYS, max_length=16, null=True)),
        migrations.AlterField("invitation", "state", models.CharField(choices=STATES, max_length=16)),
    ]
