"""The place: the shop's address, its mail, its Dashboard, what is switched on, and the room that the tables take."""

from __future__ import annotations

from datetime import datetime
from typing import Iterator
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from saleor_reciprocity import dashboard, host, programmes, settings
from saleor_reciprocity.dashboard import Outcome

from .findings import Finding, broken, fine, look, seen

# Names by which a machine knows itself, and the example of an installation that nobody has changed.
NOBODYS = ("localhost", "127.0.0.1", "::1", "0.0.0.0", "example.com", None)  # noqa: S104
# Backends of Django that bring a mail to nobody.
_NOWHERE = tuple(
    f"django.core.mail.backends.{name}.EmailBackend" for name in ("console", "dummy", "locmem", "filebased")
)
_SIZES = """
SELECT c.relname, pg_total_relation_size(c.oid) FROM pg_class c
WHERE c.relkind = 'r' AND c.relname LIKE 'reciprocity\\_%%' AND pg_table_is_visible(c.oid) ORDER BY 2 DESC
"""


def findings(now: datetime) -> Iterator[Finding]:
    """What is on, the address, the mail of every channel that is on, the Dashboard, and the disk."""
    yield from seen("programme", _on, now)
    yield from seen("address", _address)
    for channel in host.channels():
        yield from seen("mail", _mail, channel, now)
    yield from seen("dashboard", _dashboard)
    yield from seen("disk", _disk)


def _on(now: datetime) -> Finding:
    running = [one for one in host.channels() if programmes.switched_on(one.id, now)]
    if not running:
        todo = _("Switch it on at the desk, under Settings.")
        return look("programme", _("The programme is off in every channel."), todo)
    slugs = ", ".join(channel.slug for channel in running)
    return fine("programme", _("The programme is on in: %(channels)s.") % {"channels": slugs})


def _address() -> Finding:
    address = host.absolute_address("/")
    said = _("Links in messages lead to %(address)s.") % {"address": address}
    if urlsplit(address).hostname in NOBODYS:
        return look("address", said, _("Set the shop's public address: PUBLIC_URL, or on Saleor 2.10 its domain."))
    if urlsplit(address).scheme != "https":
        return look("address", said, _("Use https: mail programs show their button for unsubscribing only then."))
    return fine("address", said)


def _mail(channel: host.Channel, now: datetime) -> Iterator[Finding]:
    version = programmes.current(channel.id, now)
    if version is not None and version.active:
        yield _way_out(channel, version.programme)


def _way_out(channel: host.Channel, programme: settings.Programme) -> Finding:
    slug = {"channel": channel.slug}
    if programme.mail_delivery == settings.BY_ENDPOINT:
        return fine("mail", _("Messages of %(channel)s go to the shop's endpoint.") % slug)
    backend = django_settings.EMAIL_BACKEND
    if host.mail_server(channel.id) is None and (not backend or backend in _NOWHERE):
        todo = _("Set EMAIL_URL, or on Saleor 3 switch on the plugin User emails.")
        return look("mail", _("Mails of %(channel)s reach nobody: there is no mail server.") % slug, todo)
    if not (programme.mail_sender_address or host.sender()):
        todo = _("Enter the address of the sender in the settings, under Messages.")
        return broken("mail", _("Mails of %(channel)s have no sender.") % slug, todo)
    return fine("mail", _("Mails of %(channel)s have a way out.") % slug)


def _dashboard() -> Finding:
    return {
        Outcome.NOT_HERE: fine("dashboard", _("The desk is at its own address; this Dashboard shows no apps.")),
        Outcome.NO_DASHBOARD: look(
            "dashboard",
            _("No Dashboard may show the desk."),
            _("Name its origin in RECIPROCITY_DASHBOARDS, then run manage.py reciprocity_dashboard."),
        ),
        Outcome.MADE: look(
            "dashboard", _("The Dashboard does not show the desk yet."), _("Run manage.py reciprocity_dashboard.")
        ),
        Outcome.REFRESHED: fine("dashboard", _("The Dashboard shows the desk.")),
        Outcome.SWITCHED_OFF: fine("dashboard", _("Staff have switched the app off in the Dashboard.")),
        Outcome.REMOVED: fine("dashboard", _("Staff have removed the app from the Dashboard.")),
    }[dashboard.state()]


def _disk() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, [])
        sizes = cursor.fetchall()
    largest = [f"{name[len('reciprocity_') :]} {filesizeformat(size)}" for name, size in sizes[:3]]
    whole = filesizeformat(sum(size for _name, size in sizes))
    return fine("disk", _("The tables take %(size)s: %(largest)s.") % {"size": whole, "largest": ", ".join(largest)})
