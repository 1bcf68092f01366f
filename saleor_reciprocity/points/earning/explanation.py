"""Explanation: why an order and its lines have the points that they have, in words for the customer."""

from __future__ import annotations

from decimal import Decimal
from typing import Iterator

from django.utils.translation import gettext as _

from saleor_reciprocity.host.facts import Line, Order, OrderState

from .entitlement import Due, LineDue
from .rules import Effect
from .terms import NO_EMAIL, PROGRAMME_OFF, REPLACEMENT, TOO_LARGE, Applied, Terms

_VERDICTS = {
    PROGRAMME_OFF: lambda: _("The loyalty programme was off when this order was placed."),
    REPLACEMENT: lambda: _("This order replaces another, which has earned already."),
    NO_EMAIL: lambda: _("This order names nobody who could get points."),
    TOO_LARGE: lambda: _("This order is too large to earn points by itself. Please ask the shop."),
}


def of_verdict(verdict: str) -> list[str]:
    """Why an order earns nothing; nothing where it earns."""
    return [_VERDICTS[verdict]()] if verdict in _VERDICTS else []


def for_anybody() -> str:
    """What to say where the figures are those of somebody new, because nobody has proved to be the buyer."""
    return _("This is what the order brings somebody new. Sign in to see what it brought you.")


def of_order(order: Order, terms: Terms, due: Due) -> Iterator[str]:
    """What concerns the order as a whole."""
    if order.state is OrderState.VOID:
        yield _("The order was cancelled, so it earns nothing.")
        return
    for bonus in due.bonuses:
        values = {"name": bonus.bonus.applied.name, "points": bonus.bonus.points}
        if bonus.points:
            yield _("“%(name)s”: %(points)s points for this order.") % values
        else:
            yield _("“%(name)s”: the %(points)s points went with what was given back.") % values
    if order.refunded:
        yield _("%(amount)s was paid back, for shipping first and then for goods.") % {
            "amount": money(order.refunded, order.currency)
        }
    if due.pending and terms.return_days:
        yield _("Points can be spent %(days)s days after the shipment.") % {"days": terms.return_days}
    elif due.pending:
        yield _("Points can be spent when the goods have been shipped.")
    yield _("Fractions of a point are dropped once, from the whole order.")


def of_line(order: Order, terms: Terms, line: Line, due: LineDue | None) -> Iterator[str]:
    """What concerns one line: what counts of what was paid, at what rate, by which rules, and what came back."""
    agreed = terms.of(line.id)
    if line.is_gift_card:
        yield _("Gift cards earn no points.")
        return
    if due is not None:
        yield _counts(order, terms, due)
    yield _("%(points)s points for each %(currency)s.") % {
        "points": number(agreed.rate),
        "currency": order.currency,
    }
    for rule in agreed.applied:
        yield of_rule(rule)
    if line.given_back:
        yield _("%(given_back)s of %(quantity)s pieces were given back.") % {
            "given_back": line.given_back,
            "quantity": line.quantity,
        }


def _counts(order: Order, terms: Terms, due: LineDue) -> str:
    amounts = {"amount": money(due.amount, order.currency)}
    if terms.net:
        return _("%(amount)s counts, after all discounts and without tax.") % amounts
    return _("%(amount)s counts, after all discounts.") % amounts


def of_rule(rule: Applied) -> str:
    """What a rule did."""
    values = {"name": rule.name, "value": number(rule.value)}
    if rule.effect == Effect.BONUS_PER_PIECE.value:
        return _("“%(name)s”: %(value)s points for each piece.") % values
    return _("“%(name)s”: %(value)s times the points.") % values


def number(value: Decimal) -> str:
    """A number without what says nothing."""
    return f"{value.normalize():f}"


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency."""
    return f"{number(amount)} {currency}"
