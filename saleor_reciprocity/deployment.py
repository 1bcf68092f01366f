"""Deployment: the limits that whoever runs the shop sets in Django's settings, and their defaults."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings


def mails_per_minute() -> int:
    """How many messages leave one channel by one way in a minute, all workers together; 0 is no limit."""
    return int(getattr(django_settings, "RECIPROCITY_MAILS_PER_MINUTE", 600))


def is_safe(endpoint: str) -> bool:
    """Whether messages may be posted to an address as far as its scheme goes: http is for the shop's own network."""
    return private_endpoints() or urlsplit(endpoint).scheme != "http"


def private_endpoints() -> bool:
    """Whether messages may be posted to addresses inside the shop's own network."""
    return bool(getattr(django_settings, "RECIPROCITY_PRIVATE_ENDPOINTS", False))


def events_endpoint() -> str:
    """Where the events of the feed are posted to; "" where they are only asked for."""
    return str(getattr(django_settings, "RECIPROCITY_EVENTS_ENDPOINT", ""))


def events_secret() -> str:
    """The secret that keys the signatures of these POSTs."""
    return str(getattr(django_settings, "RECIPROCITY_EVENTS_SECRET", ""))


SECONDS = {"RECIPROCITY_HOOK_SECONDS": 1.0, "RECIPROCITY_WAIT_SECONDS": 10.0}
# PostgreSQL takes whole milliseconds, and 0 for no limit at all.
LEAST_SECONDS = 0.001
MOST_SECONDS = 3600.0


def hook_seconds() -> float:
    """How long settling in line may hold up a checkout, in seconds; the sweep does what did not fit."""
    return _seconds("RECIPROCITY_HOOK_SECONDS")


def wait_seconds() -> float:
    """How long a request waits for an account that another request holds, in seconds."""
    return _seconds("RECIPROCITY_WAIT_SECONDS")


def in_milliseconds(seconds: float) -> str:
    """A limit as PostgreSQL's time-outs take it."""
    return str(int(seconds * 1000))


def is_a_limit(seconds: Any) -> bool:
    """Whether a value is a number of seconds that somebody can be made to wait."""
    try:
        return LEAST_SECONDS <= float(seconds) <= MOST_SECONDS
    except (TypeError, ValueError):
        return False


def unusable_seconds() -> dict[str, Any]:
    """The deployer's limits that are none. A system check reports them; until then the defaults count."""
    given = {name: getattr(django_settings, name, default) for name, default in SECONDS.items()}
    return {name: value for name, value in given.items() if not is_a_limit(value)}


def _seconds(name: str) -> float:
    value = getattr(django_settings, name, SECONDS[name])
    return float(value) if is_a_limit(value) else SECONDS[name]


def most_work() -> int:
    """How much one GraphQL request may ask of the plugin's fields, in about the statements that they take."""
    return int(getattr(django_settings, "RECIPROCITY_MOST_WORK", 2000))


def framers() -> tuple[str, ...]:
    """The origins of the Dashboards that may show the desk in a frame, such as https://dashboard.example.com."""
    return tuple(getattr(django_settings, "RECIPROCITY_DASHBOARDS", ()))


def shop_language() -> str:
    """The language in which the shop itself is written to."""
    return str(django_settings.LANGUAGE_CODE)


def survey_alert_function() -> str:
    """The dotted path of the shop's function that hears of unhappy answers, or ""."""
    return str(getattr(django_settings, "RECIPROCITY_SURVEY_ALERT", ""))


def minimum_people() -> int:
    """How many people must have bought both of two products before one is shown beside the other; 2 at least."""
    return max(2, int(getattr(django_settings, "RECIPROCITY_MINIMUM_PEOPLE", 5)))


def erase_after_days() -> int | None:
    """How many days after a user was deleted the account is erased, unless the address is proved again. None: never."""
    days = getattr(django_settings, "RECIPROCITY_ERASE_AFTER_DAYS", 30)
    return None if days is None else int(days)
