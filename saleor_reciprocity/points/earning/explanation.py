"""Explanation: why an order and its lines have the points that they have, in words for the customer."""

from __future__ import annotations

from decimal import Decimal
from typing import Callable, Iterator

from django.utils.translation import gettext as _

from saleor_reciprocity.host.facts import Line, Order, OrderState

from .entitlement import Due, LineDue
from .rules import Effect
from .terms import NO_EMAIL, PROGRAMME_OFF, REPLACEMENT, TOO_LARGE, Applied, Terms

_VERDICTS = {
    PROGRAMME_OFF: lambda: _("The loyalty programme was off when this order was placed."),
    REPLACEMENT: lambda: _("This order replaces another, which has earned already."),
    NO_EMAIL: lambda: _("This order names nobody who could get anything."),
    TOO_LARGE: lambda: _("This order is too large to earn by itself. Please ask the shop."),
}


# So many points, as the shop calls them.
Called = Callable[[Decimal], str]


def of_verdict(verdict: str) -> list[str]:
    """Why an order earns nothing; nothing where it earns."""
    return [_VERDICTS[verdict]()] if verdict in _VERDICTS else []


def for_anybody() -> str:
    """What to say where the figures are those of somebody new, because nobody has proved to be the buyer."""
    return _("This is what the order brings somebody new. Sign in to see what it brought you.")


def of_order(order: Order, terms: Terms, due: Due, called: Called) -> Iterator[str]:
    """What concerns the order as a whole."""
    if order.state is OrderState.VOID:
        yield _("The order was cancelled, so it earns nothing.")
        return
    for bonus in due.bonuses:
        values = {"name": bonus.bonus.applied.name, "amount": called(Decimal(bonus.bonus.points))}
        if bonus.points:
            yield _("“%(name)s”: %(amount)s for this order.") % values
        else:
            yield _("“%(name)s”: the %(amount)s went with what was given back.") % values
    if order.refunded:
        yield _("%(amount)s was paid back, for shipping first and then for goods.") % {
            "amount": money(order.refunded, order.currency)
        }
    if due.pending and terms.return_days:
        yield _("They can be spent %(days)s days after the shipment.") % {"days": terms.return_days}
    elif due.pending:
        yield _("They can be spent when the goods have been shipped.")
    yield _("Fractions are dropped once, from the whole order.")


def of_line(order: Order, terms: Terms, line: Line, due: LineDue | None, called: Called) -> Iterator[str]:
    """What concerns one line: what counts of what was paid, at what rate, by which rules, and what came back."""
    agreed = terms.of(line.id)
    if line.is_gift_card:
        yield _("Gift cards earn nothing.")
        return
    if due is not None:
        yield _counts(order, terms, due)
    yield _("%(amount)s for each %(currency)s.") % {"amount": called(agreed.rate), "currency": order.currency}
    for rule in agreed.applied:
        yield of_rule(rule, called)
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


def of_rule(rule: Applied, called: Called) -> str:
    """What a rule did."""
    if rule.effect == Effect.BONUS_PER_PIECE.value:
        return _("“%(name)s”: %(amount)s for each piece.") % {"name": rule.name, "amount": called(rule.value)}
    return _("“%(name)s”: %(value)s times as much.") % {"name": rule.name, "value": number(rule.value)}


def number(value: Decimal) -> str:
    """A number without what says nothing."""
    return f"{value.normalize():f}"


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency."""
    return f"{number(amount)} {currency}"
