"""Every model of the app, domain by domain; Django looks for them here."""

from __future__ import annotations

from .experiments.models import Assignment
from .identity import InstallationKey
from .mail.models import Mail
from .points.models import Account, Entry, Lot, LotUse, OrderTerms
from .programme import SettingsVersion
from .recommendations.models import CustomerList, ModelVersion, Neighbour, Popularity, Preference
from .rewards.models import Redemption, Reward
from .settlement import SettledOrder
from .surprises.models import Budget, Campaign, Draw, Prize

__all__ = [
    "Account",
    "Assignment",
    "Budget",
    "Campaign",
    "CustomerList",
    "Draw",
    "Entry",
    "InstallationKey",
    "Lot",
    "LotUse",
    "Mail",
    "ModelVersion",
    "Neighbour",
    "OrderTerms",
    "Popularity",
    "Preference",
    "Prize",
    "Redemption",
    "Reward",
    "SettingsVersion",
    "SettledOrder",
]
