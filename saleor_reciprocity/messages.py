"""Messages: which domain says what a message of each kind is about. A new kind has its line here."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Callable, Mapping

from . import host
from .errors import told
from .mail import kinds, sending
from .mail.sending import Progress, Reader
from .points.messages import reminders, statements
from .rewards import messages as rewards
from .surprises import messages as surprises
from .surveys import messages as surveys

logger = logging.getLogger(__name__)

READERS: Mapping[str, Reader] = {
    kinds.SURPRISE: surprises.about,
    kinds.REDEMPTION: rewards.about,
    kinds.SERVICE: rewards.about_service,
    kinds.STATEMENT: statements.about,
    kinds.SURVEY: surveys.question,
    kinds.REPLY: surveys.reply,
    kinds.ALERT: surveys.alert,
    kinds.EXPIRY: reminders.about,
}


def send(now: datetime, tell: Callable[[Progress], None] = lambda progress: None) -> Progress:
    """Ask for the statements of last month and the reminders of points that expire, and send all that is due."""
    with host.allow_writer():
        for ask in (statements.ask, reminders.ask):
            try:
                ask(now)
            except Exception as error:
                logger.error("Not all messages were asked for; what is due is sent all the same", exc_info=told(error))
    return sending.look(READERS, now, tell)
