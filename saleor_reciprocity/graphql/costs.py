"""Costs: what each field of ours costs, in about the statements that it takes, and how much one request may ask for.

Every list and every field that asks the database is in the table. Hosts that count before they run a query get the
table; the bound is kept on every host, while a request runs: each field pays before it is resolved.
"""

from __future__ import annotations

from functools import partial, wraps
from typing import Any, Callable, Iterator, Mapping

import graphene
from graphene.types.resolver import dict_or_attr_resolver
from graphene.utils.str_converters import to_camel_case
from graphql import GraphQLError

from saleor_reciprocity import deployment, errors

from .connections import LONGEST_PAGE
from .failures import discreet

Cost = Mapping[str, Any]  # the host's own form of an entry


def _costs(complexity: int) -> Cost:
    return {"complexity": complexity}


def _page(complexity: int = 1) -> Cost:
    return {"complexity": complexity, "multipliers": ["first"]}


MUTATION = _costs(20)
COSTS: dict[str, dict[str, Cost]] = {
    "Query": {
        "communicationMessages": _page(),
        "communicationPreview": _costs(10),
        "communicationSending": _costs(7),
        "loyaltyAccount": _costs(10),
        "loyaltyEvents": _page(),
        "loyaltyExamples": _costs(30),
        "loyaltyProgrammes": _costs(9),
        "loyaltyPointsName": _costs(3),
        "loyaltyHealth": _costs(60),
        "loyaltySettings": _costs(7),
        "loyaltyRewards": _page(),
        "loyaltyRights": _costs(5),
        "loyaltyRules": _page(),
        "loyaltyServices": _page(),
        "loyaltyTiers": _costs(2),
        "loyaltyTiersBefore": _costs(6),
        "loyaltyBonuses": _costs(7),
        "loyaltyChannels": _costs(5),
        "loyaltyNamed": _costs(5),
        "loyaltyHoldoutPower": _costs(10),
        "loyaltyReport": _costs(100),
        "surpriseCampaigns": _page(),
        "surpriseProofs": _page(),
        "surveyAnswers": _page(),
        "surveyAnswersCsv": _costs(100),
        "surveyInvitations": _costs(10),
        "surveyOpenAnswers": _page(),
        "surveyOpenLinks": _costs(5),
        "surveyScores": _costs(10),
        "recommendations": _page(2),
    },
    "Checkout": {"loyalty": _costs(60)},
    "User": {"loyalty": _costs(10)},
    "Order": {"loyalty": _costs(3), "surprise": _costs(3), "surveyAnswer": _costs(3)},
    "LoyaltyCheckout": {
        "lines": _costs(3),
        "bonuses": _costs(1),
        "redeemable": _costs(18),
        "nextReward": _costs(18),
    },
    "OrderLoyalty": {
        "pending": _costs(1),
        "earned": _costs(1),
        "maturesAt": _costs(1),
        "why": _costs(10),
        "lines": _costs(10),
        "shippingPoints": _costs(1),
        "bonuses": _costs(1),
        "entries": _costs(2),
    },
    "LoyaltyOrderLine": {"why": _costs(1)},
    "LoyaltyLineDetail": {"rules": _costs(1)},
    "LoyaltyRule": {"gone": _costs(1), "named": _costs(1), "use": _costs(2), "versions": _costs(5)},
    "LoyaltyRuleConditions": {
        name: _costs(1) for name in ("products", "categories", "collections", "groups", "tiers", "weekdays")
    },
    "LoyaltyRight": {"opens": _costs(1)},
    "LoyaltyTier": {"members": _costs(4)},
    "LoyaltyTierLadder": {"tiers": _costs(1)},
    "LoyaltyReport": {
        name: _costs(1)
        for name in ("sections", "questions", "amounts", "months", "owed", "spent", "scores", "products")
    },
    "LoyaltyReportQuestion": {"checks": _costs(1)},
    "LoyaltyReportOwed": {"ages": _costs(1)},
    "LoyaltyReportUse": {"tiers": _costs(1), "surprisesCost": _costs(1)},
    "LoyaltyReportSection": {name: _costs(1) for name in ("sentences", "figures", "charts")},
    "LoyaltyAccount": {
        "tier": _costs(10),
        "lots": _costs(1),
        "notes": _costs(3),
        "openOrders": _costs(4),
        "surveyAnswers": _costs(10),
        "entries": _page(),
        "redemptions": _page(),
        "nextReward": _costs(18),
        "surprises": _page(),
        "preferences": _costs(1),
        "communicationPreferences": _costs(20),
        "personalData": _costs(50),
    },
    "LoyaltySettings": {"fields": _costs(1)},
    "LoyaltySetting": {"choices": _costs(1)},
    "LoyaltySettingsUpdate": {"changes": _costs(1)},
    "LoyaltySettingsCopy": {"changes": _costs(1)},
    "LoyaltyExampleApply": {"changes": _costs(1)},
    "LoyaltyExamples": {"examples": _costs(1)},
    "LoyaltyEntry": {"actor": _costs(2)},
    "LoyaltyRedemption": {"closedBy": _costs(2), "code": _costs(1), "customerEmail": _costs(2)},
    "LoyaltyReward": {"codesLeft": _costs(2), "product": _costs(5), "stock": _costs(2), "use": _costs(2)},
    "Recommendation": {"product": _costs(1)},
    "RecommendationReason": {"product": _costs(1)},
    "SurpriseCampaign": {
        "gone": _costs(1),
        "groups": _costs(1),
        "draws": _page(),
        "followed": _costs(1),
        "outcomes": _costs(1),
        "prizes": _costs(1),
        "usedByOthers": _costs(1),
    },
    "SurprisePrize": {"product": _costs(1)},
    "SurpriseProof": {"prizes": _costs(1)},
    "SurveyAnswer": {"channel": _costs(1), "products": _costs(1), "replies": _costs(1)},
    "SurveyOpenAnswer": {"channel": _costs(1)},
    "SurveyScore": {"counts": _costs(1)},
    "CommunicationPause": {"sending": _costs(1)},
    "CommunicationPreferencesUpdate": {"preferences": _costs(1)},
    "PreferencesUpdate": {"preferences": _costs(1)},
}


class TooMuchWork(GraphQLError):
    """A query asks for more than one request may; a mutation says so in its `errors`."""


def of_mutations(mutations: Any) -> dict[str, Cost]:
    """What each mutation costs, by its name in GraphQL."""
    return {to_camel_case(name): MUTATION for name in mutations._meta.fields}


def spend(context: Any, cost: Cost, arguments: Mapping[str, Any]) -> None:
    """Note that a request asks for one more field. Raises TooMuchWork once it has asked for too much."""
    work = cost["complexity"]
    for name in cost.get("multipliers", ()):
        work *= min(max(1, arguments.get(name) or 1), LONGEST_PAGE)
    context.reciprocity_work = getattr(context, "reciprocity_work", 0) + work
    if context.reciprocity_work > deployment.most_work():
        raise errors.TooMuchWork


def paid(resolve: Callable[..., Any], cost: Cost) -> Callable[..., Any]:
    """A resolver that pays first, and is discreet. Raises the GraphQL errors TooMuchWork and InternalError."""

    @discreet
    @wraps(resolve)
    def pay_and_resolve(root: Any, info: Any, **arguments: Any) -> Any:
        try:
            spend(info.context, cost, arguments)
        except errors.TooMuchWork as error:
            raise TooMuchWork(error.message) from None
        return resolve(root, info, **arguments)

    return pay_and_resolve


def charge() -> None:
    """Let every field of our types pay. Called once, when all types are known."""
    for kind in _below(graphene.ObjectType):
        if kind._meta is not None and kind.__module__.startswith(f"{__package__}."):
            charge_for(kind)


def _below(kind: Any) -> Iterator[Any]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def charge_for(kind: Any, name: str | None = None) -> None:
    """Let every field of a type that has a price pay it, under the name that the type has in the table."""
    prices = COSTS.get(name or kind._meta.name, {})
    for attribute, field in kind._meta.fields.items():
        if to_camel_case(attribute) in prices:
            default = partial(dict_or_attr_resolver, attribute, None)
            resolve = field.resolver or getattr(kind, f"resolve_{attribute}", default)
            field.resolver = paid(resolve, prices[to_camel_case(attribute)])
