"""A shop that asks its existing customers for their satisfaction, has done so for a year, and holds nobody out."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from saleor_reciprocity import host

from .. import hosts
from .shop import since_a_year

SURVEYS = {
    "survey_question": "csat",
    "survey_holdout_share": "0",
    "mail_consent": "existing customers",
    "mail_terms_confirmed": "true",
}


@pytest.fixture
def asking(programme_on: host.Channel) -> Callable[..., host.Channel]:
    """Change what the shop has set, as if it had been so for a year."""

    def ask(**changes: Any) -> host.Channel:
        hosts.configure(programme_on, active=True, **{**SURVEYS, **changes})
        since_a_year()
        return programme_on

    return ask


@pytest.fixture
def shop(asking: Any) -> host.Channel:
    """The channel, with a survey of satisfaction."""
    return asking()
