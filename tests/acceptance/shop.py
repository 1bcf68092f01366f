"""What tests that buy like a customer share."""

from __future__ import annotations

from demo.storefront import Customer, Variant

PROGRAMME = {"points_per_unit": 1, "reward_points": 50, "reward_value": 5, "reward_kind": "voucher"}


def cup(visitor: Customer) -> Variant:
    (only,) = visitor.variants()
    return only


def points(customer: Customer) -> tuple[int, int, int]:
    account = customer.loyalty()
    return account["available"], account["pending"], account["debt"]
