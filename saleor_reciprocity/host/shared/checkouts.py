"""Checkouts: the row of one, and how a code is put on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import graphene
from django.core.exceptions import ValidationError
from saleor.checkout.models import Checkout as CheckoutRow


def checkout_rows(token: str) -> Any:
    """The row of the checkout with this token, as a query."""
    try:
        return CheckoutRow.objects.filter(pk=UUID(token))
    except ValueError:
        return CheckoutRow.objects.none()


def gift_card_codes(row: Any) -> frozenset[str]:
    """The codes of the gift cards that are on the checkout of a row now."""
    return frozenset(row.gift_cards.values_list("code", flat=True))


def put_on_checkout(info: Any, token: str, code: str) -> bool:
    """Put a code on a checkout, as the host's own mutation does. Returns whether the host accepted it."""
    from saleor.graphql.checkout.mutations import CheckoutAddPromoCode

    checkout_id = graphene.Node.to_global_id("Checkout", token)
    try:
        CheckoutAddPromoCode.perform_mutation(None, info, checkout_id=checkout_id, promo_code=code)
    except ValidationError:
        return False
    return True
