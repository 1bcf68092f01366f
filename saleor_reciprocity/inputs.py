"""Inputs: what was entered on the plugin's page becomes a programme, or is refused with a word at each field."""

from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping

from django.utils.translation import gettext as _

from . import wire
from .deployment import is_safe
from .readers import as_text
from .settings import (
    BY_BOTH,
    BY_ENDPOINT,
    EXISTING_CUSTOMERS,
    FIELDS,
    LONGEST_SECRET,
    MONEY,
    MOST_DECIMALS,
    SECRETS,
    SHORTEST_SECRET,
    Programme,
)


class InvalidSettings(ValueError):
    """Settings that can't be used, as a message for each field."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {message}" for name, message in messages.items()))
        self.messages = dict(messages)

    def by_label(self) -> dict[str, str]:
        """For each field a message that names it; the last says all, because some Dashboards show that one only."""
        labels = {field.name: field.label for field in (*FIELDS, *SECRETS)}
        named = {
            name: _("“%(label)s”: %(message)s") % {"label": labels[name], "message": message}
            for name, message in self.messages.items()
        }
        return {**named, list(named)[-1]: " ".join(named.values())}


def canonical(values: Mapping[str, Any]) -> dict[str, str]:
    """The known settings in `values` as trimmed text, with the default where one is missing."""
    return {field.name: str(values.get(field.name, field.default) or "").strip() for field in FIELDS}


def tidied(name: str, value: Any) -> Any:
    """What was entered for a field, as it is stored: plain numbers, names as they are written, "" for no secret.

    What can't be used is left as it is, for `parse` to refuse.
    """
    if value is None and name in {field.name for field in SECRETS}:
        return ""
    field = next((field for field in FIELDS if field.name == name), None)
    if field is None or not isinstance(value, str):
        return value
    try:
        return as_text(field.read(value.strip()))
    except ValueError:
        return value


def parse(values: Mapping[str, Any], decimals: int = MOST_DECIMALS) -> Programme:
    """Typed settings from text, for a currency of so many decimals.

    Raises InvalidSettings with a message for every field that is wrong.
    """
    texts, parsed, messages = canonical(values), {}, {}
    for field in FIELDS:
        try:
            parsed[field.name] = field.read(texts[field.name])
        except ValueError as error:
            messages[field.name] = str(error)
    for name in MONEY:
        if name in parsed and parsed[name] != round(parsed[name], decimals):
            messages[name] = _("Enter at most %(places)s decimals.") % {"places": decimals}
    messages.update({name: text for name, text in _contradictions(parsed) if name not in messages})
    if messages:
        raise InvalidSettings(messages)
    return Programme(**parsed)


def _contradictions(parsed: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if parsed.get("mail_consent") == EXISTING_CUSTOMERS and not parsed.get("mail_terms_confirmed"):
        yield "mail_terms_confirmed", _("Confirm this to write to existing customers.")
    if parsed.get("mail_delivery") in (BY_ENDPOINT, BY_BOTH) and not parsed.get("mail_endpoint"):
        yield "mail_endpoint", _("Enter an address that begins with https://.")


def check_delivery(values: Mapping[str, Any]) -> None:
    """Raises InvalidSettings where messages could not leave, or be read on their way, or where a secret is too short.

    Apart from `parse`, because old versions are parsed for ever, whatever the deployer allows by then.
    """
    messages = dict(_undeliverable({name: str(value or "") for name, value in values.items()}))
    if messages:
        raise InvalidSettings(messages)


def _undeliverable(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in ("mail_sender_address", "survey_alert_address"):
        if not _can_be(wire.mailbox, texts.get(name, "").strip()):
            yield name, _("Enter an e-mail address, for example shop@example.com.")
    endpoint, secret = texts.get("mail_endpoint", "").strip(), texts.get("mail_endpoint_secret", "")
    if not (_can_be(wire.web, endpoint) and is_safe(endpoint)):
        yield "mail_endpoint", _("Enter an address that begins with https://.")
    wanted = texts.get("mail_delivery", "").strip().lower() in (BY_ENDPOINT, BY_BOTH)
    if (wanted or secret) and not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET:
        limits = {"least": SHORTEST_SECRET, "most": LONGEST_SECRET}
        yield "mail_endpoint_secret", _("Enter a secret of %(least)s to %(most)s characters.") % limits


def _can_be(written: Callable[[str], Any], text: str) -> bool:
    try:
        return not text or bool(written(text))
    except ValueError:
        return False
