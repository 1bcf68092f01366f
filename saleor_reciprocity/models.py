"""Every model of the app, domain by domain; Django looks for them here."""

from __future__ import annotations

from .experiments.models import Assignment
from .identity import InstallationKey
from .mail.models import CommunicationChoice, Mail, MailPace
from .points.models import Account, Entry, Lot, LotUse, OrderTerms
from .programme import SettingsVersion
from .rewards.models import Redemption, Reward
from .settlement import SettledOrder
from .surprises.models import Budget, Campaign, Draw, Prize

__all__ = [
    "Account",
    "Assignment",
    "Budget",
    "Campaign",
    "CommunicationChoice",
    "Draw",
    "Entry",
    "InstallationKey",
    "Lot",
    "LotUse",
    "Mail",
    "MailPace",
    "OrderTerms",
    "Prize",
    "Redemption",
    "Reward",
    "SettingsVersion",
    "SettledOrder",
]
