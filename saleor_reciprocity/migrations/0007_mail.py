"""Messages are sent: what they need for it, what people chose, and the pace of each way out."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import saleor_reciprocity.fields

# Wishes from before anything was sent; what is out of date by now is not sent late.
FROM_DRAWS = """
UPDATE reciprocity_mail m SET person = d.person, user_id = d.user_id, is_guest = d.user_id IS NULL,
  channel_id = c.channel_id, context = jsonb_build_object('draw', d.id), due_at = m.wanted_at, next_at = m.wanted_at,
  expires_at = least(d.expires_at, m.wanted_at + interval '14 days')
FROM reciprocity_draw d JOIN reciprocity_campaign c ON c.id = d.campaign_id WHERE d.id = m.draw_id
"""


def mail(name, field):
    return migrations.AddField(model_name="mail", name=name, field=field, preserve_default=False)


class Migration(migrations.Migration):
    dependencies = [
        ("reciprocity", "0006_reward_catalogue"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        mail("person", models.CharField(max_length=64, default="")),
        migrations.AddField(
            model_name="mail",
            name="user",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(model_name="mail", name="is_guest", field=models.BooleanField(default=False)),
        mail("channel_id", models.CharField(max_length=36, default="")),
        migrations.AddField(
            model_name="mail", name="language", field=models.CharField(blank=True, default="", max_length=35)
        ),
        migrations.AddField(model_name="mail", name="context", field=saleor_reciprocity.fields.JSONField(default=dict)),
        mail("due_at", models.DateTimeField(default=django.utils.timezone.now)),
        mail("expires_at", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AddField(
            model_name="mail",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "It is sent when it is due"),
                    ("sending", "A worker has taken it"),
                    ("handed over", "The server is about to get it, once and never again"),
                    ("sent", "The server has accepted it"),
                    ("dropped", "It was not sent, for the reason that is given"),
                    ("failed", "The server refused it for good, or too often"),
                    ("unknown", "The connection broke; it may have arrived, so it is not sent again"),
                ],
                default="waiting",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="mail", name="reason", field=models.CharField(blank=True, default="", max_length=200)
        ),
        mail("next_at", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AddField(model_name="mail", name="attempts", field=models.IntegerField(default=0)),
        migrations.AddField(
            model_name="mail",
            name="route",
            field=models.CharField(
                blank=True,
                choices=[
                    ("e-mail", "An e-mail"),
                    ("endpoint", "A signed POST to the shop's own endpoint"),
                ],
                default="",
                max_length=16,
            ),
        ),
        migrations.AddField(model_name="mail", name="claimed_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="mail", name="basis", field=models.CharField(blank=True, default="", max_length=64)
        ),
        migrations.AddField(
            model_name="mail", name="message_id", field=models.CharField(blank=True, default="", max_length=255)
        ),
        migrations.AddField(model_name="mail", name="sent_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(sql=FROM_DRAWS, reverse_sql=migrations.RunSQL.noop),
        migrations.RemoveField(model_name="mail", name="draw_id"),
        migrations.AddConstraint(
            model_name="mail",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_mail_sent_when",
                models.Q(("sent_at__isnull", False), ("state", "sent")) | models.Q(("state", "sent"), _negated=True),
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_mail_claimed_when",
                models.Q(("claimed_at__isnull", False), ("state__in", ["sending", "handed over"]))
                | models.Q(("state__in", ["sending", "handed over"]), _negated=True),
            ),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(state="waiting"), fields=["channel_id", "next_at"], name="reciprocity_mail_due"
            ),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(state__in=["sending", "handed over"]),
                fields=["claimed_at"],
                name="reciprocity_mail_taken",
            ),
        ),
        migrations.CreateModel(
            name="CommunicationChoice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person", models.CharField(max_length=64)),
                ("kind", models.CharField(blank=True, default="", max_length=32)),
                ("wanted", models.BooleanField()),
                ("chosen_at", models.DateTimeField()),
                ("origin", models.CharField(max_length=64)),
                (
                    "user",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="communicationchoice",
            index=models.Index(fields=["person", "kind", "-id"], name="reciprocity_choices_of_person"),
        ),
        migrations.CreateModel(
            name="MailPace",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel_id", models.CharField(max_length=36)),
                (
                    "route",
                    models.CharField(
                        choices=[
                            ("e-mail", "An e-mail"),
                            ("endpoint", "A signed POST to the shop's own endpoint"),
                        ],
                        max_length=16,
                    ),
                ),
                ("minute", models.DateTimeField(null=True)),
                ("taken", models.IntegerField(default=0)),
                ("failures", models.IntegerField(default=0)),
                ("paused_until", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, default="", max_length=200)),
            ],
        ),
        migrations.AddConstraint(
            model_name="mailpace",
            constraint=models.UniqueConstraint(fields=("channel_id", "route"), name="reciprocity_one_pace"),
        ),
    ]
