"""The tables of recommendations: versions with their lists, neighbours and popularity; preferences."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import saleor_reciprocity.fields

# A partial unique index would be checked row by row, so that no single UPDATE could move `serving`.
ONE_SERVES = """
ALTER TABLE reciprocity_modelversion ADD CONSTRAINT reciprocity_one_version_serves
  EXCLUDE USING btree (serving WITH =) WHERE (serving) DEFERRABLE INITIALLY IMMEDIATE;
"""
ANY_SERVE = "ALTER TABLE reciprocity_modelversion DROP CONSTRAINT reciprocity_one_version_serves;"
ONE_LENGTH = """
ALTER TABLE reciprocity_customerlist ADD CONSTRAINT reciprocity_lists_of_one_length CHECK (
  cardinality(product_ids) <= 50 AND cardinality(scores) = cardinality(product_ids)
  AND cardinality(reasons) = cardinality(product_ids)
  AND cardinality(because_product_ids) = cardinality(product_ids));
"""
ANY_LENGTH = "ALTER TABLE reciprocity_customerlist DROP CONSTRAINT reciprocity_lists_of_one_length;"


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("reciprocity", "0003_surprises"),
    ]

    operations = [
        migrations.CreateModel(
            name="ModelVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("algorithm", models.CharField(max_length=64)),
                ("people", models.IntegerField()),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("serving", models.BooleanField(default=False)),
                ("figures", saleor_reciprocity.fields.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="CustomerList",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            (
                                "again",
                                "Products that the customer has bought and may want again, the one most due first",
                            ),
                            ("new", "Products that the customer has never bought"),
                        ],
                        max_length=8,
                    ),
                ),
                ("product_ids", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ("scores", django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None),
                ),
                (
                    "because_product_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(null=True), size=None),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="reciprocity.ModelVersion",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("category", "A category and all below it"),
                            ("collection", "A collection"),
                            ("product", "A product"),
                        ],
                        max_length=16,
                    ),
                ),
                ("object_id", models.IntegerField()),
                ("liked", models.BooleanField()),
                ("updated_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Popularity",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel_id", models.CharField(max_length=36)),
                ("category_id", models.IntegerField(null=True)),
                ("product_id", models.IntegerField()),
                ("score", models.FloatField()),
                ("people", models.IntegerField()),
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
        migrations.CreateModel(
            name="Neighbour",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("product_id", models.IntegerField()),
                ("neighbour_id", models.IntegerField()),
                ("score", models.FloatField()),
                ("people", models.IntegerField()),
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
            model_name="modelversion",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_serving_is_finished",
                models.Q(("serving", False), ("finished_at__isnull", False), _connector="OR"),
            ),
        ),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_finished_after_start",
                models.Q(
                    ("finished_at", None),
                    ("finished_at__gte", django.db.models.expressions.F("started_at")),
                    _connector="OR",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="modelversion",
            constraint=saleor_reciprocity.fields.check("reciprocity_version_people", models.Q(people__gte=2)),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.UniqueConstraint(fields=("user", "kind", "object_id"), name="reciprocity_one_opinion"),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_products_are_not_liked", models.Q(("kind", "product"), ("liked", True), _negated=True)
            ),
        ),
        migrations.AddConstraint(
            model_name="popularity",
            constraint=models.UniqueConstraint(
                fields=("version", "channel_id", "category_id", "product_id"), name="reciprocity_popular_in_category"
            ),
        ),
        migrations.AddConstraint(
            model_name="popularity",
            constraint=models.UniqueConstraint(
                condition=models.Q(category_id=None),
                fields=("version", "channel_id", "product_id"),
                name="reciprocity_popular_in_channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="popularity",
            constraint=saleor_reciprocity.fields.check("reciprocity_popularity_people", models.Q(people__gte=2)),
        ),
        migrations.AddConstraint(
            model_name="neighbour",
            constraint=models.UniqueConstraint(
                fields=("version", "product_id", "neighbour_id"), name="reciprocity_neighbours_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="neighbour",
            constraint=saleor_reciprocity.fields.check(
                "reciprocity_neighbour_is_another",
                models.Q(_negated=True, product_id=django.db.models.expressions.F("neighbour_id")),
            ),
        ),
        migrations.AddConstraint(
            model_name="neighbour",
            constraint=saleor_reciprocity.fields.check("reciprocity_neighbour_people", models.Q(people__gte=2)),
        ),
        migrations.AddConstraint(
            model_name="customerlist",
            constraint=models.UniqueConstraint(fields=("version", "user", "kind"), name="reciprocity_one_list_a_kind"),
        ),
        migrations.RunSQL(sql=ONE_SERVES, reverse_sql=ANY_SERVE),
        migrations.RunSQL(sql=ONE_LENGTH, reverse_sql=ANY_LENGTH),
    ]
