"""Errors that reach a person: one class a case, a stable code, and a default message that says what to do.

The docstring of a class is its default message, and as such it is translated.
"""

from __future__ import annotations

from contextlib import contextmanager
from logging import Logger
from types import TracebackType
from typing import Any, ClassVar, Iterator

from django.utils.translation import gettext

from .readers import WHOLE_NUMBER


class ReciprocityError(Exception):
    """Something went wrong with the loyalty programme."""

    code: ClassVar[str] = "INVALID"
    field: str | None = None

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        default = " ".join((self.__doc__ or "").split())
        super().__init__(message or gettext(default))
        self.field = field or self.field

    @property
    def message(self) -> str:
        return str(self)


class Invalid(ReciprocityError):
    """The value is not valid."""


def not_between(low: int, high: int, field: str) -> Invalid:
    """What is said of a number that is no whole one from `low` to `high`."""
    return Invalid(str(WHOLE_NUMBER) % {"low": low, "high": high}, field=field)


def no_points(field: str) -> Invalid:
    """What is said of points of which there has to be at least one."""
    return Invalid(gettext("Enter a whole number of points above 0."), field=field)


@contextmanager
def about(field: str) -> Iterator[None]:
    """Whatever is refused in here is said of this field of the client's."""
    try:
        yield
    except ReciprocityError as error:
        raise type(error)(error.message, field=field) from None


class NotFound(ReciprocityError):
    """Nothing was found under this id."""

    code = "NOT_FOUND"


class SignInRequired(ReciprocityError):
    """Sign in first."""

    code = "SIGN_IN_REQUIRED"


class ProgrammeOff(ReciprocityError):
    """The loyalty programme is switched off in this channel."""

    code = "PROGRAMME_OFF"


class ProgrammeOn(ReciprocityError):
    """The programme is on in this channel and set otherwise. See what would change, and confirm it."""

    code = "PROGRAMME_ON"
    field = "replace"


class InsufficientPoints(ReciprocityError):
    """There is not enough on the account for this."""

    code = "INSUFFICIENT_POINTS"


class RewardUnavailable(ReciprocityError):
    """This reward can't be redeemed now."""

    code = "REWARD_UNAVAILABLE"
    field = "rewardId"


class OutOfStock(ReciprocityError):
    """This reward is gone. Choose another one."""

    code = "OUT_OF_STOCK"
    field = "rewardId"


class LimitReached(ReciprocityError):
    """You have had this reward as often as one customer can for now."""

    code = "LIMIT_REACHED"
    field = "rewardId"


class TierTooLow(ReciprocityError):
    """This reward is for customers of a higher tier."""

    code = "TIER_TOO_LOW"
    field = "rewardId"


class CheckoutRequired(ReciprocityError):
    """This reward depends on the basket. Name the checkout that it is for."""

    code = "CHECKOUT_REQUIRED"
    field = "checkoutId"


class RewardNotApplicable(ReciprocityError):
    """This reward can't be used on this checkout. Choose another one."""

    code = "REWARD_NOT_APPLICABLE"
    field = "checkoutId"


class VoucherOnCheckout(ReciprocityError):
    """There is a voucher on this checkout already. Take it off first."""

    code = "VOUCHER_ON_CHECKOUT"
    field = "checkoutId"


class CodeOnCheckout(ReciprocityError):
    """This code is on a checkout or on a draft of an order. Take it off there first."""

    code = "CODE_ON_CHECKOUT"
    field = "id"


class CodeAlreadyUsed(ReciprocityError):
    """This code was used already, so it can't be given back."""

    code = "CODE_ALREADY_USED"


class DoneByPeople(ReciprocityError):
    """The shop does this for you. Ask the shop to cancel it."""

    code = "DONE_BY_PEOPLE"
    field = "id"


class AlreadyClosed(ReciprocityError):
    """Somebody has done or cancelled this already."""

    code = "ALREADY_CLOSED"
    field = "id"


class DuplicateCode(ReciprocityError):
    """Each code can be given out once only, and this one was uploaded before."""

    code = "DUPLICATE_CODE"
    field = "codes"


class KeyAlreadyUsed(ReciprocityError):
    """This idempotency key was used for another reward. Use a new key for a new redemption."""

    code = "KEY_ALREADY_USED"
    field = "idempotencyKey"


class NobodyAsked(ReciprocityError):
    """Nobody is asked in this channel. Switch the programme on and choose a question in its settings first."""

    code = "NOBODY_ASKED"


class HeldOut(ReciprocityError):
    """This customer is one of those who are never asked, so that the effect of asking can be measured."""

    code = "HELD_OUT"
    field = "orderId"


class AlreadyAnswered(ReciprocityError):
    """There is an answer about this order already."""

    code = "ALREADY_ANSWERED"
    field = "orderId"


class Busy(ReciprocityError):
    """The account is busy. Send the same request again."""

    code = "BUSY"


class TooMuchWork(ReciprocityError):
    """This request asks for too much at once. Ask for less, or in several requests."""

    code = "TOO_MUCH_WORK"


class TooManyPreferences(ReciprocityError):
    """You can keep at most 500 preferences. Clear some that you no longer need first."""

    code = "TOO_MANY_PREFERENCES"


class Failure(Exception):
    """What is logged in place of an exception: its kind. The exception's own text may hold values of a customer."""


def kind_of(error: BaseException) -> str:
    """The class of an exception and, where the database refused a row, the constraint's name; never a value."""
    diagnosis = getattr(error.__cause__, "diag", None)  # of the database's own error behind Django's
    constraint = getattr(diagnosis, "constraint_name", None)
    return f"{type(error).__name__} ({constraint})" if constraint else type(error).__name__


def told(error: BaseException) -> tuple[type[Failure], Failure, TracebackType | None]:
    """An exception as the log may show it (`exc_info`): where it happened, its kind, and no value."""
    return Failure, Failure(kind_of(error)), error.__traceback__


@contextmanager
def keep_going(logger: Logger, message: str, *values: Any) -> Iterator[None]:
    """One part of a run: whatever goes wrong in it is logged, and the run goes on."""
    try:
        yield
    except Exception as error:
        logger.error(message, *values, exc_info=told(error))
