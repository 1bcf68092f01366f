"""Reports that were made a short while ago, in the shop's cache: who looks twice does not wait twice."""

from __future__ import annotations

from django.core.cache import cache

import saleor_reciprocity

from . import report
from .report import Scope
from .values import Report

SECONDS = 3600


def report_of(scope: Scope) -> Report:
    """The report of a scope, made within the last hour; `made_at` says when."""
    found: Report | None = cache.get(_key(scope))
    if found is None:
        found = report.made(scope)
        cache.set(_key(scope), found, SECONDS)
    return found


def _key(scope: Scope) -> str:
    return f"reciprocity:report:{saleor_reciprocity.__version__}:{scope.channel_id or 'shop'}:{scope.until}"
