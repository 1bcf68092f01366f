"""The tables of experiments: who is held out of what, what is followed by which plan, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from saleor_reciprocity.fields import check


class Assignment(models.Model):
    """Whether a person is held out of an experiment: decided once, before anything was given, and never changed.

    `person` is the keyed hash of the e-mail address, the same for a guest and an account, a deleted and a new one. One
    that `repeats` another is of the same person under another address: no lots were drawn for it, it is not followed.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.CharField(max_length=64)
    experiment = models.CharField(max_length=32)
    held_out = models.BooleanField()
    share = models.DecimalField(max_digits=5, decimal_places=4)
    assigned_at = models.DateTimeField()
    repeats = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(fields=["person", "experiment"], name="reciprocity_assigned_once"),
            check("reciprocity_share_of_people", Q(share__gte=0, share__lte=1)),
        ]
        indexes = [models.Index(fields=["experiment", "assigned_at"], name="reciprocity_assigned_in_time")]


class Question(models.TextChoices):
    """What the report gives an answer to."""

    PROGRAMME = "programme", "Whether those who can be surprised come back more often"
    GIFT = "gift", "Whether a gift brings people back"
    SURVEY = "survey", "Whether asking drives people away"


class Plan(models.Model):
    """How a question will be answered, fixed beforehand; the database refuses to change or delete it.

    `share` is the probability of being held out, of the gift that of drawing a blank. `prior_rate` is how many came
    back in the shop's own past, `planned_people` how many are expected. Money is counted in `currency` from minus the
    `largest_gift` to the `cap`: of what was paid the `margin`, and a point that was given as `point_cost`. `money_mean`
    and `money_variance` are of a person and window in the past, by the same margin. `method` is the version of the
    formulas.
    """

    id = models.BigAutoField(primary_key=True)
    question = models.CharField(max_length=16, choices=Question.choices, unique=True)
    made_at = models.DateTimeField()
    start = models.DateField()
    evaluation = models.DateField()
    share = models.DecimalField(max_digits=9, decimal_places=8)
    prior_rate = models.FloatField()
    planned_people = models.IntegerField()
    level = models.DecimalField(max_digits=5, decimal_places=4)
    currency = models.CharField(max_length=3)
    cap = models.DecimalField(max_digits=20, decimal_places=3)
    largest_gift = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    point_cost = models.DecimalField(max_digits=20, decimal_places=8, default=0)
    margin = models.DecimalField(max_digits=5, decimal_places=4, default=1)
    money_mean = models.FloatField()
    money_variance = models.FloatField()
    method = models.SmallIntegerField(default=1)

    class Meta:
        app_label = "reciprocity"
        constraints = [
            check("reciprocity_plan_share", Q(share__gt=0, share__lt=1)),
            check("reciprocity_plan_numbers", Q(prior_rate__gte=0, prior_rate__lte=1, planned_people__gt=0)),
            check("reciprocity_plan_level", Q(level__gt=0, level__lt=1)),
            check("reciprocity_plan_margin", Q(margin__gt=0, margin__lte=1)),
            check(
                "reciprocity_plan_money", Q(cap__gt=0, largest_gift__gte=0, point_cost__gte=0, money_variance__gte=0)
            ),
        ]


class Outcome(models.Model):
    """What became of one person whom a question follows, frozen; the database refuses to change or delete it.

    `unit` is the assignment or, of the gift, the draw. `day` is the day on which the window ends, whatever became of
    the person. `returned_after` is after how many days the person ordered again, None when not in the window. `treated`
    are those who got what they may be held out of in the window, before they came back: what comes with an order has
    not caused it. Nothing here leads to a person who was erased.
    """

    id = models.BigAutoField(primary_key=True)
    question = models.CharField(max_length=16, choices=Question.choices)
    unit = models.BigIntegerField()
    day = models.DateField()
    held_out = models.BooleanField()
    share = models.DecimalField(max_digits=9, decimal_places=8)
    stratum = models.SmallIntegerField()
    channel_id = models.CharField(max_length=36, blank=True, default="")
    returned_after = models.SmallIntegerField(null=True)
    money = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    treated = models.BooleanField(default=False)
    frozen_at = models.DateTimeField()

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(fields=["question", "unit"], name="reciprocity_outcome_once"),
            check("reciprocity_outcome_share", Q(share__gte=0, share__lte=1)),
            check("reciprocity_outcome_stratum", Q(stratum__gte=0, stratum__lte=4)),
            check(
                "reciprocity_outcome_in_window",
                Q(returned_after=None) | Q(returned_after__gte=0, returned_after__lte=90),
            ),
        ]
        indexes = [models.Index(fields=["question", "day"], name="reciprocity_outcomes_in_time")]
