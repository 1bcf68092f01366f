"""Running: whether the work of the schedule is done, how far it is behind, and what could not be done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from saleor_reciprocity import host
from saleor_reciprocity.feed.models import Feed
from saleor_reciprocity.mail import pausing
from saleor_reciprocity.mail.models import Mail, MailPace, State
from saleor_reciprocity.settlement import SettledOrder
from saleor_reciprocity.sweep import SweepMark

from .findings import Finding, broken, fine, look, seen
from .models import TaskMark

MINUTE, TEN_MINUTES, NIGHT = timedelta(minutes=1), timedelta(minutes=10), timedelta(days=1)
PERIODS = {
    "reciprocity.sweep_recent": MINUTE,
    "reciprocity.look_after_surveys": MINUTE,
    "reciprocity.send_messages": MINUTE,
    "reciprocity.feed_others": MINUTE,
    "reciprocity.look_after_points": TEN_MINUTES,
    "reciprocity.expire_points": TEN_MINUTES,
    "reciprocity.look_after_people": TEN_MINUTES,
    "reciprocity.look_after_gifts": TEN_MINUTES,
    "reciprocity.look_after_codes": TEN_MINUTES,
    "reciprocity.sweep_all": NIGHT,
    "reciprocity.train": NIGHT,
    "reciprocity.check_books": NIGHT,
    "reciprocity.draw_for_occasions": NIGHT,
}
GRACE = timedelta(minutes=15)
FIRST = "first"  # the mark of the moment in which anything ran at all


def began(name: str, now: datetime) -> None:
    """Note that a part of the schedule begins. One that has never ended is still in its first run."""
    for one in (FIRST, name):
        TaskMark.objects.get_or_create(name=one, defaults={"began_at": now})
    TaskMark.objects.filter(name=name, ended_at__isnull=False).update(began_at=now)


def ended(name: str, now: datetime, *, failed: bool) -> None:
    """Note that it ended, well or not."""
    TaskMark.objects.filter(name=name).update(ended_at=now, failed=failed)


def findings(now: datetime) -> Iterator[Finding]:
    """The schedule, the sweep, orders that could not be settled, messages that wait, what this Saleor tells us."""
    yield from seen("schedule", _schedule, now)
    yield from seen("sweep", _sweep, now)
    yield from seen("orders", _orders)
    yield from seen("messages", _messages, now)
    yield from seen("feed", _feed, now)
    yield from seen("hooks", _hooks)


def _schedule(now: datetime) -> Finding:
    marks = {mark.name: mark for mark in TaskMark.objects.all()}
    todo = _("Start a Celery worker and Celery beat, or manage.py reciprocity_work. The guide says how.")
    if not marks:
        return look("schedule", _("Nothing of the schedule has run yet."), todo)
    since = min(mark.began_at for mark in marks.values())
    ran = {name: mark.ended_at or mark.began_at for name, mark in marks.items()}
    behind = [name for name, period in PERIODS.items() if ran.get(name, since) < now - 2 * period - GRACE]
    if behind:
        return broken("schedule", _("This has not run for too long: %(tasks)s.") % {"tasks": _named(behind)}, todo)
    failed = [mark.name for mark in marks.values() if mark.failed]
    if failed:
        said = _("This failed when it last ran: %(tasks)s.") % {"tasks": _named(failed)}
        return look("schedule", said, _("The shop's log says why."))
    return fine("schedule", _("The schedule runs."))


def _named(tasks: list[str]) -> str:
    return ", ".join(sorted(name.partition(".")[2] for name in tasks))


def _sweep(now: datetime) -> Finding:
    mark = SweepMark.objects.first()
    todo = _("Run manage.py reciprocity_sweep once, and see that the schedule runs.")
    if mark is None:
        return look("sweep", _("No sweep has finished yet."), todo)
    minutes = max(0, (now - mark.looked_at) // MINUTE)
    said = ngettext("The sweep is %(minutes)s minute behind.", "The sweep is %(minutes)s minutes behind.", minutes) % {
        "minutes": minutes
    }
    return broken("sweep", said, todo) if now - mark.looked_at > GRACE else fine("sweep", said)


def _orders() -> Finding:
    count = SettledOrder.objects.filter(retry_at__isnull=False, erased=False).exclude(error="").count()
    if not count:
        return fine("orders", _("Every order could be settled."))
    said = ngettext("%(count)s order could not be settled.", "%(count)s orders could not be settled.", count) % {
        "count": count
    }
    return look("orders", said, _("They are tried again by themselves. The shop's log says why they fail."))


def _messages(now: datetime) -> Iterator[Finding]:
    stopped = pausing.paused()
    problems = MailPace.objects.exclude(problem="").exclude(channel_id__in=stopped).values_list("problem", flat=True)
    waiting = Mail.objects.filter(state=State.WAITING, next_at__lt=now - GRACE, due_at__lt=now - GRACE)
    late = waiting.exclude(channel_id__in=stopped).count()
    if problems:
        said = _("Messages wait: %(problems)s.") % {"problems": "; ".join(sorted(set(problems)))}
        yield broken("messages", said, _("Mend the way out. The messages go by themselves then."))
    elif late:
        said = ngettext("%(count)s message is late.", "%(count)s messages are late.", late) % {"count": late}
        yield look("messages", said, _("See that the schedule runs. More workers send more."))
    else:
        yield fine("messages", _("No message is late."))
    slugs = [channel.slug for channel in host.channels() if channel.id in stopped]
    if slugs:
        said = _("Staff have stopped the messages of: %(channels)s.") % {"channels": ", ".join(slugs)}
        todo = _("Let them go on at the desk, under Messages. What is too old by then is not sent.")
        yield look("messages", said, todo)


def _feed(now: datetime) -> Iterator[Finding]:
    feed = Feed.objects.exclude(problem="").first()
    if feed is not None:
        waiting = feed.numbered - (feed.delivered or 0)
        said = ngettext("%(count)s event waits: %(problem)s.", "%(count)s events wait: %(problem)s.", waiting)
        todo = _("Mend the endpoint. The events go in their order then; what is older than 90 days is lost.")
        yield broken("feed", said % {"count": waiting, "problem": feed.problem}, todo)


def _hooks() -> Finding:
    gone = [name for name in host.HOOKS if not host.calls_hook(name)]
    if gone:
        said = _("This Saleor no longer calls: %(hooks)s.") % {"hooks": ", ".join(gone)}
        return look("hooks", said, _("Nothing is lost: the sweep settles these orders, up to a minute later."))
    return fine("hooks", _("This Saleor tells us what happens to orders."))
