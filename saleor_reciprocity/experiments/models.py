"""The table of assignments."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from saleor_reciprocity.fields import check


class Assignment(models.Model):
    """Whether a person is held out of an experiment: decided once, before anything was given, and never changed.

    `person` is the keyed hash of the e-mail address, the same for a guest and an account, a deleted and a new one.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.CharField(max_length=64)
    experiment = models.CharField(max_length=32)
    held_out = models.BooleanField()
    share = models.DecimalField(max_digits=5, decimal_places=4)
    assigned_at = models.DateTimeField()

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(fields=["person", "experiment"], name="reciprocity_assigned_once"),
            check("reciprocity_share_of_people", Q(share__gte=0, share__lte=1)),
        ]
