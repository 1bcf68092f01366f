"""GraphQL for staff to make, change, end and try rules of earning, and to give a bonus."""

from __future__ import annotations

from typing import Any

import graphene
from django.utils import timezone
from django.utils.translation import gettext as _

from saleor_reciprocity import errors
from saleor_reciprocity.points import bonuses
from saleor_reciprocity.points.earning import rulebook, simulation
from saleor_reciprocity.points.earning.rules import Trigger

from . import permissions, reach
from .conditions import LoyaltyRuleConditionsInput
from .entries import LoyaltyEntry
from .mutations import LoyaltyMutation
from .naming import person_named
from .rules import (
    LoyaltyRule,
    LoyaltyRuleEffect,
    LoyaltyRuleInput,
    LoyaltyRuleSimulation,
    LoyaltyRuleStacking,
    drafted,
    rule_terms,
)
from .scalars import DateTime, Number

LONGEST_KEY = 128


class LoyaltyRuleCreate(LoyaltyMutation):
    """Make a rule, for orders placed from now on or from its start on. Requires the permission MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    rule = graphene.Field(LoyaltyRule, description="The new rule.")

    class Arguments:
        input = LoyaltyRuleInput(required=True, description="The rule to make.")

    @classmethod
    def perform(cls, info: Any, input: Any) -> dict[str, Any]:
        channel, version = drafted(info.context, input)
        return {"rule": rulebook.create(channel, version, permissions.actor(info.context))}


class LoyaltyRuleUpdateInput(graphene.InputObjectType):
    name = graphene.String(description="The name, which customers read.")
    effect = LoyaltyRuleEffect(description="What it does.")
    value = Number(description="The factor of a multiplier, or the points of a bonus.")
    stacking = LoyaltyRuleStacking(description="How it combines with rules of a higher priority.")
    priority = graphene.Int(description="The highest is applied first.")
    conditions = LoyaltyRuleConditionsInput(description="When it applies; replaces all conditions together.")
    starts_at = DateTime(description="When it starts.")
    ends_at = DateTime(description="When it ends.")


class LoyaltyRuleUpdate(LoyaltyMutation):
    """Make a new version of a rule, for orders placed from now on. Requires the permission MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    rule = graphene.Field(LoyaltyRule, description="The new version.")

    class Arguments:
        id = graphene.ID(required=True, description="The rule to change.")
        input = LoyaltyRuleUpdateInput(required=True, description="What to change.")

    @classmethod
    def perform(cls, info: Any, id: str, input: Any) -> dict[str, Any]:
        rule_id, actor = reach.row_within(info.context, "LoyaltyRule", id, "id"), permissions.actor(info.context)
        return {"rule": rulebook.update(rule_id, actor, rule_terms(input), timezone.now())}


class LoyaltyRuleEnd(LoyaltyMutation):
    """End a rule now; orders placed before keep it. Requires the permission MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    rule = graphene.Field(LoyaltyRule, description="The ended rule.")

    class Arguments:
        id = graphene.ID(required=True, description="The rule to end.")

    @classmethod
    def perform(cls, info: Any, id: str) -> dict[str, Any]:
        rule_id = reach.row_within(info.context, "LoyaltyRule", id, "id")
        return {"rule": rulebook.end(rule_id, permissions.actor(info.context), timezone.now())}


class LoyaltyRuleSimulate(LoyaltyMutation):
    """Say what a rule would have cost over the last days. Changes nothing. Requires MANAGE_DISCOUNTS."""

    permission = permissions.MANAGE_DISCOUNTS

    simulation = graphene.Field(LoyaltyRuleSimulation, description="What it would have cost.")

    class Arguments:
        input = LoyaltyRuleInput(required=True, description="The rule to try.")
        days = graphene.Int(description="How many days to look back, 1 to 3650 (90).")

    @classmethod
    def perform(cls, info: Any, input: Any, days: int = 90) -> dict[str, Any]:
        channel, version = drafted(info.context, input)
        if not 1 <= days <= simulation.MOST_DAYS:
            raise errors.not_between(1, simulation.MOST_DAYS, "days")
        if version.trigger != Trigger.ORDER.value:
            raise errors.Invalid(_("Only rules for orders can be tried on the past."), field="trigger")
        return {"simulation": simulation.simulate(channel, version.pure, days, timezone.now())}


class LoyaltyBonusGiveInput(graphene.InputObjectType):
    rule_id = graphene.ID(required=True, description="A running rule for bonuses by staff.")
    user_id = graphene.ID(description="The customer.")
    email = graphene.String(description="The e-mail address of a guest, instead of the customer.")
    reason = graphene.String(required=True, description="Why. The customer reads it.")
    idempotency_key = graphene.String(required=True, description="Any text; sent again, nothing more is given.")


class LoyaltyBonusGive(LoyaltyMutation):
    """Give a customer or guest the bonus of a rule for staff. Requires the permission MANAGE_USERS."""

    permission = permissions.MANAGE_USERS

    entry = graphene.Field(LoyaltyEntry, description="The points that were given.")

    class Arguments:
        input = LoyaltyBonusGiveInput(required=True, description="Which bonus, to whom and why.")

    @classmethod
    def perform(cls, info: Any, input: Any) -> dict[str, Any]:
        reason, key = input["reason"].strip(), input["idempotency_key"].strip()
        if not 0 < len(reason) <= 255:
            raise errors.Invalid(_("Say why, in at most %(most)s characters.") % {"most": 255}, field="reason")
        if not 0 < len(key) <= LONGEST_KEY:
            message = _("Enter a key of 1 to %(most)s characters.") % {"most": LONGEST_KEY}
            raise errors.Invalid(message, field="idempotencyKey")
        person = person_named(input.get("user_id"), input.get("email"))
        rule_id = reach.row_within(info.context, "LoyaltyRule", input["rule_id"], "ruleId")
        actor = permissions.actor(info.context)
        return {"entry": bonuses.give_by_staff(person, rule_id, key, reason, actor, timezone.now())}


class RuleMutations(graphene.ObjectType):
    loyalty_rule_create = LoyaltyRuleCreate.Field()
    loyalty_rule_update = LoyaltyRuleUpdate.Field()
    loyalty_rule_end = LoyaltyRuleEnd.Field()
    loyalty_rule_simulate = LoyaltyRuleSimulate.Field()
    loyalty_bonus_give = LoyaltyBonusGive.Field()
