"""A shop in which nobody is held out, so that every order takes part in the campaigns of a test."""

from __future__ import annotations

from typing import Any

import pytest

from .. import hosts


@pytest.fixture
def shop(programme_on: Any) -> Any:
    """The channel with the programme on and nobody held out."""
    hosts.configure(programme_on, holdout_share="0")
    return programme_on
