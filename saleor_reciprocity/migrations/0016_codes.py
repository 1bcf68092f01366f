"""A redemption knows the checkout that its code is on its way to; every code that was issued is known as ours."""

from __future__ import annotations

from django.db import migrations, models

_CODES_SO_FAR = """
INSERT INTO reciprocity_issuedcode (code)
SELECT code FROM reciprocity_redemption WHERE code NOT LIKE '~%'
UNION SELECT code FROM reciprocity_draw WHERE code NOT LIKE '~%'
"""


class Migration(migrations.Migration):
    dependencies = [("reciprocity", "0015_buyer_of_an_order")]

    operations = [
        migrations.AddField(
            model_name="redemption",
            name="for_checkout",
            field=models.CharField(max_length=36, null=True),
        ),
        migrations.CreateModel(
            name="IssuedCode",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=16, unique=True)),
            ],
        ),
        migrations.RunSQL(_CODES_SO_FAR, migrations.RunSQL.noop),
    ]
