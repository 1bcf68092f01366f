"""A campaign for customers of a tier."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_reciprocity import errors, host
from saleor_reciprocity.surprises.models import Draw

from .. import hosts
from ..points.programmes import bought, ladder
from .shop import campaign


def test_a_campaign_is_for_a_tier_and_those_above(programme_on: Any, customer: Any) -> None:
    hosts.configure(programme_on, holdout_share="0")
    ladder(("silver", 50, "1"), ("gold", 100, "1"))
    campaign(programme_on, tier="silver")
    bought(customer, "120")
    reached = bought(customer, "10")
    assert Draw.objects.get(order_id=host.order_id(reached)).outcome == "won"
    newcomer = bought(hosts.customer("new@example.com"), "10")
    assert Draw.objects.get(order_id=host.order_id(newcomer)).outcome == "tier"


def test_a_tier_that_nobody_knows_is_refused(programme_on: Any) -> None:
    with pytest.raises(errors.Invalid, match="Name a tier by its code"):
        campaign(programme_on, tier="platinum")
