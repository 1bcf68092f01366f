"""Every model of the app, domain by domain; Django looks for them here."""

from __future__ import annotations

from .identity import InstallationKey
from .points.models import Account, Entry, Lot, LotUse, OrderTerms
from .programme import SettingsVersion
from .rewards.models import Redemption, Reward
from .settlement import SettledOrder

__all__ = [
    "Account",
    "Entry",
    "InstallationKey",
    "Lot",
    "LotUse",
    "OrderTerms",
    "Redemption",
    "Reward",
    "SettingsVersion",
    "SettledOrder",
]
