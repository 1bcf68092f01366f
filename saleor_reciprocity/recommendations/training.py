"""One training at a time: a new version is written beside the one that serves, and takes its place in one statement."""

from __future__ import annotations

import contextlib
import logging
import os
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Any, Callable, Iterator

from django.db import connection, transaction

from saleor_reciprocity import clock

from . import counting, regards, versions
from .feedback import SILENCE, Feedback
from .models import ModelVersion

DAYS = 730  # what is older is not read
SEED = 1
EVERY = timedelta(hours=20)  # a training a day, with room for one that took its time
_LOCK = "hashtext('reciprocity training')"
ADVICE = (
    "numpy and scipy are not installed, so the lists are counted in SQL: own frequency, neighbours and popularity. "
    "For lists that are learned from the shop's own history: pip install 'saleor-reciprocity[recommendations]'"
)
NEEDED = "This needs numpy and scipy: pip install 'saleor-reciprocity[recommendations]'"


logger = logging.getLogger(__name__)


class AlreadyTraining(Exception):
    """Another training is running. Wait until it has finished."""


def can_learn() -> bool:
    """Whether numpy and scipy are installed."""
    return all(find_spec(name) is not None for name in ("numpy", "scipy"))


def on_one_processor() -> None:
    """Let numpy compute in one thread, unless the operator says otherwise. To be called before it is imported.

    The threads of OpenBLAS wait for each other without sleeping: where other work has taken one of their processors,
    a training took nine times as long, and saved little where the machine was idle.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def train(
    now: datetime,
    *,
    database: str = "default",
    days: int = DAYS,
    seed: int = SEED,
    progress: Callable[[str, int, int], None] = lambda step, done, whole: None,
    feedback: Feedback = SILENCE,
) -> ModelVersion:
    """Train a version of the purchases up to now, and let it serve instead of the one before.

    `database` is the alias that purchases are read from, a replica for example; counting in SQL has no use for it.
    What fails or is killed leaves the old version serving; its rows are deleted by the next training at the latest.
    Raises AlreadyTraining.
    """
    with _alone():
        _discard_unused()
        time = clock.running(now)
        version = versions.begin(_name(), now)
        try:
            figures = _write(version, database, days, seed, progress)
            figures["rated low by many"] = regards.write(version, feedback, database)
        except Exception:
            versions.discard(version.pk)
            raise
        seconds = round((time() - now).total_seconds(), 1)
        versions.serve(version, {**figures, "seconds": seconds}, time())
        _discard_unused()
        version.refresh_from_db()
        return version


def look(now: datetime, feedback: Feedback = SILENCE) -> None:
    """Train, unless what serves was trained lately, or a training is running."""
    if ModelVersion.objects.filter(serving=True, started_at__gt=now - EVERY).exists():
        return
    if not can_learn():
        logger.info(ADVICE)
    with contextlib.suppress(AlreadyTraining):
        train(now, feedback=feedback)


def _name() -> str:
    if not can_learn():
        return counting.NAME
    on_one_processor()
    from . import learning

    return learning.NAME


def _write(
    version: ModelVersion, database: str, days: int, seed: int, progress: Callable[[str, int, int], None]
) -> dict[str, Any]:
    if not can_learn():
        with transaction.atomic():
            return counting.count(version, days, lambda step: progress(step, 0, 0))
    from . import learning

    return learning.write(version, database, days, seed, progress)


def _discard_unused() -> None:
    """Delete what served once, and what trainings that died have left. Only for the holder of the lock."""
    for version_id in list(ModelVersion.objects.filter(serving=False).values_list("pk", flat=True)):
        versions.discard(version_id)


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock of trainings, which the server takes back when the process dies. Raises AlreadyTraining."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({_LOCK})")
        if not cursor.fetchone()[0]:
            raise AlreadyTraining("Another training is running. Wait until it has finished.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_unlock({_LOCK})")
