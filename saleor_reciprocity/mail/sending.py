"""Sending: takes what is due, asks again whether it may be sent, sends it, and keeps what became of it.

Workers share the table with SKIP LOCKED and hold no lock while they talk to a server. A kind that is sent at most once
is marked as handed over just before; when a worker dies after that, nobody sends it again. All others are sent again
under the same Message-ID. What goes wrong with one message is that message's own, and with one way that way's: all
others go on. A message of a kind that this worker does not know waits for one that does.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, Callable, Iterator, Mapping, NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import override

from saleor_reciprocity import clock, deployment, host, identity, languages, settings
from saleor_reciprocity.errors import told

from . import consent, pace, pausing, unsubscribing
from .answers import Outcome
from .endpoint import EndpointTransport
from .kinds import KINDS
from .models import Mail, Route, State
from .rendering import rendered
from .transports import Envelope, MailTransport, NoTransport, Transport

logger = logging.getLogger(__name__)

# What a template is given for a message at a moment, or None when there is nothing more to say.
Reader = Callable[[Mail, datetime], "Mapping[str, Any] | None"]

BATCH = 50
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 10
LONGEST_BACKOFF = timedelta(hours=4)
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=30)
TRANSPORTS: dict[Any, Callable[[settings.Programme, str], Transport]] = {
    Route.EMAIL: MailTransport,
    Route.ENDPOINT: EndpointTransport,
}
ROUTES = {
    settings.BY_EMAIL: (Route.EMAIL,),
    settings.BY_ENDPOINT: (Route.ENDPOINT,),
    settings.BY_BOTH: (Route.EMAIL, Route.ENDPOINT),
}


class Progress(NamedTuple):
    """What one look came to."""

    sent: int = 0
    not_sent: int = 0  # dropped, refused, or of unknown fate
    later: int = 0


def look(
    readers: Mapping[str, Reader], now: datetime, tell: Callable[[Progress], None] = lambda progress: None
) -> Progress:
    """Send what is due in every channel whose programme is on, as far as the pace allows; `tell` after each batch."""
    total, time = Progress(), clock.running(now)
    with host.allow_writer():
        take_up_abandoned(now)
        for channel in host.channels():
            for batch in _batches(channel.id, readers, time):
                total = Progress(*(sum(pair) for pair in zip(total, batch)))
                tell(total)
    return total


def take_up_abandoned(now: datetime) -> None:
    """Decide about messages whose worker has died: sent again, unless they may have arrived and may not come twice."""
    lapsed = Mail.objects.filter(claimed_at__lte=now - LEASE)
    with transaction.atomic():
        free = lapsed.select_for_update(skip_locked=True, of=("self",))  # nobody is waited for with some in our hands
        _decide(Mail.objects.filter(pk__in=[mail.pk for mail in free]), now)


def _decide(abandoned: QuerySet, now: datetime) -> None:
    abandoned.filter(state=State.HANDED_OVER).update(
        state=State.UNKNOWN, claimed_at=None, reason="the worker died while it was being sent"
    )
    abandoned.filter(state=State.SENDING).update(state=State.WAITING, claimed_at=None, next_at=now)


def _batches(channel_id: str, readers: Mapping[str, Reader], time: clock.Clock) -> Iterator[Progress]:
    try:
        programme = None if channel_id in pausing.paused() else consent.settings_of(channel_id)
    except Exception:
        logger.exception("Messages of channel %s stay where they are", channel_id)
        return
    for route in ROUTES[programme.mail_delivery] if programme else ():
        try:
            yield from _batches_of(channel_id, route, programme, readers, time)
        except Exception as error:
            logger.error("Messages of channel %s stay where they are (%s)", channel_id, route, exc_info=told(error))


def _batches_of(
    channel_id: str, route: str, programme: settings.Programme, readers: Mapping[str, Reader], time: clock.Clock
) -> Iterator[Progress]:
    while True:
        now = time()
        waiting = Mail.objects.filter(
            channel_id=channel_id, kind__in=list(readers), state=State.WAITING, next_at__lte=now
        )
        _choose_routes(waiting, programme)
        mails = _claim(waiting, channel_id, route, now)
        if not mails:
            break
        yield _send_batch(mails, programme, readers, time)


def _choose_routes(waiting: QuerySet, programme: settings.Programme) -> None:
    first, *others = routes = ROUTES[programme.mail_delivery]
    closed = waiting.exclude(route__in=["", *routes])
    if closed.exists():
        _reroute(closed)
    fresh = waiting.filter(route="")
    due = fresh.order_by("next_at", "pk").values_list("pk", "user_id")[: 4 * BATCH]
    with transaction.atomic():
        chosen = dict(due)
        users = host.hold_users({user_id for user_id in chosen.values() if user_id}) if others else set()
        rows = list(fresh.filter(pk__in=chosen).select_for_update(skip_locked=True, of=("self",)))
        Mail.objects.filter(pk__in=[row.pk for row in rows]).update(route=first)
        for route in others:
            rows = [row for row in rows if row.user_id is None or row.user_id in users]
            for row in rows:
                row.pk, row.route, row.source = None, route, f"{row.source}:{route}"
            Mail.objects.bulk_create(rows, ignore_conflicts=True)


def _reroute(closed: QuerySet) -> None:
    """Let messages whose way the shop has switched off take another. Of two for one reason only one goes on."""
    second = f":{Route.ENDPOINT}"
    has_second = Exists(Mail.objects.filter(source=Concat(OuterRef("source"), Value(second))))
    other_goes = closed.annotate(has_second=has_second).filter(Q(has_second=True) | Q(source__endswith=second))
    Mail.objects.filter(pk__in=list(other_goes.values_list("pk", flat=True)), state=State.WAITING).update(
        state=State.DROPPED, reason=consent.Why.SWITCHED_OFF.value
    )
    closed.update(route="")


def _claim(waiting: QuerySet, channel_id: str, route: str, now: datetime) -> list[Mail]:
    waiting = waiting.filter(route=route)
    if not waiting.exists():
        return []
    granted = pace.take(channel_id, route, BATCH, now)
    with transaction.atomic():
        locked = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("next_at", "pk")
        mails = list(locked[:granted])
        Mail.objects.filter(pk__in=[mail.pk for mail in mails]).update(
            state=State.SENDING, claimed_at=now, attempts=F("attempts") + 1
        )
    if granted > len(mails):
        pace.give_back(channel_id, route, granted - len(mails))
    for mail in mails:
        mail.state, mail.claimed_at, mail.attempts = State.SENDING, now, mail.attempts + 1
    return mails


def _send_batch(
    mails: list[Mail], programme: settings.Programme, readers: Mapping[str, Reader], time: clock.Clock
) -> Progress:
    channel_id, route, claimed_at = mails[0].channel_id, mails[0].route, mails[0].claimed_at
    left = list(mails)
    try:
        transport = _opened(route, programme, channel_id)
    except NoTransport as unavailable:
        _leave_alone(channel_id, route, str(unavailable), time())
        return Progress(later=_put_back(left, claimed_at, str(unavailable)))
    sent = not_sent = later = 0
    try:
        while left:
            mail = left.pop(0)
            outcome, word = _send(mail, programme, readers, transport, time)
            sent += mail.state == State.SENT
            later += mail.state == State.WAITING
            not_sent += mail.state in (State.DROPPED, State.FAILED, State.UNKNOWN)
            at_a_loss = outcome in (Outcome.CLOSED, Outcome.TROUBLE) and not sent  # who has just taken one is well
            if outcome is Outcome.BROKEN or at_a_loss:
                _leave_alone(channel_id, route, word, time())
            if outcome in (Outcome.BROKEN, Outcome.CLOSED) or at_a_loss:
                return Progress(sent, not_sent, later + _put_back(left, claimed_at, word))
    finally:
        _closed(transport)
    pace.well(channel_id, route)
    return Progress(sent, not_sent, later)


def _opened(route: str, programme: settings.Programme, channel_id: str) -> Transport:
    """It, open. Raises NoTransport, whatever goes wrong with it: a shop may have a mail backend of its own."""
    try:
        return TRANSPORTS[route](programme, channel_id)
    except NoTransport:
        raise
    except Exception as error:
        raise NoTransport(f"the way out can't be opened ({type(error).__name__})") from error


def _closed(transport: Transport) -> None:
    try:
        transport.close()
    except Exception as error:  # noqa: BLE001 - what was sent is sent
        logger.warning("A way out could not be closed (%s)", type(error).__name__)


def _leave_alone(channel_id: str, route: str, problem: str, now: datetime) -> None:
    logger.warning("Messages of channel %s wait (%s): %s", channel_id, route, problem)
    pace.pause(channel_id, route, problem, now)


def _put_back(mails: list[Mail], claimed_at: datetime | None, problem: str) -> int:
    """Let messages wait whose server does not answer, without counting it against them."""
    ours = Q(pk__in=[mail.pk for mail in mails], state=State.SENDING, claimed_at=claimed_at)
    return Mail.objects.filter(ours).update(
        state=State.WAITING, claimed_at=None, attempts=F("attempts") - 1, reason=problem[:200]
    )


def _send(
    mail: Mail, programme: settings.Programme, readers: Mapping[str, Reader], transport: Transport, time: clock.Clock
) -> tuple[Outcome | None, str]:
    try:
        envelope = _envelope(mail, programme, readers, transport, time())
    except _Drop as drop:
        _keep(mail, State.DROPPED, str(drop))
        return None, ""
    except Exception as error:  # a text that can't be made must not hold up the others
        logger.error("Message %s could not be made", mail.pk, exc_info=told(error))
        _later(mail, f"the text could not be made ({type(error).__name__})", time())
        return None, ""
    if not _hand_over(mail, time()):
        return None, ""
    outcome, word = _tried(transport, envelope)
    if outcome is Outcome.ACCEPTED:
        _keep(mail, State.SENT, "", sent_at=time())
    elif outcome is Outcome.REFUSED:
        _keep(mail, State.FAILED, word)
    elif outcome is Outcome.TROUBLE:
        _wait(mail, word, time())
    elif outcome in (Outcome.UNCLEAR, Outcome.BROKEN) and KINDS[mail.kind].at_most_once:
        _keep(mail, State.UNKNOWN, word)
    else:
        _later(mail, word, time())
    return outcome, word


def _tried(transport: Transport, envelope: Envelope) -> tuple[Outcome, str]:
    try:
        return transport.send(envelope)
    except Exception as error:  # noqa: BLE001 - a backend of the shop's own may raise anything
        return Outcome.BROKEN, f"the way out broke ({type(error).__name__})"


class _Drop(Exception):
    """The message is not to be sent; the text says why."""


def _envelope(
    mail: Mail, programme: settings.Programme, readers: Mapping[str, Reader], transport: Transport, now: datetime
) -> Envelope:
    """The message ready to go. Raises _Drop."""
    if mail.expires_at <= now:
        raise _Drop("too late")
    to, verdict = _asked_again(mail, programme, now)
    language = mail.language or to.language
    with override(languages.nearest(language)):
        context = readers[mail.kind](mail, now)
    if context is None:
        raise _Drop("nothing more to say")
    mail.basis = consent.basis_of(verdict)
    if not KINDS[mail.kind].to_shop:
        mail.person = identity.email_hash(to.email)
    mail.message_id = mail.message_id or f"<reciprocity.{identity.address_hash(mail.source)[:32]}@{transport.domain}>"
    links = unsubscribing.addresses(mail, now)
    frame = {"shop": host.shop_name(), "name": to.name, "called": programme.points_name, **links}
    letter = rendered(mail.kind, language, {**frame, **context, **_until(context, programme)})
    return Envelope(mail.message_id, now, to, mail.kind, letter, links["unsubscribe"], links["preferences"])


def _until(context: Mapping[str, Any], programme: settings.Programme) -> dict[str, Any]:
    """The last whole day, where the shop is, of what ends at `expires_at`: no message promises half a day."""
    end = context.get("expires_at")
    return {"last_day": clock.last_whole_day(end, programme.time_zone)} if end else {}


def _asked_again(mail: Mail, programme: settings.Programme, now: datetime) -> tuple[host.Recipient, consent.Verdict]:
    if mail.user_id is None and not mail.is_guest:  # the account was deleted
        raise _Drop(consent.Why.NO_ADDRESS.value)
    to = _recipient(mail, programme)
    verdict = consent.verdict(programme, host.Person(mail.user_id, to.email, confirmed=False), mail.kind, now)
    if not verdict.allowed:
        raise _Drop(verdict.why.value)
    return to, verdict


def _recipient(mail: Mail, programme: settings.Programme) -> host.Recipient:
    kind = KINDS[mail.kind]
    if kind.to_shop:
        return host.Recipient(getattr(programme, kind.setting), "", deployment.shop_language())
    return host.recipient(mail.user_id, mail.order_id)


def _hand_over(mail: Mail, now: datetime) -> bool:
    """Store that it is sent now. False when it is not ours any more: taken up by somebody else, or erased."""
    state = State.HANDED_OVER if KINDS[mail.kind].at_most_once else State.SENDING
    ours = Mail.objects.filter(pk=mail.pk, source=mail.source, state=State.SENDING, claimed_at=mail.claimed_at)
    taken = ours.update(state=state, claimed_at=now, message_id=mail.message_id, person=mail.person, basis=mail.basis)
    mail.state, mail.claimed_at = state, now
    return bool(taken)


def _later(mail: Mail, reason: str, now: datetime) -> None:
    if mail.attempts >= MOST_ATTEMPTS:
        _keep(mail, State.FAILED, reason)
    else:
        wait = min(timedelta(minutes=2**mail.attempts), LONGEST_BACKOFF)
        _keep(mail, State.WAITING, reason, next_at=now + wait)


def _wait(mail: Mail, reason: str, now: datetime) -> None:
    """Let a message wait for what is not its own fault: as long again as it has waited, and uncounted."""
    wait = min(max(now - mail.due_at, SHORTEST_WAIT), LONGEST_WAIT)
    _keep(mail, State.WAITING, reason, next_at=now + wait, attempts=mail.attempts - 1)


def _keep(mail: Mail, state: State, reason: str, **columns: Any) -> None:
    ours = Mail.objects.filter(pk=mail.pk, state=mail.state, claimed_at=mail.claimed_at)
    ours.update(state=state, reason=reason[:200], claimed_at=None, **columns)
    mail.state = state
