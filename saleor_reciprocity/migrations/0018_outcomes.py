"""Plans, what became of the people whom they follow, and which products stood in whose list."""

from __future__ import annotations

from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import saleor_reciprocity.fields

# What was fixed beforehand, and what was found, stays as it is: on that rests how sure the report may be.
FROZEN = """
CREATE TRIGGER reciprocity_plan_frozen BEFORE UPDATE OR DELETE ON reciprocity_plan
  FOR EACH ROW EXECUTE PROCEDURE reciprocity_refuse_change();
CREATE TRIGGER reciprocity_outcome_frozen BEFORE UPDATE OR DELETE ON reciprocity_outcome
  FOR EACH ROW EXECUTE PROCEDURE reciprocity_refuse_change();
"""
NOT_FROZEN = """
DROP TRIGGER reciprocity_outcome_frozen ON reciprocity_outcome;
DROP TRIGGER reciprocity_plan_frozen ON reciprocity_plan;
"""

# Until now nobody noted that somebody was assigned again under another address. The account of the orders tells.
REPEATED_SO_FAR = """
WITH known AS (
  SELECT DISTINCT 'surprises' AS experiment, d.person, t.account_id FROM reciprocity_draw d
    JOIN reciprocity_orderterms t ON t.order_id = d.order_id WHERE t.account_id IS NOT NULL
  UNION SELECT DISTINCT 'surveys', i.person, t.account_id FROM reciprocity_invitation i
    JOIN reciprocity_orderterms t ON t.order_id = i.order_id WHERE t.account_id IS NOT NULL
), alike AS (
  SELECT a.id, first_value(a.id) OVER same AS first_id, first_value(a.held_out) OVER same AS held_out
  FROM reciprocity_assignment a JOIN known k ON k.experiment = a.experiment AND k.person = a.person
  WINDOW same AS (PARTITION BY k.experiment, k.account_id ORDER BY a.assigned_at, a.id)
)
UPDATE reciprocity_assignment a SET repeats_id = r.first_id
FROM (SELECT id, min(first_id) AS first_id FROM alike GROUP BY id) r
WHERE r.id = a.id AND r.first_id <> a.id
"""
GOES_WITH_THE_USER = """
ALTER TABLE reciprocity_listedproducts ADD CONSTRAINT reciprocity_listedproducts_user FOREIGN KEY (user_id)
  REFERENCES account_user (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
"""


def _user(**options: Any) -> models.Field:
    by_the_database = django.db.models.deletion.DO_NOTHING
    return models.ForeignKey(
        on_delete=by_the_database, related_name="+", to=settings.AUTH_USER_MODEL, db_index=False, **options
    )


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("reciprocity", "0017_users_deleted_by_the_database"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListedProducts",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("listed_on", models.DateField(db_index=True)),
                ("product_ids", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
            ],
        ),
        migrations.CreateModel(
            name="Outcome",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "question",
                    models.CharField(
                        choices=[
                            ("programme", "Whether those who can be surprised come back more often"),
                            ("gift", "Whether a gift brings people back"),
                            ("survey", "Whether asking drives people away"),
                        ],
                        max_length=16,
                    ),
                ),
                ("unit", models.BigIntegerField()),
                ("day", models.DateField()),
                ("held_out", models.BooleanField()),
                ("share", models.DecimalField(decimal_places=8, max_digits=9)),
                ("stratum", models.SmallIntegerField()),
                ("channel_id", models.CharField(blank=True, default="", max_length=36)),
                ("returned_after", models.SmallIntegerField(null=True)),
                ("money", models.DecimalField(decimal_places=3, default=0, max_digits=20)),
                ("treated", models.BooleanField(default=False)),
                ("frozen_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "question",
                    models.CharField(
                        choices=[
                            ("programme", "Whether those who can be surprised come back more often"),
                            ("gift", "Whether a gift brings people back"),
                            ("survey", "Whether asking drives people away"),
                        ],
                        max_length=16,
                        unique=True,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("start", models.DateField()),
                ("evaluation", models.DateField()),
                ("share", models.DecimalField(decimal_places=8, max_digits=9)),
                ("prior_rate", models.FloatField()),
                ("planned_people", models.IntegerField()),
                ("level", models.DecimalField(decimal_places=4, max_digits=5)),
                ("currency", models.CharField(max_length=3)),
                ("cap", models.DecimalField(decimal_places=3, max_digits=20)),
                ("largest_gift", models.DecimalField(decimal_places=3, default=0, max_digits=20)),
                ("point_cost", models.DecimalField(decimal_places=8, default=0, max_digits=20)),
                ("money_mean", models.FloatField()),
                ("money_variance", models.FloatField()),
                ("method", models.SmallIntegerField(default=1)),
            ],
        ),
        migrations.AddField(
            model_name="assignment",
            name="repeats",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reciprocity.Assignment",
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["experiment", "assigned_at"], name="reciprocity_assigned_in_time"),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_plan_share", models.Q(("share__gt", 0), ("share__lt", 1))
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_plan_numbers",
                models.Q(("planned_people__gt", 0), ("prior_rate__gte", 0), ("prior_rate__lte", 1)),
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_plan_level", models.Q(("level__gt", 0), ("level__lt", 1))
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_plan_money",
                models.Q(("cap__gt", 0), ("largest_gift__gte", 0), ("money_variance__gte", 0), ("point_cost__gte", 0)),
            ),
        ),
        migrations.AddIndex(
            model_name="outcome",
            index=models.Index(fields=["question", "day"], name="reciprocity_outcomes_in_time"),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.UniqueConstraint(fields=("question", "unit"), name="reciprocity_outcome_once"),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_outcome_share", models.Q(("share__gte", 0), ("share__lte", 1))
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_outcome_stratum", models.Q(("stratum__gte", 0), ("stratum__lte", 4))
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_outcome_in_window",
                models.Q(
                    ("returned_after", None),
                    models.Q(("returned_after__gte", 0), ("returned_after__lte", 90)),
                    _connector="OR",
                ),
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AddField("listedproducts", "user", _user(db_constraint=False)),
                migrations.RunSQL(GOES_WITH_THE_USER, migrations.RunSQL.noop),
            ],
            state_operations=[migrations.AddField("listedproducts", "user", _user())],
        ),
        migrations.AddConstraint(
            model_name="listedproducts",
            constraint=models.UniqueConstraint(fields=("user", "listed_on"), name="reciprocity_listed_once"),
        ),
        migrations.RunSQL(REPEATED_SO_FAR, migrations.RunSQL.noop),
        migrations.RunSQL(FROZEN, NOT_FROZEN),
    ]
