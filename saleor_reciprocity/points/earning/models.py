"""What is stored of the rules of earning: each rule, and all its versions."""

from __future__ import annotations

from django.db import models

from saleor_reciprocity.fields import JSONField

from .conditions import conditions_from
from .rules import Effect, Rule, Stacking, Trigger


class EarningRule(models.Model):
    """A rule of one channel, through all its versions. Not what it says: its versions do."""

    id = models.BigAutoField(primary_key=True)
    channel_id = models.CharField(max_length=36, db_index=True)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "reciprocity"


class EarningRuleVersion(models.Model):
    """What a rule says from one moment on. Never changed: a change makes the next version."""

    id = models.BigAutoField(primary_key=True)
    rule = models.ForeignKey(EarningRule, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.IntegerField()
    since = models.DateTimeField()
    name = models.CharField(max_length=128)
    trigger = models.CharField(max_length=16, choices=[(each.value, each.value) for each in Trigger])
    effect = models.CharField(max_length=16, choices=[(each.value, each.value) for each in Effect])
    value = models.DecimalField(max_digits=14, decimal_places=4)
    stacking = models.CharField(max_length=16, choices=[(each.value, each.value) for each in Stacking])
    priority = models.IntegerField(default=0)
    conditions = JSONField(default=dict)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        app_label = "reciprocity"
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="reciprocity_rule_versions_in_turn"),
        ]

    @property
    def pure(self) -> Rule:
        """The rule as a value."""
        return Rule(
            id=self.rule_id,
            version=self.number,
            name=self.name,
            effect=Effect(self.effect),
            value=self.value,
            trigger=Trigger(self.trigger),
            stacking=Stacking(self.stacking),
            priority=self.priority,
            conditions=conditions_from(self.conditions),
        )
