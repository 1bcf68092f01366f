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
    "OPEN": _("Open"),
    "DONE": _("Done"),
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
    "SERVICE": _("Service"),
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
    "trigger.ORDER": _("An order"),
    "trigger.SIGN_UP": _("Signing up"),
    "trigger.SURVEY": _("An answer to a survey"),
    "trigger.BIRTHDAY": _("A birthday"),
    "trigger.STAFF": _("Staff give it by hand"),
    "MULTIPLIER": _("Multiplies the points"),
    "effect.BONUS": _("Adds points once"),
    "BONUS_PER_PIECE": _("Adds points for each piece"),
    "ADD": _("Adds up with other rules"),
    "MULTIPLY": _("Multiplies what other rules gave"),
    "EXCLUSIVE": _("Alone: no other rule beside it"),
    "RUNNING": _("Running"),
    "SCHEDULED": _("Not started yet"),
    "ENDED": _("Ended"),
    "AT_ONCE": _("Falls at once"),
    "AFTER_GRACE": _("Is kept for some days"),
    "NEVER": _("Is kept for ever"),
    "MONDAY": _("Monday"),
    "TUESDAY": _("Tuesday"),
    "WEDNESDAY": _("Wednesday"),
    "THURSDAY": _("Thursday"),
    "FRIDAY": _("Friday"),
    "SATURDAY": _("Saturday"),
    "SUNDAY": _("Sunday"),
    "way.PHONE": _("On the telephone"),
    "way.IN_PERSON": _("Face to face"),
    "way.WRITTEN": _("In a letter, a mail or a chat"),
    "right.MANAGE_USERS": _(
        "Look customers up, give and take points, merge and erase accounts; "
        "with “Manage orders” export all that is held."
    ),
    "right.MANAGE_ORDERS": _(
        "Read the points of orders, read, write down and answer what customers say, see, stop and try what is sent."
    ),
    "right.MANAGE_DISCOUNTS": _(
        "Set rewards, rules, tiers and gifts, see codes and cancel them, do what customers redeemed, read the report."
    ),
    "right.MANAGE_PLUGINS": _("Change the settings, see whether the plugin works, and what to do where it does not."),
    "right.MANAGE_CHECKOUTS": _("See what the checkout of a customer would bring."),
    "MANAGE_USERS": _("Manage customers"),
    "MANAGE_ORDERS": _("Manage orders"),
    "MANAGE_CHECKOUTS": _("Manage checkouts"),
    "MANAGE_DISCOUNTS": _("Manage sales and vouchers"),
    "MANAGE_PLUGINS": _("Manage plugins"),
}

# What a finding about health is about, by its name.
HEALTH = {
    "books": _("The books"),
    "codes": _("Codes"),
    "schedule": _("The schedule"),
    "sweep": _("The sweep"),
    "orders": _("Orders"),
    "messages": _("Messages"),
    "hooks": _("What Saleor tells us"),
    "programme": _("The programme"),
    "address": _("The shop’s address"),
    "mail": _("Mail"),
    "dashboard": _("The Dashboard"),
    "disk": _("The database"),
}


def word(value: str, of: str = "") -> str:
    """A value of an enum in the active language, `of` which where two have it; the value where there is no word."""
    return str(WORDS.get(f"{of}.{value}") or WORDS.get(value, value))
