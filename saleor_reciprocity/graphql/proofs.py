"""GraphQL for honesty: what anyone needs to verify the draws, and what a shop of this size could see."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import graphene
from django.utils import timezone

from saleor_reciprocity import following, host
from saleor_reciprocity.experiments.evidence import PROGRAMME
from saleor_reciprocity.experiments.models import Question
from saleor_reciprocity.reports import sentences
from saleor_reciprocity.surprises import queries
from saleor_reciprocity.surprises.models import Campaign, Prize

from . import reach
from .connections import Connection, ConnectionField, page
from .scalars import CHANNEL_ARGUMENT, Number, enum


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


HoldoutQuestion = enum("HoldoutQuestion", Question, "What the report gives an answer to.")


class HoldoutPower(graphene.ObjectType):
    """The smallest effect that the evaluation of a question could see in this shop, in eight of ten cases."""

    question = HoldoutQuestion(required=True, description="The question.")
    customers = graphene.Int(required=True, description="Customers whom half a year takes in.")
    from_order = graphene.Int(required=True, description="From which order on customers take part.")
    repeat_rate = graphene.Float(required=True, description="How many of them ordered again within 90 days, 0 to 1.")
    share = Number(required=True, description="The share of customers who are held out, or who draw a blank.")
    level = graphene.Float(required=True, description="How many evaluations see an effect where there is none, 0 to 1.")
    smallest_difference = graphene.Float(
        description="The smallest rise of the repeat rate that would show; null when none would."
    )
    dilution = graphene.String(
        required=True, description="How little of a gift's effect the question can show, in words; empty where it can."
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
        question=HoldoutQuestion(description="The question; PROGRAMME when nothing is said."),
        description="The smallest effect that the shop could see. Requires MANAGE_DISCOUNTS.",
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
        root: Any, info: Any, channel: str | None = None, share: Decimal | None = None, question: str = PROGRAMME
    ) -> dict[str, Any] | None:
        now = timezone.now()
        with host.allow_writer():
            found = reach.channel_by_slug(info.context, channel)
            if found is None:
                return None
            wins = following.win_probability(found, now) if question == PROGRAMME else None
            said = sentences.dilution(float(wins)) if wins is not None else []
            seen = following.prospect(question, found, share, now)
            return {**vars(seen), "customers": seen.people, "dilution": " ".join(said)}
