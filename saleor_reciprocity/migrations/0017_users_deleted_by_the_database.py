"""What a deleted user leaves is up to the database, which misses no row, however late it was written."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models, transaction

# In the order in which we lock rows ourselves.
SET_NULL, CASCADE = "SET NULL", "CASCADE"
ROWS = (
    ("account", SET_NULL),
    ("invitation", SET_NULL),
    ("draw", SET_NULL),
    ("mail", SET_NULL),
    ("communicationchoice", SET_NULL),
    ("customerlist", CASCADE),
    ("preference", CASCADE),
)
_KEYS_TO_USERS = """
SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass AND confrelid = %s::regclass
"""


def _replace(apps: Any, connection: Any, model_name: str, action: str) -> None:
    """Without a moment in which nothing holds, and without keeping writers out while the rows are looked through."""
    table = apps.get_model("reciprocity", model_name)._meta.db_table
    users = apps.get_model(settings.AUTH_USER_MODEL)._meta.db_table
    name = f"{table}_user"
    with connection.cursor() as cursor:
        with transaction.atomic(using=connection.alias):
            cursor.execute(_KEYS_TO_USERS, [table, users])
            for (old,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{old}"')
            cursor.execute(
                f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (user_id) REFERENCES "{users}" (id)'
                f" {action} DEFERRABLE INITIALLY DEFERRED NOT VALID"
            )
        cursor.execute(f'ALTER TABLE "{table}" VALIDATE CONSTRAINT "{name}"')


def by_the_database(apps: Any, schema_editor: Any) -> None:
    for model_name, action in ROWS:
        _replace(apps, schema_editor.connection, model_name, f"ON DELETE {action}")


def by_django(apps: Any, schema_editor: Any) -> None:
    for model_name, _action in ROWS:
        _replace(apps, schema_editor.connection, model_name, "")


def _field(model_name: str, action: str) -> models.Field:
    key = models.OneToOneField if model_name == "account" else models.ForeignKey
    options: dict[str, Any] = {"null": True, "editable": False} if action == SET_NULL else {}
    if model_name == "preference":
        options["db_index"] = False
    return key(on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to=settings.AUTH_USER_MODEL, **options)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("reciprocity", "0016_codes"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(by_the_database, by_django)],
            state_operations=[migrations.AlterField(model, "user", _field(model, action)) for model, action in ROWS],
        ),
    ]
