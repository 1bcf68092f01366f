"""Programs that a test needs beside Python: without one the test is left out, but never in CI."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(name: str, advice: str) -> NoReturn:
    """Leave the test out for want of a program. In CI it fails, so that nothing broken hides behind it."""
    if os.environ.get("CI"):
        pytest.fail(f"{name} is needed in CI: {advice}")
    pytest.skip(f"No {name}: {advice}")
