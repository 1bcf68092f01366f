"""Who may see what: customers their own, staff and apps by the host's permissions."""

from __future__ import annotations

from functools import wraps
from typing import Any, Callable

from saleor_reciprocity import host
from saleor_reciprocity.rights import MANAGE_CHECKOUTS as MANAGE_CHECKOUTS
from saleor_reciprocity.rights import MANAGE_DISCOUNTS as MANAGE_DISCOUNTS
from saleor_reciprocity.rights import MANAGE_ORDERS as MANAGE_ORDERS
from saleor_reciprocity.rights import MANAGE_PLUGINS as MANAGE_PLUGINS
from saleor_reciprocity.rights import MANAGE_USERS as MANAGE_USERS

from . import reach

# The queries that one permission opens: refused without it, on every host, and told by this table on the desk.
OPENS = {
    MANAGE_USERS: ("loyalty_account", "loyalty_bonuses", "loyalty_events"),
    MANAGE_ORDERS: (
        "communication_messages",
        "communication_preview",
        "communication_sending",
        "survey_answers",
        "survey_answers_csv",
        "survey_invitations",
        "survey_open_answers",
        "survey_open_links",
        "survey_scores",
    ),
    MANAGE_DISCOUNTS: (
        "loyalty_holdout_power",
        "loyalty_named",
        "loyalty_report",
        "loyalty_rules",
        "loyalty_services",
        "loyalty_tiers_before",
        "surprise_campaigns",
    ),
    MANAGE_CHECKOUTS: (),
    MANAGE_PLUGINS: ("loyalty_examples", "loyalty_health", "loyalty_programmes", "loyalty_settings"),
}

# What else a permission opens: fields that show others than their owner less, or nothing, without it.
WITHIN = {
    MANAGE_USERS: (
        "User.loyalty",
        "LoyaltyAccount.notes",
        "LoyaltyRedemption.customerEmail",
        "LoyaltyRedemption.customerId",
    ),
    MANAGE_ORDERS: (
        "Order.loyalty",
        "Order.surprise",
        "Order.surveyAnswer",
        "LoyaltyAccount.openOrders",
        "LoyaltyAccount.personalData",
        "LoyaltyAccount.surveyAnswers",
        "LoyaltyEvent.data",
    ),
    MANAGE_DISCOUNTS: (
        "LoyaltyRedemption.closeReason",
        "LoyaltyRedemption.closedBy",
        "LoyaltyRedemption.code",
        "LoyaltyReward.codesLeft",
        "LoyaltyReward.product",
        "LoyaltyReward.stock",
        "LoyaltyReward.use",
        "LoyaltyTier.members",
        "Mutation.pointsRedemptionCancel",
    ),
    MANAGE_CHECKOUTS: ("Checkout.loyalty",),
    MANAGE_PLUGINS: (),
}


def guarded(name: str, resolve: Callable[..., Any]) -> Callable[..., Any]:
    """The resolver of a query, which asks for the permission that opens it, if one does."""
    needed = next((permission for permission, opened in OPENS.items() if name in opened), None)
    if needed is None:
        return resolve

    @wraps(resolve)
    def require_and_resolve(root: Any, info: Any, **arguments: Any) -> Any:
        require(info.context, needed)
        return resolve(root, info, **arguments)

    return require_and_resolve


def require(context: Any, permission: str) -> None:
    """Refuse a request whose user or app lacks a permission."""
    if not host.has_permission(context, permission):
        raise host.PermissionDenied


def holds(context: Any, permission: str, channel_id: str) -> bool:
    """Whether a request holds a permission for what is of a channel."""
    return host.has_permission(context, permission) and reach.covers(context, channel_id)


def actor(context: Any) -> str:
    """Who sends a request, for the books."""
    user = host.current_user(context)
    return f"user:{user.pk}" if user else f"app:{context.app.pk}"


def is_user(context: Any, user_id: int | None) -> bool:
    """Whether the signed-in user is this one."""
    user = host.current_user(context)
    return user is not None and user.pk == user_id


def sees_order(context: Any, user_id: int | None, channel_id: str) -> bool:
    """Whether a request that reached an order may see its points.

    An order of a guest belongs to whoever holds its secret id: the host gives it out by nothing else.
    """
    return user_id is None or knows_buyer(context, user_id, channel_id)


def knows_buyer(context: Any, user_id: int | None, channel_id: str) -> bool:
    """Whether a request that reached an order may learn about its buyer, too: the buyer, and staff for orders."""
    return is_user(context, user_id) or holds(context, MANAGE_ORDERS, channel_id)


def sees_balance(context: Any, user_id: int | None) -> bool:
    """Whether a request may see the balance of the account of this user: the customer, and staff for customers."""
    return is_user(context, user_id) or host.has_permission(context, MANAGE_USERS)


def sees_checkout(context: Any, user_id: int | None, channel_id: str) -> bool:
    """Whether a request that reached a checkout may see its points; a guest's belongs to whoever holds its id."""
    return user_id is None or is_user(context, user_id) or holds(context, MANAGE_CHECKOUTS, channel_id)


def require_staff(context: Any) -> None:
    """Refuse a request that does not come from the shop."""
    if not is_staff(context):
        raise host.PermissionDenied


def is_staff(context: Any) -> bool:
    """Whether a request comes from the shop: a member of staff or an app."""
    user = host.current_user(context)
    return bool(getattr(context, "app", None) or (user is not None and user.is_staff))
