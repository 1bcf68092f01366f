"""Settlement: the one way in for orders. Whatever happened to an order, each domain gives what is due for its state."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Callable, Iterable, Iterator, NamedTuple

from django.db import OperationalError, connection, models, transaction
from django.utils import timezone

from . import clock, deployment, host, programmes
from .errors import keep_going, kind_of, told
from .locking import Turn, Turns
from .points import notes
from .points import orders as points
from .rewards import uses as codes
from .surprises import orders as surprises
from .surprises import uses as gifts
from .surveys import queue as surveys

logger = logging.getLogger(__name__)


class Domain(NamedTuple):
    """What gives something for an order. It settles one any number of times, in turns, each a transaction of its own.

    What it has to do with nothing locked, or after all else is committed, it returns as further turns.
    """

    name: str
    settle: Callable[[str, datetime, host.Look], Turns | None]
    concerns: Callable[[host.Look], bool] = lambda look: True  # whether it may have something to do


DOMAINS = (
    Domain("points", points.settle),
    Domain("codes", codes.settle, codes.concerns),
    Domain("gifts", gifts.settle, gifts.concerns),
    Domain("surprises", surprises.settle, surprises.concerns),
    Domain("surveys", surveys.settle, surveys.concerns),
    Domain("notes", notes.settle, notes.concerns),
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

# The one look at an order: its facts, and beside them how it was settled before and what each domain asks.
_BESIDE = {
    "settled_id": "s.id",
    "settled_fingerprint": "s.fingerprint",
    "settled_at": "s.settled_at",
    "attempts": "s.attempts",
    "erased": "s.erased",
    **points.BESIDE,
    **codes.BESIDE,
    **gifts.BESIDE,
    **surprises.BESIDE,
    **surveys.BESIDE,
    **notes.BESIDE,
}
_JOINS = f"LEFT JOIN reciprocity_settledorder s ON s.order_id = asked.order_id {programmes.JOINS}"


def look(order_id: str) -> host.Look:
    """The one look at an order, in one statement."""
    return host.look(order_id, _BESIDE, _JOINS)


def settle(order_id: str, *, again: bool = False, each: Transaction = transaction.atomic) -> None:
    """Give an order what is due for its state now. Raises SettlementFailed after all domains had their turn.

    A state that was settled before is left alone, unless `again`. The fingerprint is read with the facts: a change
    after that leaves an old fingerprint behind, and the sweep looks again. Each domain has its turn in `each`: one that
    held what another had locked would be in a ring with whoever deletes the user or merges accounts.
    """
    with host.allow_writer():
        settlement = _Settlement(order_id, again)
        while settlement.goes_on:
            try:
                settlement.take_turn(each)
            except OutOfTime:
                raise
            except Exception as error:  # noqa: BLE001 - told by whoever called, once all had their turn
                settlement.note(error)
        if settlement.failures:
            raise SettlementFailed("; ".join(settlement.failures))
        _here.settled = (order_id, settlement.fingerprint)


class _Settlement:
    """One settlement, turn by turn, each in a transaction: the look in the first, the record in the last."""

    def __init__(self, order_id: str, again: bool) -> None:
        self.order_id, self.again = order_id, again
        self.look: host.Look | None = None
        self.waiting: list[tuple[str, Turn]] = []
        self.domain = ""
        self.failures: list[str] = []

    @property
    def goes_on(self) -> bool:
        return self.look is None or bool(self.waiting)

    @property
    def fingerprint(self) -> str:
        return self.look.fingerprint if self.look is not None else ""

    def take_turn(self, each: Transaction) -> None:
        """Let the next domain settle, in a transaction; nothing is locked between two turns.

        Whatever fails, the beginning and the commit, too, the domain has had its turn and gets no other.
        """
        waiting = self._next()
        left: Turns = ()
        with each():
            read = self.look = self.look or self._first_look()
            turn = waiting or self._next()
            if turn is not None:
                left = turn() or ()
            if turn is not None and not left and self._is_done:
                done = {"error": "", "attempts": 0, "retry_at": None, "settled_at": timezone.now()}
                _record(self.order_id, _before(read), fingerprint=read.fingerprint, **done)
        self.waiting[:0] = [(self.domain, turn) for turn in left]

    def _next(self) -> Turn | None:
        self.domain, turn = self.waiting.pop(0) if self.waiting else ("", None)
        return turn

    @property
    def _is_done(self) -> bool:
        return not self.waiting and not self.failures and not transaction.get_rollback()

    def _first_look(self) -> host.Look:
        read, now = look(self.order_id), timezone.now()
        before = _before(read)
        if before is None or not (before.erased or (before.is_settled(read.fingerprint) and not self.again)):
            concerned = [domain for domain in DOMAINS if domain.concerns(read)]
            self.waiting = [(each.name, partial(each.settle, self.order_id, now, read)) for each in concerned]
        return read

    def note(self, error: Exception) -> None:
        """Keep a domain's failure. Raises it where it was none's, but the look's."""
        if self.look is None:
            raise error
        logger.error("%s could not settle order %s", self.domain, self.order_id, exc_info=told(error))
        self.failures.append(f"{self.domain}: {kind_of(error)}")


def _before(seen: host.Look) -> SettledOrder | None:
    read = seen.beside
    if read["settled_id"] is None:
        return None
    return SettledOrder(
        pk=read["settled_id"],
        fingerprint=read["settled_fingerprint"],
        settled_at=read["settled_at"],
        attempts=read["attempts"],
        erased=read["erased"],
    )


class _Here(threading.local):
    """The order that this thread settled last, and in which state."""

    settled = ("", "")


_here = _Here()


def _was_settled_here(order_id: str) -> bool:
    """Whether this thread has just settled an order as it is. The hooks of one request are many, one look is enough.

    Only rows of the host are read, which the request has just read and written itself: nothing here has to be bounded.
    """
    return _here.settled[0] == order_id and _here.settled[1] == host.order_fingerprint(order_id)


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
        wait = clock.wait_after(attempts, FIRST_RETRY, LAST_RETRY)
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
                    if not _was_settled_here(order_id):
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
