"""The tables of surveys; a finished answer keeps its score and its time."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import saleor_reciprocity.fields

# What was answered stays answered. A comment may go, with the person who wrote it.
FINISHED = """
CREATE FUNCTION reciprocity_refuse_other_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.answered_at IS NOT NULL AND (NEW.score, NEW.answered_at, NEW.question, NEW.invitation_id)
    IS DISTINCT FROM (OLD.score, OLD.answered_at, OLD.question, OLD.invitation_id) THEN
    RAISE EXCEPTION 'reciprocity: the answer % is finished', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reciprocity_answer_is_finished BEFORE UPDATE ON reciprocity_answer
  FOR EACH ROW EXECUTE PROCEDURE reciprocity_refuse_other_answer();
"""
UNFINISHED = """
DROP TRIGGER reciprocity_answer_is_finished ON reciprocity_answer;
DROP FUNCTION reciprocity_refuse_other_answer();
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("reciprocity", "0009_erased_orders"),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "question",
                    models.CharField(
                        choices=[
                            ("csat", "Satisfaction (CSAT), 1 to 5"),
                            ("nps", "Recommendation (NPS), 0 to 10"),
                            ("ces", "Effort (CES), 1 to 7"),
                        ],
                        max_length=8,
                    ),
                ),
                ("score", models.IntegerField(null=True)),
                ("comment", models.TextField(blank=True, default="")),
                ("started_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("is_unhappy", models.BooleanField(default=False)),
                ("alert_due_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("actor", models.CharField(max_length=64)),
                ("written_at", models.DateTimeField()),
                (
                    "answer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="reciprocity.Answer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("product_id", models.IntegerField(db_index=True)),
                ("stars", models.IntegerField()),
                (
                    "answer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ratings",
                        to="reciprocity.Answer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("order_id", models.CharField(max_length=36, unique=True)),
                ("order_number", models.CharField(max_length=64)),
                ("channel_id", models.CharField(max_length=36)),
                ("person", models.CharField(max_length=64)),
                ("language", models.CharField(max_length=35)),
                (
                    "question",
                    models.CharField(
                        choices=[
                            ("csat", "Satisfaction (CSAT), 1 to 5"),
                            ("nps", "Recommendation (NPS), 0 to 10"),
                            ("ces", "Effort (CES), 1 to 7"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
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
                        ],
                        max_length=16,
                    ),
                ),
                ("due_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("invited_at", models.DateTimeField(null=True)),
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
        migrations.CreateModel(
            name="AskedProduct",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("product_id", models.IntegerField(db_index=True)),
                ("name", models.CharField(max_length=386)),
                (
                    "invitation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="products",
                        to="reciprocity.Invitation",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="answer",
            name="entry",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reciprocity.Entry"
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="invitation",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="answer", to="reciprocity.Invitation"
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.UniqueConstraint(fields=("answer", "digest"), name="reciprocity_reply_once"),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.UniqueConstraint(fields=("answer", "product_id"), name="reciprocity_product_rated_once"),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_one_to_five_stars", models.Q(("stars__gte", 1), ("stars__lte", 5))
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                condition=models.Q(state="waiting"), fields=["due_at"], name="reciprocity_invitations_due"
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["person"], name="reciprocity_invited_person"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_invited_at_a_time",
                models.Q(
                    models.Q(("invited_at__isnull", False), ("state", "invited")),
                    models.Q(models.Q(_negated=True, state="invited"), ("invited_at", None)),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="askedproduct",
            constraint=models.UniqueConstraint(
                fields=("invitation", "product_id"), name="reciprocity_asked_product_once"
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(fields=["answered_at", "id"], name="reciprocity_answers_in_time"),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                condition=models.Q(alert_due_at__isnull=False), fields=["alert_due_at"], name="reciprocity_alerts_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_answer_on_its_scale",
                models.Q(
                    models.Q(("answered_at", None), ("score", None)),
                    models.Q(("question", "csat"), ("score__gte", 1), ("score__lte", 5)),
                    models.Q(("question", "nps"), ("score__gte", 0), ("score__lte", 10)),
                    models.Q(("question", "ces"), ("score__gte", 1), ("score__lte", 7)),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_points_for_an_answer",
                models.Q(("entry", None), ("answered_at__isnull", False), _connector="OR"),
            ),
        ),
        migrations.RunSQL(FINISHED, UNFINISHED),
    ]
