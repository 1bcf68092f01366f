"""The table of mails that are wanted."""

from __future__ import annotations

from django.db import models


class Mail(models.Model):
    """A mail that somebody is to get, asked for in the transaction that gave the reason. Not the mail's text.

    `source` says what it is about in a way that can occur once only.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=32)
    source = models.CharField(max_length=200, unique=True)
    order_id = models.CharField(max_length=36, blank=True, default="")
    draw_id = models.BigIntegerField(null=True)
    wanted_at = models.DateTimeField()

    class Meta:
        app_label = "reciprocity"
