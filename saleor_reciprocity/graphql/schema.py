"""The extension of the host's schema: every query, mutation and field that the plugin adds, and its text."""

from __future__ import annotations

import re

import graphene
from graphql import print_schema

from saleor_reciprocity import host

from . import costs, permissions
from .campaign_mutations import CampaignMutations
from .campaigns import CampaignQueries
from .checkout import CHECKOUT_LOYALTY
from .communication import CommunicationQueries
from .communication_mutations import CommunicationMutations
from .feed import FeedQueries
from .health import HealthQueries
from .named import NamedQueries
from .orders import ORDER_LOYALTY
from .people_mutations import PeopleMutations
from .points import USER_LOYALTY, PointsQueries
from .points_name import PointsNameQueries
from .preference_mutations import PreferenceMutations
from .proofs import ProofQueries
from .recommendations import RecommendationQueries
from .reports import ReportQueries
from .reward_mutations import RewardMutations
from .rewards import RewardQueries
from .rights import RightQueries
from .rule_mutations import RuleMutations
from .rules import RuleQueries
from .scalars import HostTypes
from .setting_mutations import SettingMutations
from .settings import SettingQueries
from .starting import StartingQueries
from .surprises import ORDER_SURPRISE
from .survey_link_mutations import SurveyLinkMutations
from .survey_links import SurveyLinkQueries
from .survey_mutations import SurveyMutations
from .survey_queries import SurveyQueries
from .surveys import ORDER_SURVEY_ANSWER
from .texts import checked
from .tier_mutations import TierMutations
from .tiers import TierQueries


class Queries(
    CommunicationQueries,
    NamedQueries,
    PointsQueries,
    PointsNameQueries,
    RightQueries,
    RuleQueries,
    TierQueries,
    RewardQueries,
    CampaignQueries,
    ProofQueries,
    RecommendationQueries,
    SurveyQueries,
    SurveyLinkQueries,
    ReportQueries,
    HealthQueries,
    FeedQueries,
    SettingQueries,
    StartingQueries,
):
    pass


class Mutations(
    CommunicationMutations,
    PeopleMutations,
    RuleMutations,
    TierMutations,
    RewardMutations,
    CampaignMutations,
    PreferenceMutations,
    SurveyMutations,
    SurveyLinkMutations,
    SettingMutations,
):
    pass


for _field in Queries._meta.fields:
    _resolve = permissions.guarded(_field, getattr(Queries, f"resolve_{_field}"))
    setattr(Queries, f"resolve_{_field}", staticmethod(checked(_resolve)))

FIELDS = {
    "Checkout": {"loyalty": CHECKOUT_LOYALTY},
    "User": {"loyalty": USER_LOYALTY},
    "Order": {"loyalty": ORDER_LOYALTY, "surprise": ORDER_SURPRISE, "surveyAnswer": ORDER_SURVEY_ANSWER},
}

for _name, _added in FIELDS.items():
    for _field, _declared in _added.items():
        _declared.resolver = costs.paid(_declared.resolver, costs.COSTS[_name][_field])
costs.charge()
costs.charge_for(Queries, "Query")

extended_in_time = False


def extend() -> None:
    """Add all of it to the host's schema, which is built later; `extended_in_time` says whether that was so."""
    global extended_in_time
    extended_in_time = not host.schema_is_built()
    if extended_in_time:
        host.extend_schema(Queries, Mutations, FIELDS)
        host.query_costs({**costs.COSTS, "Mutation": costs.of_mutations(Mutations)})


def sdl() -> str:
    """What the plugin adds, in the schema definition language; the same on every host."""
    extended = [
        type(name, (graphene.ObjectType,), {field: graphene.Field(added.type) for field, added in fields.items()})
        for name, fields in FIELDS.items()
    ]
    query = type("Query", (Queries,), {})
    mutation = type("Mutation", (Mutations,), {})
    HostTypes.by_name = True
    try:
        text = print_schema(graphene.Schema(query=query, mutation=mutation, types=extended))
    finally:
        HostTypes.by_name = False
    definitions = [definition for definition in text.strip().split("\n\n") if not _is_the_hosts(definition)]
    return "\n\n".join(_EXTENDED.sub(r"extend type \1", definition) for definition in definitions) + "\n"


_EXTENDED = re.compile(r"^type (Query|Mutation|User|Order|Checkout)\b", re.MULTILINE)
_OF_THE_HOST = re.compile(
    r"(schema|type Money|type Product|type PageInfo|scalar Date\b|scalar DateTime|scalar Decimal)\b"
)


def _is_the_hosts(definition: str) -> bool:
    return bool(_OF_THE_HOST.match(definition))
