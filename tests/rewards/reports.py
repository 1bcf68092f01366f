"""What the check of the books says."""

from __future__ import annotations

from io import StringIO

from django.core.management import CommandError, call_command


def report() -> str:
    """What the check says about broken rules."""
    out = StringIO()
    try:
        call_command("reciprocity_check", stdout=out)
    except CommandError:
        return out.getvalue()
    return ""
