"""Redemption: exchanges points for a code, debit and code in one transaction, once for each of the client's keys."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Callable, Iterator

from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from saleor_reciprocity import errors, host, programme, settings
from saleor_reciprocity.points import ledger, orders
from saleor_reciprocity.points.models import Account, Kind

from . import catalogue, issuing, letters, limits, pricing
from .codes import FORGOTTEN
from .models import Redemption, RedemptionState, Reward, RewardKind

LONGEST_KEY = 128


@dataclass(frozen=True)
class Wish:
    """What a customer asks for: a reward, once for each key; for a slider so many points; for one checkout, if any."""

    reward_id: int
    key: str
    points: int | None = None
    checkout: host.Checkout | None = None


def redeem(
    person: host.Person,
    reward_id: int,
    key: str,
    points: int | None = None,
    checkout: host.Checkout | None = None,
    *,
    now: datetime,
) -> Redemption:
    """Exchange a person's points for a reward. The same key gives the same redemption, for ever.

    Of a slider one takes so many `points`. For a `checkout` the code is worth no more than is left to pay there.

    Raises Invalid (the key or the points), SignInRequired, NotFound, ProgrammeOff, RewardUnavailable, TierTooLow,
    LimitReached, OutOfStock, CheckoutRequired, RewardNotApplicable, VoucherOnCheckout, InsufficientPoints,
    KeyAlreadyUsed, or Busy when the account stays locked by another request. Nothing is written then.
    """
    wish = Wish(reward_id, key.strip(), points, checkout)
    if not 0 < len(wish.key) <= LONGEST_KEY or "\0" in wish.key:
        raise errors.Invalid(
            _("Enter a key of 1 to %(most)s characters.") % {"most": LONGEST_KEY}, field="idempotencyKey"
        )
    if person.user_id is None:
        raise errors.SignInRequired
    with _locking():
        account = orders.mature(ledger.lock_account_of(person, now), now)
        earlier = Redemption.objects.filter(account=account, key=wish.key).first()
        return _same(earlier, reward_id) if earlier else _exchange(account, person, wish, now)


def redeem_on_checkout(
    person: host.Person,
    reward_id: int,
    key: str,
    points: int | None,
    checkout_id: str,
    put: Callable[[str], bool],
    now: datetime,
) -> tuple[Redemption, bool]:
    """Redeem for one of the person's own checkouts and `put` the code on it. Returns whether it is there.

    A new code that the host does not accept there is taken back at once. Sent again after a crash, the same key puts
    the same code on the checkout. Raises what `redeem` raises, and NotFound for whatever is not the person's checkout.
    """
    earlier = Redemption.objects.filter(account__user_id=person.user_id, key=key.strip()).first()
    if earlier is not None:
        _same(earlier, reward_id)
        return earlier, _is_own(host.checkout(checkout_id), person) and _put(earlier, put)
    checkout = host.checkout(checkout_id)
    if checkout is None or not _is_own(checkout, person):
        raise errors.NotFound(field="checkoutId")
    made = redeem(person, reward_id, key, points, checkout, now=now)
    if _put(made, put):
        return made, True
    cancel(made.pk, f"user:{person.user_id}", now=now)
    raise errors.RewardNotApplicable


def _is_own(checkout: host.Checkout | None, person: host.Person) -> bool:
    return checkout is not None and person.user_id is not None and checkout.user_id == person.user_id


def _put(redemption: Redemption, put: Callable[[str], bool]) -> bool:
    return redemption.state == RedemptionState.UNUSED and put(redemption.code)


def cancel(redemption_id: int, actor: str, user_id: int | None = None, *, now: datetime) -> Redemption:
    """Withdraw an unused code and return its points to the lots they came from. A second call changes nothing.

    With `user_id` only that user's redemption is found. Raises NotFound, CodeAlreadyUsed (also for an expired code),
    CodeOnCheckout (a gift card that a checkout counts on), or Busy.
    """
    with _locking():
        redemption = _locked(redemption_id, now, user_id)
        if redemption.state in (RedemptionState.UNUSED, RedemptionState.USED):
            if not issuing.withdraw(redemption.kind, redemption.code):
                raise errors.CodeAlreadyUsed(field="id")
            if host.gift_card_on_checkout(redemption.code):
                raise errors.CodeOnCheckout
            redemption.cancelled_at = now
            _close(redemption, RedemptionState.CANCELLED, "cancelled", actor, now)
        elif redemption.state == RedemptionState.EXPIRED:
            raise errors.CodeAlreadyUsed(_("This code has expired."), field="id")
        return redemption


def expire(redemption_id: int, now: datetime) -> None:
    """Close a redemption whose code was not used in time; its points return if the reward says so. Raises Busy.

    A gift card that a checkout counts on is left for the next look.
    """
    with _locking():
        redemption = _locked(redemption_id, now)
        if redemption.state != RedemptionState.UNUSED:
            return
        if not issuing.withdraw(redemption.kind, redemption.code):
            _note_use(redemption, host.order_with_code(redemption.code) or "", now)
        elif host.gift_card_on_checkout(redemption.code):
            transaction.set_rollback(True)
        else:
            _close(redemption, RedemptionState.EXPIRED, "expired", "", now)


def note_use(redemption_id: int, now: datetime) -> None:
    """Note that an order was placed with the code of a redemption. Raises Busy.

    Without an order, the code is at a payment that may still fail; then the host releases it.
    """
    with _locking():
        redemption = _locked(redemption_id, now)
        order_id = host.order_with_code(redemption.code)
        if redemption.state == RedemptionState.UNUSED and order_id:
            _note_use(redemption, order_id, now)


def _note_use(redemption: Redemption, order_id: str, now: datetime) -> None:
    redemption.state, redemption.closed_at = RedemptionState.USED, now
    redemption.used_by_order = order_id
    _store_closed(redemption)


def _locked(redemption_id: int, now: datetime, user_id: int | None = None) -> Redemption:
    found = Redemption.objects.filter(pk=redemption_id)
    if user_id is not None:
        found = found.filter(Q(account__user_id=user_id) | Q(account__merged_into__user_id=user_id))
    account_id = found.values_list("account_id", flat=True).first()
    if account_id is None:
        raise errors.NotFound(field="id")
    account = ledger.lock(account_id, now)
    redemption = Redemption.objects.select_related("entry", "reward").get(pk=redemption_id)
    redemption.account = account
    return redemption


def _close(redemption: Redemption, state: RedemptionState, what: str, actor: str, now: datetime) -> None:
    redemption.state, redemption.closed_at = state, now
    if state == RedemptionState.CANCELLED or redemption.returns_points:
        credit = ledger.Posting(
            kind=Kind.REVERSAL,
            source=f"{what} redemption:{redemption.pk}",
            happened_at=now,
            points=redemption.points,
            reason=redemption.reward.name,
            actor=actor,
        )
        redemption.reversal = ledger.reverse(redemption.account, redemption.entry, credit, now)
    if redemption.from_stock:
        catalogue.put_back_into_stock(redemption.reward_id)
    _store_closed(redemption)


def _store_closed(redemption: Redemption) -> None:
    if redemption.account.erased_at is not None:
        redemption.code, redemption.used_by_order = f"{FORGOTTEN}{redemption.pk}", ""
    redemption.save(update_fields=["state", "closed_at", "cancelled_at", "reversal", "code", "used_by_order"])


@contextmanager
def _locking() -> Iterator[None]:
    """A transaction that waits a limited time for a locked account. Raises Busy."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                wait = settings.in_milliseconds(settings.wait_seconds())
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [wait])
            yield
    except OperationalError as error:
        raise errors.Busy from error


def _same(earlier: Redemption, reward_id: int) -> Redemption:
    if earlier.reward_id != reward_id:
        raise errors.KeyAlreadyUsed
    return earlier


def _exchange(account: Account, person: host.Person, wish: Wish, now: datetime) -> Redemption:
    reward, channel = _offered(wish.reward_id, now)
    limits.check(reward, account, now)
    sale = pricing.sale(reward, wish.points, account.available, wish.checkout)
    debit = ledger.Posting(
        kind=Kind.REDEMPTION,
        source=f"redemption:{account.pk}:{wish.key}",
        happened_at=now,
        points=-sale.points,
        reason=reward.name,
        actor=f"user:{person.user_id}",
    )
    entry = ledger.spend(account, debit, now)
    expires_at = now + timedelta(days=reward.validity_days) if reward.validity_days else None
    code = issuing.issue(
        issuing.Terms(
            kind=reward.kind,
            name=reward.name,
            amount=sale.value,
            channel=channel,
            user_id=person.user_id,
            ends_at=expires_at,
            product_id=reward.product_id,
            minimum_spent=sale.minimum_spent,
        )
    )
    made = Redemption(
        account=account,
        reward=reward,
        entry=entry,
        key=wish.key,
        kind=reward.kind,
        code=code,
        points=sale.points,
        value=sale.value,
        currency=reward.currency,
        channel_id=reward.channel_id,
        created_at=now,
        expires_at=expires_at,
        returns_points=reward.returns_points,
        from_stock=reward.stock is not None,
    )
    made.save(force_insert=True)
    if made.from_stock and not catalogue.take_from_stock(reward.pk):
        raise errors.OutOfStock
    if wish.checkout is None:
        letters.ask_for_code(made, person)
    return made


def _offered(reward_id: int, now: datetime) -> tuple[Reward, host.Channel]:
    reward = Reward.objects.filter(pk=reward_id).first()
    if reward is None:
        raise errors.NotFound(field="rewardId")
    channel = host.channel(reward.channel_id)
    if channel is None or not programme.switched_on(reward.channel_id):
        raise errors.ProgrammeOff
    if not catalogue.is_offered(reward, now) or channel.currency != reward.currency:
        raise errors.RewardUnavailable
    if reward.kind == RewardKind.GIFT_CARD and not host.gift_cards_accepted(channel.id):
        raise errors.RewardUnavailable
    return reward, channel
