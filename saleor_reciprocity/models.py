"""Every model of the app, domain by domain; Django looks for them here."""

from __future__ import annotations

from .dashboard import DeskApp
from .experiments.models import Assignment, Outcome, Plan
from .feed.models import Event, Feed
from .health.models import LastCheck, TaskMark
from .identity import InstallationKey
from .mail.models import CommunicationChoice, Mail, MailPace, Pause
from .points.earning.models import EarningRule, EarningRuleVersion
from .points.models import Account, Entry, Lot, LotUse, OrderTerms
from .points.tiers.models import AccountTier, Tier, TierChange, TierLadder
from .programmes import SettingsVersion
from .recommendations.models import (
    CustomerList,
    ListedProducts,
    ModelVersion,
    Neighbour,
    Popularity,
    Preference,
    Regard,
)
from .rewards.models import IssuedCode, Redemption, Reward, UploadedCode
from .settlement import SettledOrder
from .surprises.models import Budget, Campaign, Draw, Prize
from .surveys.models import (
    Answer,
    AskedProduct,
    DealtWith,
    Invitation,
    Note,
    OpenAnswer,
    OpenCount,
    OpenSurvey,
    Rating,
    Reply,
)
from .sweep import SweepMark

__all__ = [
    "Account",
    "AccountTier",
    "Answer",
    "AskedProduct",
    "Assignment",
    "Budget",
    "Campaign",
    "CommunicationChoice",
    "CustomerList",
    "DealtWith",
    "DeskApp",
    "Draw",
    "EarningRule",
    "EarningRuleVersion",
    "Entry",
    "Event",
    "Feed",
    "InstallationKey",
    "Invitation",
    "IssuedCode",
    "LastCheck",
    "ListedProducts",
    "Lot",
    "LotUse",
    "Mail",
    "MailPace",
    "ModelVersion",
    "Neighbour",
    "Note",
    "OpenAnswer",
    "OpenCount",
    "OpenSurvey",
    "OrderTerms",
    "Outcome",
    "Pause",
    "Plan",
    "Popularity",
    "Preference",
    "Prize",
    "Rating",
    "Redemption",
    "Regard",
    "Reply",
    "Reward",
    "SettingsVersion",
    "SettledOrder",
    "SweepMark",
    "TaskMark",
    "Tier",
    "TierChange",
    "TierLadder",
    "UploadedCode",
]
