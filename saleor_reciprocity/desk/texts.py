"""Texts: the words of the desk for the values of the API's enums."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "PENDING": _("Pending"),
    "EARNED": _("Earned"),
    "BONUS": _("Bonus"),
    "CLAWBACK": _("Taken back"),
    "REDEMPTION": _("Redeemed"),
    "SURPRISE": _("Surprise"),
    "REVERSAL": _("Returned"),
    "EXPIRED": _("Expired"),
    "ADJUSTMENT": _("Adjusted by the shop"),
    "MERGE": _("Accounts merged"),
    "UNUSED": _("Not used yet"),
    "USED": _("Used"),
    "CANCELLED": _("Cancelled"),
    "ISSUED": _("Not used yet"),
    "WITHDRAWN": _("Withdrawn"),
    "VOUCHER": _("Voucher"),
    "GIFT_CARD": _("Gift card"),
    "PERCENTAGE": _("Percentage"),
    "FREE_SHIPPING": _("Free shipping"),
    "FREE_PRODUCT": _("Free product"),
    "POINTS": _("Points"),
    "WAITING": _("Waiting"),
    "SENDING": _("Being sent"),
    "HANDED_OVER": _("Handed over"),
    "SENT": _("Sent"),
    "DROPPED": _("Not sent"),
    "FAILED": _("Failed"),
    "UNKNOWN": _("Not known whether sent"),
    "ALERT": _("Unhappy answer, to the shop"),
    "WON": _("Won"),
    "NO": _("Not won"),
    "NO_BUDGET": _("Budget used up"),
    "OUT_OF_STOCK": _("Out of stock"),
    "WORTHLESS": _("Too small an order"),
    "HELD_OUT": _("Held out"),
    "REPLACEMENT": _("Replacement"),
    "ORDER_NUMBER": _("Too early an order"),
    "ORDER_TOTAL": _("Below the minimum"),
    "GROUP": _("Not in the group"),
    "TIER": _("Not in the tier"),
    "COOLING_OFF": _("Too soon after another"),
    "ADDRESS": _("Same address as another"),
    "TOO_MANY_ORDERS": _("Too many orders"),
    "SURVEY": _("Question after an order"),
    "STATEMENT": _("Monthly statement"),
    "REPLY": _("Reply to an answer"),
    "EXPIRY": _("Points that end soon"),
    "MANAGE_USERS": _("Manage customers"),
    "MANAGE_ORDERS": _("Manage orders"),
    "MANAGE_CHECKOUTS": _("Manage checkouts"),
    "MANAGE_DISCOUNTS": _("Manage sales and vouchers"),
    "MANAGE_PLUGINS": _("Manage plugins"),
}


def word(value: str) -> str:
    """A value of an enum in the active language; the value itself where there is no word for it."""
    return str(WORDS.get(value, value))
