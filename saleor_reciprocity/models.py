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
from .surveys.models import Answer, AskedProduct, Invitation, Rating, Reply

__all__ = [
    "Account",
    "Answer",
    "AskedProduct",
    "Assignment",
    "Budget",
    "Campaign",
    "CustomerList",
    "Draw",
    "Entry",
    "InstallationKey",
    "Invitation",
    "Lot",
    "LotUse",
    "Mail",
    "ModelVersion",
    "Neighbour",
    "OrderTerms",
    "Popularity",
    "Preference",
    "Prize",
    "Rating",
    "Redemption",
    "Reply",
    "Reward",
    "SettingsVersion",
    "SettledOrder",
]
