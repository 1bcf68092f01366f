"""What a missing program means: a test that is left out, and in CI one that fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from demo import clicks

from .acceptance import chromium

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_without_a_browser_a_test_is_left_out_but_never_in_ci(ci: str, outcome: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(clicks, "browser", lambda: None)
    with pytest.raises(outcome, match="Chromium"):
        chromium.find()


def test_ci_says_that_it_is_ci_before_it_tests() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines.index("export CI=true") < lines.index("make test")
