"""One definition of "the same address" in the database; indexes of the host's orders and users are made of it."""

from __future__ import annotations

from django.db import migrations

from saleor_reciprocity.addresses import SQL_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("reciprocity", "0013_sweep_by_time")]

    operations = [
        migrations.RunSQL(sql=SQL_FUNCTION, reverse_sql="DROP FUNCTION IF EXISTS reciprocity_address(text) CASCADE")
    ]
