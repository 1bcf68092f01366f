"""What tests of bonuses need of people and of the past."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from saleor_reciprocity import host
from saleor_reciprocity.points.earning.models import EarningRule, EarningRuleVersion
from saleor_reciprocity.programmes import SettingsVersion

from .programmes import rule

LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)


def old(channel: host.Channel, trigger: str, value: str = "100") -> EarningRuleVersion:
    """A bonus in a programme that has been on for years."""
    SettingsVersion.objects.update(since=LONG_AGO)
    made = rule("bonus", value, since=LONG_AGO, trigger=trigger)
    EarningRule.objects.update(created_at=LONG_AGO)
    return made


def born(customer: Any, birthday: str, key: str = "birthday") -> Any:
    customer.store_value_in_metadata({key: birthday})
    customer.save()
    return customer
