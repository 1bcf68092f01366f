"""GraphQL for honesty: what anyone needs to verify the draws, and what a shop of this size could see."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import graphene
from django.utils import timezone

from saleor_reciprocity import host
from saleor_reciprocity.experiments import holdout
from saleor_reciprocity.surprises import campaigns, queries
from saleor_reciprocity.surprises.models import Campaign, Prize

from . import permissions
from .connections import Connection, ConnectionField, page
from .scalars import CHANNEL_ARGUMENT, Number


class SurpriseProofPrize(graphene.ObjectType):
    """What the verification of a draw needs of a prize."""

    number = graphene.Int(required=True, source="pk", description="The number by which the prizes are ordered.")
    weight = graphene.Int(required=True, description="How often it comes, compared to the other prizes.")


class SurpriseProof(graphene.ObjectType):
    """What anyone needs to verify a campaign's draws: the secret's hash from its start on, the secret at its end."""

    starts_at = host.date_time_type()(required=True, description="When the campaign started.")
    ends_at = host.date_time_type()(description="When it ends or ended.")
    probability = Number(required=True, description="How often an order wins.")
    prizes = graphene.List(graphene.NonNull(SurpriseProofPrize), required=True, description="The prizes.")
    secret_hash = graphene.String(required=True, description="SHA-256 of the secret.")
    secret = graphene.String(description="The secret, once the campaign has ended.")

    @staticmethod
    def resolve_prizes(root: Campaign, info: Any) -> list[Prize]:
        return sorted(root.prizes.all(), key=lambda prize: prize.pk)

    @staticmethod
    def resolve_secret(root: Campaign, info: Any) -> str | None:
        return root.revealed_secret(timezone.now())


class SurpriseProofCountableConnection(Connection):
    class Meta:
        node = SurpriseProof


class HoldoutPower(graphene.ObjectType):
    """The smallest effect that a shop of this size could see, at 80 % power and 5 % false alarms."""

    customers = graphene.Int(required=True, source="people", description="Customers in a window of 90 days.")
    repeat_rate = graphene.Float(required=True, description="How many of them ordered again within 90 days, 0 to 1.")
    share = Number(required=True, description="The share of customers who are held out.")
    smallest_difference = graphene.Float(
        description="The smallest rise of the repeat rate that would show; null when none would."
    )


class ProofQueries(graphene.ObjectType):
    surprise_proofs = ConnectionField(
        SurpriseProofCountableConnection,
        channel=graphene.String(description=CHANNEL_ARGUMENT),
        description="What anyone needs to verify the draws of a channel's campaigns, newest first.",
    )
    loyalty_holdout_power = graphene.Field(
        HoldoutPower,
        channel=graphene.String(description=CHANNEL_ARGUMENT),
        share=Number(description="A share to try; the one that is set when nothing is said."),
        description="The smallest effect of surprises that the shop could see. Requires MANAGE_DISCOUNTS.",
    )

    @staticmethod
    def resolve_surprise_proofs(
        root: Any, info: Any, channel: str | None = None, first: int | None = None, after: str | None = None
    ) -> Any:
        now = timezone.now()
        with host.allow_writer():
            found = host.channel_by_slug(channel)
            return page(
                SurpriseProofCountableConnection,
                lambda count, position: queries.started(found.id, count, now, *(position or ())) if found else [],
                lambda campaign: (campaign.pk,),
                first,
                after,
            )

    @staticmethod
    def resolve_loyalty_holdout_power(
        root: Any, info: Any, channel: str | None = None, share: Decimal | None = None
    ) -> holdout.Power | None:
        permissions.require(info.context, permissions.MANAGE_DISCOUNTS)
        with host.allow_writer():
            found = host.channel_by_slug(channel)
            if found is None:
                return None
            now = timezone.now()
            return holdout.power_of(found.id, _share(found, share, now), now)


def _share(channel: host.Channel, share: Decimal | None, now: datetime) -> Decimal:
    if share is None:
        return campaigns.holdout_share(channel.id, now, now)
    return max(min(share, Decimal(1)), Decimal(0))
