"""Settlement: the one way in for orders. Whatever happened to an order, each domain gives what is due for its state."""

from __future__ import annotations

import logging
import time
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Callable, Iterable, Iterator

from django.db import OperationalError, connection, models, transaction
from django.utils import timezone

from . import deployment, host
from .errors import keep_going, kind_of, told
from .points import orders as points
from .rewards import uses as codes
from .surprises import orders as surprises
from .surveys import queue as surveys

logger = logging.getLogger(__name__)

# Each settles an order in a transaction of its own, may be called any number of times, and holds up no other.
DOMAINS: tuple[tuple[str, Callable[[str, datetime], None]], ...] = (
    ("points", points.settle),
    ("codes", codes.settle),
    ("surprises", surprises.settle),
    ("surveys", surveys.settle),
)

FIRST_RETRY, LAST_RETRY = timedelta(minutes=1), timedelta(hours=6)


class SettledOrder(models.Model):
    """The state in which an order was last settled, or how the last attempt failed. Not what it was given.

    An order whose buyer was `erased` is never looked at again.
    """

    id = models.BigAutoField(primary_key=True)
    order_id = models.CharField(max_length=36, unique=True)
    fingerprint = models.CharField(max_length=32, blank=True, default="")
    attempts = models.IntegerField(default=0)
    error = models.TextField(blank=True, default="")
    retry_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    erased = models.BooleanField(default=False)

    class Meta:
        app_label = "reciprocity"
        indexes = [
            models.Index(
                fields=["retry_at"], condition=models.Q(retry_at__isnull=False), name="reciprocity_settling_again"
            )
        ]

    def is_settled(self, fingerprint: str) -> bool:
        """Whether the last attempt went well, in this state."""
        return self.fingerprint == fingerprint and not self.attempts


class SettlementFailed(Exception):
    """At least one domain could not settle an order; the sweep tries again."""


Transaction = Callable[[], "AbstractContextManager[None]"]


def settle(order_id: str, *, again: bool = False, each: Transaction = nullcontext) -> None:
    """Give an order what is due for its state now. Raises SettlementFailed after all domains had their turn.

    A state that was settled before is left alone, unless `again`. The fingerprint is read before the facts: a change
    in between leaves an old fingerprint behind, and the sweep looks again. Each domain has its turn in `each`: one that
    held what another had locked would be in a ring with whoever deletes the user or merges accounts.
    """
    with host.allow_writer():
        with each():
            fingerprint = host.order_fingerprint(order_id) or ""
            before = SettledOrder.objects.filter(order_id=order_id).first()
        if before is not None and (before.erased or (before.is_settled(fingerprint) and not again)):
            return
        failures = []
        for name, settle_domain in DOMAINS:
            try:
                with each():
                    settle_domain(order_id, timezone.now())
            except OutOfTime:
                raise
            except Exception as error:
                logger.error("%s could not settle order %s", name, order_id, exc_info=told(error))
                failures.append(f"{name}: {kind_of(error)}")
        if failures:
            raise SettlementFailed("; ".join(failures))
        done = {"error": "", "attempts": 0, "retry_at": None, "settled_at": timezone.now()}
        with each():
            _record(order_id, before, fingerprint=fingerprint, **done)  # unless another look did so meanwhile


def settle_and_record(order_id: str, *, again: bool = False) -> bool:
    """Settle an order; a failure is stored with the time of the next attempt. Returns whether it was settled.

    Nothing escapes: one order never keeps others from being settled.
    """
    try:
        settle(order_id, again=again)
    except SettlementFailed as failure:
        _record_failure(order_id, str(failure))
    except Exception as error:
        logger.error("Order %s could not be settled", order_id, exc_info=told(error))
        _record_failure(order_id, kind_of(error))
    else:
        return True
    return False


def _record_failure(order_id: str, why: str) -> None:
    noting = keep_going(logger, "The failure of order %s could not be recorded", order_id)
    with noting, host.allow_writer(), transaction.atomic():
        before = SettledOrder.objects.filter(order_id=order_id).first()
        attempts = before.attempts + 1 if before else 1
        wait = min(FIRST_RETRY * 2 ** min(attempts - 1, 16), LAST_RETRY)
        _record(order_id, before, error=why, attempts=attempts, retry_at=timezone.now() + wait)


def _record(order_id: str, before: SettledOrder | None, **values: Any) -> None:
    if before is None:
        SettledOrder.objects.bulk_create([SettledOrder(order_id=order_id, **values)], ignore_conflicts=True)
    else:
        seen = {"fingerprint": before.fingerprint, "settled_at": before.settled_at}
        SettledOrder.objects.filter(pk=before.pk, erased=False, **seen).update(**values)


def settle_after_commit(order_ids: Callable[[], Iterable[str]]) -> None:
    """Settle in line with the host's request, once its transaction is committed, without ever disturbing it.

    The host calls hooks inside its own transaction, where even a caught SQL error would undo the paid order. So
    nothing touches the database before the commit, and nothing escapes after it; the sweep finds what did not work.
    """
    transaction.on_commit(partial(_settle_undisturbing, order_ids))


def _settle_undisturbing(order_ids: Callable[[], Iterable[str]]) -> None:
    undisturbing = keep_going(logger, "An order was not settled in line; the sweep will do it")
    seconds = deployment.hook_seconds()
    with undisturbing, host.allow_writer():
        try:
            with bounded(seconds) as each:
                for order_id in order_ids():
                    settle(order_id, each=each)
        except OutOfTime:
            logger.warning("Settling in line took longer than %s s; the sweep will do it", seconds)


class OutOfTime(Exception):
    """The time for settling in line is used up."""


@contextmanager
def bounded(seconds: float) -> Iterator[Transaction]:
    """Transactions that give up after `seconds` in all, or at the latest one statement of as many seconds later."""
    deadline = time.monotonic() + seconds

    def within_time(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if time.monotonic() > deadline:
            raise OutOfTime
        try:
            return execute(sql, params, many, context)
        except OperationalError as error:
            if time.monotonic() > deadline:
                raise OutOfTime from error
            raise

    with connection.execute_wrapper(within_time):
        yield partial(_limited, deployment.in_milliseconds(seconds))


@contextmanager
def _limited(milliseconds: str) -> Iterator[None]:
    """One transaction whose commit does not wait for the disk: what a crash loses, the sweep finds and does again."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('statement_timeout', %s, true), set_config('lock_timeout', %s, true),"
                " set_config('synchronous_commit', 'off', true)",
                [milliseconds, milliseconds],
            )
        yield
