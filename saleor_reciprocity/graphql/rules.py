"""GraphQL for staff to read the rules of earning, and to try one on the past."""

from __future__ import annotations

from typing import Any

import graphene
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.points.earning import rulebook, simulation, use
from saleor_reciprocity.points.earning.conditions import Conditions, conditions_from
from saleor_reciprocity.points.earning.models import EarningRuleVersion
from saleor_reciprocity.points.earning.rules import Effect, Stacking, Trigger

from . import gone, named, reach
from .conditions import LoyaltyRuleConditions, LoyaltyRuleConditionsInput, conditions_given, names_in
from .connections import Connection, ConnectionField, page
from .scalars import CHANNEL_ARGUMENT, DateTime, Number, given, global_id, moment, words

LoyaltyRuleTrigger = words("LoyaltyRuleTrigger", Trigger, "What a rule gives points for.")
LoyaltyRuleEffect = words("LoyaltyRuleEffect", Effect, "What a rule does.")
LoyaltyRuleStacking = words("LoyaltyRuleStacking", Stacking, "How a rule combines with those of a higher priority.")
LoyaltyRuleState = graphene.Enum(
    "LoyaltyRuleState", [(state.upper(), state) for state in (rulebook.RUNNING, rulebook.SCHEDULED, rulebook.ENDED)]
)


def listed(of: Any, description: str, required: bool = False) -> Any:
    return graphene.List(graphene.NonNull(of), description=description, required=required)


class LoyaltyRuleUse(graphene.ObjectType):
    """What came of a rule in the last days."""

    days = graphene.Int(required=True, description="How many days were looked at.")
    orders = graphene.Int(required=True, description="Orders whose points it changed.")
    bonuses = graphene.Int(required=True, description="Bonuses that it gave for something else than an order.")
    points = Number(required=True, description="The points of these bonuses.")

    @staticmethod
    def resolve_days(root: use.Use, info: Any) -> int:
        return use.DAYS


class UseByRule(host.data_loader()):  # type: ignore[misc]
    """What came of rules, counted at once for all rules of a request."""

    context_key = "reciprocity_use_by_rule"

    def batch_load(self, keys: Any) -> list[use.Use]:
        with host.allow_writer():
            found = use.use_of(keys, timezone.now())
        return [found[key] for key in keys]


class LoyaltyRule(graphene.ObjectType):
    """A rule of earning as it stands now, or stood in one of its versions."""

    id = graphene.ID(required=True, description="The ID of the rule, the same for all its versions.")
    version = graphene.Int(required=True, source="number", description="Which version of the rule this is.")
    since = host.date_time_type()(required=True, description="Orders placed from then on follow this version.")
    name = graphene.String(required=True, description="The name, which customers read.")
    trigger = LoyaltyRuleTrigger(required=True, description="What it gives points for.")
    effect = LoyaltyRuleEffect(required=True, description="What it does.")
    value = Number(required=True, description="The factor of a multiplier, or the points of a bonus.")
    stacking = LoyaltyRuleStacking(required=True, description="How it combines with rules of a higher priority.")
    priority = graphene.Int(required=True, description="The highest is applied first; among equals the oldest.")
    conditions = graphene.Field(LoyaltyRuleConditions, required=True, description="When it applies.")
    gone = gone.field(
        "What its conditions name and the shop no longer has: the IDs of products, categories and collections, and "
        "names of groups."
    )
    named = named.field("What its conditions name and the shop has, with names.")
    use = graphene.Field(LoyaltyRuleUse, required=True, description="What came of it, in all its versions.")
    starts_at = host.date_time_type()(required=True, description="Orders placed from then on get it.")
    ends_at = host.date_time_type()(description="Orders placed from then on do not.")
    state = LoyaltyRuleState(required=True, description="Whether it is running now.")
    actor = graphene.String(required=True, description="Who made this version.")
    versions = listed(lambda: LoyaltyRule, "All versions, the newest first.", required=True)

    @staticmethod
    def resolve_id(root: EarningRuleVersion, info: Any) -> str:
        return global_id("LoyaltyRule", root.rule_id)

    @staticmethod
    def resolve_conditions(root: EarningRuleVersion, info: Any) -> Conditions:
        return conditions_from(root.conditions)

    @staticmethod
    def resolve_gone(root: EarningRuleVersion, info: Any) -> Any:
        return gone.among(info.context, names_in(conditions_from(root.conditions)))

    @staticmethod
    def resolve_named(root: EarningRuleVersion, info: Any) -> Any:
        return named.among(info.context, names_in(conditions_from(root.conditions)))

    @staticmethod
    def resolve_use(root: EarningRuleVersion, info: Any) -> Any:
        return UseByRule(info.context).load(root.rule_id)

    @staticmethod
    def resolve_state(root: EarningRuleVersion, info: Any) -> str:
        return rulebook.state_of(root, timezone.now())

    @staticmethod
    def resolve_versions(root: EarningRuleVersion, info: Any) -> Any:
        return VersionsByRule(info.context).load(root.rule_id)


class VersionsByRule(host.data_loader()):  # type: ignore[misc]
    """The versions of rules, read at once for all rules of a request."""

    context_key = "reciprocity_versions_by_rule"

    def batch_load(self, keys: Any) -> list[list[EarningRuleVersion]]:
        with host.allow_writer():
            found = rulebook.versions_of(keys)
        return [found[key] for key in keys]


class LoyaltyRuleCountableConnection(Connection):
    class Meta:
        node = LoyaltyRule


class LoyaltyRuleSimulation(graphene.ObjectType):
    """What a rule would have given for the orders of the last days, before any return."""

    days = graphene.Int(required=True, description="How many days were looked at.")
    orders = graphene.Int(required=True, description="The orders that it would have given points for.")
    customers = graphene.Int(required=True, description="The people who placed them.")
    points = Number(required=True, description="The points, beyond those that the orders earned without it.")
    liability = graphene.Field(
        host.money_type(), description="What these points are worth by the standard reward; null where none is set."
    )

    @staticmethod
    def resolve_liability(root: simulation.Simulation, info: Any) -> Any:
        return None if root.liability is None else host.money(root.liability, root.currency)


class LoyaltyRuleInput(graphene.InputObjectType):
    channel = graphene.String(description=CHANNEL_ARGUMENT)
    name = graphene.String(required=True, description="The name, which customers read.")
    effect = LoyaltyRuleEffect(required=True, description="What it does.")
    value = Number(required=True, description="The factor of a multiplier, or the points of a bonus.")
    trigger = LoyaltyRuleTrigger(description="What it gives points for (ORDER).")
    stacking = LoyaltyRuleStacking(description="How it combines with rules of a higher priority (ADD).")
    priority = graphene.Int(description="The highest is applied first (0).")
    conditions = LoyaltyRuleConditionsInput(description="When it applies (always).")
    starts_at = DateTime(description="When it starts (now).")
    ends_at = DateTime(description="When it ends.")


def rule_terms(input: Any) -> dict[str, Any]:
    """The terms of a rule from an input. Raises NotFound and Invalid, at the field."""
    terms = given(input)
    for name, field in (("starts_at", "startsAt"), ("ends_at", "endsAt")):
        if name in terms:
            terms[name] = moment(terms[name], field)
    if "conditions" in terms:
        terms["conditions"] = conditions_given(given(terms["conditions"]))
    return terms


DEFAULTS = {"trigger": Trigger.ORDER.value, "stacking": Stacking.ADD.value, "priority": 0}


def drafted(context: Any, input: Any) -> tuple[host.Channel, EarningRuleVersion]:
    """The channel of an input, and the rule that it describes, stored nowhere. Raises NotFound and Invalid."""
    terms = {"conditions": Conditions(), **DEFAULTS, **rule_terms(input)}
    channel = reach.channel_with_slug(context, terms.pop("channel", None))
    return channel, rulebook.draft(channel, terms.pop("conditions"), timezone.now(), **terms)


class LoyaltyBonus(graphene.ObjectType):
    """A bonus that staff can give by hand."""

    rule_id = graphene.ID(required=True, description="The ID of its rule.")
    name = graphene.String(required=True, description="The name, which customers read.")
    points = Number(required=True, description="How many points it gives.")
    channel = graphene.String(description="Slug of its channel; null when there is none any more.")


class RuleQueries(graphene.ObjectType):
    loyalty_bonuses = graphene.List(
        graphene.NonNull(LoyaltyBonus),
        required=True,
        description="The running rules for bonuses by staff, of all channels within reach, the newest first. "
        "Requires the permission MANAGE_USERS.",
    )
    loyalty_rules = ConnectionField(
        LoyaltyRuleCountableConnection,
        channel=graphene.String(description=CHANNEL_ARGUMENT),
        state=LoyaltyRuleState(description="Only rules in this state."),
        trigger=LoyaltyRuleTrigger(description="Only rules that give points for this."),
        search=graphene.String(description="Only rules with this in their name."),
        description="The rules of a channel, the newest first. Requires the permission MANAGE_DISCOUNTS.",
    )

    @staticmethod
    def resolve_loyalty_bonuses(root: Any, info: Any) -> list[LoyaltyBonus]:
        with host.allow_writer():
            slugs = {channel.id: channel.slug for channel in host.channels()}
            return [
                LoyaltyBonus(
                    rule_id=global_id("LoyaltyRule", found.rule_id),
                    name=found.name,
                    points=found.value,
                    channel=slugs.get(found.rule.channel_id),
                )
                for found in reach.within(info.context, rulebook.given_by_staff(timezone.now()), "rule__channel_id")
            ]

    @staticmethod
    def resolve_loyalty_rules(
        root: Any,
        info: Any,
        channel: str | None = None,
        first: int | None = None,
        after: str | None = None,
        **asked: Any,
    ) -> Any:
        with host.allow_writer():
            found = reach.channel_by_slug(info.context, channel)
            wanted = [asked.get(name) for name in ("state", "trigger", "search")]
            rows = rulebook.listed(found.id, timezone.now(), *wanted) if found else EarningRuleVersion.objects.none()
            return page(
                LoyaltyRuleCountableConnection,
                lambda count, position: list((rows.filter(rule_id__lt=position[0]) if position else rows)[:count]),
                lambda version: (version.rule_id,),
                first,
                after,
            )
