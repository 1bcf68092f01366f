"""Campaigns of surprises may be for a tier and those above."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reciprocity", "0010_surveys"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="tier",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
        migrations.AlterField(
            model_name="draw",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("won", "The customer got a gift"),
                    ("no", "The draw said no"),
                    ("no budget", "The draw said yes; the budget could not pay for it"),
                    ("out of stock", "The draw said yes; every prize was gone"),
                    ("worthless", "The draw said yes; the prize would have been worth nothing"),
                    ("held out", "The customer is held out, to measure the effect"),
                    ("cancelled", "The order was cancelled before it was looked at"),
                    ("replacement", "The order replaces another"),
                    ("order number", "The campaign begins with a later order of a customer"),
                    ("order total", "The order is below the campaign's minimum"),
                    ("group", "The customer is in none of the campaign's groups"),
                    ("tier", "The customer has not reached the campaign's tier"),
                    ("cooling off", "The customer got a surprise a short time ago"),
                    ("address", "Somebody at this address got a surprise a short time ago"),
                    ("too many orders", "The customer placed too many orders on this day"),
                ],
                max_length=16,
            ),
        ),
    ]
