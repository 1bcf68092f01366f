"""Questions that are spelled differently on the two hosts."""

from __future__ import annotations

from typing import Any

import graphene

from .. import hosts


def order_query(order: Any, field: str = "loyalty { earned }") -> str:
    if hosts.MULTI_CHANNEL:
        return f'{{ order(id: "{graphene.Node.to_global_id("Order", order.pk)}") {{ {field} }} }}'
    return f'{{ orderByToken(token: "{order.token}") {{ {field} }} }}'


def standard_reward() -> int:
    from saleor_reciprocity.rewards.models import Reward

    return int(Reward.objects.get(is_standard=True).pk)


def of_checkout(checkout: Any, fields: str) -> str:
    if hosts.MULTI_CHANNEL:
        return f'{{ checkout(id: "{graphene.Node.to_global_id("Checkout", checkout.pk)}") {fields} }}'
    return f'{{ checkout(token: "{checkout.token}") {fields} }}'


REDEEM = """mutation($input: PointsRedeemInput!) { pointsRedeem(input: $input) {
  redemption { id code kind name points value { amount currency } }
  errors { field code message } } }"""
