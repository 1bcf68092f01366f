"""Redemption: exchanges points for a code, debit and code in one transaction, once for each of the client's keys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Callable

from django.db.models import Q
from django.utils.translation import gettext as _

from saleor_reciprocity import errors, host, identity, programmes
from saleor_reciprocity.locking import locking
from saleor_reciprocity.points import accounts, ledger, orders
from saleor_reciprocity.points.models import Account, Entry, Kind

from . import catalogue, closing, issuing, kinds, limits, messages, pricing, queries, uploads
from .kinds import kind_of
from .models import Redemption, Reward
from .states import RedemptionState

LONGEST_KEY = 128
LONGEST_WAY = timedelta(minutes=1)  # of a code to a checkout; a process that takes longer has died


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
    with locking():
        account = accounts.lock_account_of(person, now)
        look = _look(account, wish, now)
        if look.is_maturing:
            account = orders.mature(account, now)
        if look.earlier_id is not None:
            return _same(Redemption.objects.get(pk=look.earlier_id), reward_id)
        return _exchange(account, person, wish, look, now)


# All that decides about a redemption, under the account's lock: also what a part of the account redeemed before.
_LOOK = f"""
SELECT r.*, {", ".join(f"{sql} AS {name}" for name, sql in programmes.COLUMNS.items())},
  (SELECT min(d.id) FROM reciprocity_redemption d JOIN reciprocity_account a ON a.id = d.account_id
    WHERE %(account)s IN (a.id, a.merged_into_id) AND d.key = %(key)s) AS earlier_id,
  EXISTS (SELECT 1 FROM reciprocity_orderterms t
    WHERE t.account_id = %(account)s AND t.matures_at <= %(now)s) AS is_maturing,
  {identity.KEY} AS installation_key, h.slug AS channel_slug, h.currency AS channel_currency
FROM (SELECT %(reward)s AS reward_id) asked
LEFT JOIN reciprocity_reward r ON r.id = asked.reward_id
LEFT JOIN LATERAL (SELECT r.channel_id) o ON true {programmes.JOINS}
LEFT JOIN ({host.CHANNELS}) h ON h.id = r.channel_id
"""  # noqa: S608 - constants


def _look(account: Account, wish: Wish, now: datetime) -> Any:
    """The reward that somebody wishes for, without an id if there is none, and what was read beside it."""
    values = {"account": account.pk, "key": wish.key, "now": now, "reward": wish.reward_id}
    return Reward.objects.raw(_LOOK, values)[0]


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
    earlier = _earlier(queries.of_user(person.user_id), key.strip())
    checkout = host.checkout(checkout_id)
    if earlier is not None:
        _same(earlier, reward_id)
        return earlier, _has_room(checkout, person, earlier) and _put(earlier, put)
    if checkout is None or not _is_own(checkout, person):
        raise errors.NotFound(field="checkoutId")
    made = redeem(person, reward_id, key, points, checkout, now=now)
    if _put(made, put):
        return made, True
    closing.cancel(made.pk, f"user:{person.user_id}", now=now)
    raise errors.RewardNotApplicable


def _earlier(whose: Q, key: str) -> Redemption | None:
    """What a key has redeemed already, in whatever part of the account."""
    return Redemption.objects.filter(whose, key=key).order_by("pk").first()


def _is_own(checkout: host.Checkout | None, person: host.Person) -> bool:
    return checkout is not None and person.user_id is not None and checkout.user_id == person.user_id


def _has_room(checkout: host.Checkout | None, person: host.Person, redemption: Redemption) -> bool:
    """Whether a code can be put on a checkout of the person's own without driving another voucher away."""
    if checkout is None or not _is_own(checkout, person):
        return False
    return not kind_of(redemption).is_voucher or checkout.voucher_code in ("", redemption.code)


def _put(redemption: Redemption, put: Callable[[str], bool]) -> bool:
    is_there = redemption.state == RedemptionState.UNUSED and put(redemption.code)
    if is_there:
        Redemption.objects.filter(pk=redemption.pk).update(for_checkout=None)
    return is_there


def _same(earlier: Redemption, reward_id: int) -> Redemption:
    if earlier.reward_id != reward_id:
        raise errors.KeyAlreadyUsed
    return earlier


def _exchange(account: Account, person: host.Person, wish: Wish, reward: Any, now: datetime) -> Redemption:
    channel = _channel_offering(reward, now)
    limits.check(reward, account, now)
    sale = pricing.sale(reward, wish.points, account.available, _checkout_now(account, wish, now))
    debit = ledger.Posting(
        kind=Kind.REDEMPTION,
        source=f"redemption:{account.pk}:{wish.key}",
        happened_at=now,
        points=-sale.points,
        reason=reward.name,
        actor=f"user:{person.user_id}",
    )
    expires_at = now + timedelta(days=reward.validity_days) if reward.validity_days else None
    terms = kinds.Terms(
        kind=reward.kind,
        name=reward.name,
        amount=sale.value,
        channel=channel,
        user_id=person.user_id,
        ends_at=expires_at,
        product_id=reward.product_id,
        minimum_spent=sale.minimum_spent,
    )
    code, entry = _paid_for(terms, partial(ledger.spend, account, debit, now))
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
        state=kind_of(reward).begins,
        expires_at=expires_at,
        returns_points=reward.returns_points,
        from_stock=reward.stock is not None,
        for_checkout=wish.checkout.id if wish.checkout else None,
    )
    made.save(force_insert=True)
    if reward.codes_left is not None and not uploads.give(made):
        raise errors.OutOfStock
    if made.from_stock and not catalogue.take_from_stock(reward.pk):
        raise errors.OutOfStock
    if wish.checkout is None:
        messages.ask_for_redeemed(made, person, reward.installation_key)
    return made


def _paid_for(terms: kinds.Terms, pay: Callable[..., Entry]) -> tuple[str | None, Entry]:
    """The code that is made with the debit, or None where people do what was bought, and the debit."""
    kind = kind_of(terms)
    if not kind.is_code:
        return None, pay()
    code, entry = issuing.claimed_by(pay, kind.code_length)
    issuing.make(code, terms)
    return code, entry


def _checkout_now(account: Account, wish: Wish, now: datetime) -> host.Checkout | None:
    """The checkout as it is now that nobody else redeems, less what codes take off that are on their way to it.

    Those first, then the checkout: a code that arrives in between is seen there.
    """
    if wish.checkout is None:
        return None
    coming = Redemption.objects.filter(
        account=account,
        for_checkout=wish.checkout.id,
        state=RedemptionState.UNUSED,
        created_at__gt=now - LONGEST_WAY,
    )
    on_their_way = list(coming)
    checkout = host.checkout(wish.checkout.id)
    if checkout is None:
        raise errors.NotFound(field="checkoutId")
    for made in on_their_way:
        if made.code in (checkout.voucher_code, *checkout.gift_card_codes):
            continue  # it has arrived
        is_voucher = kind_of(made).is_voucher
        checkout = replace(
            checkout,
            payable=max(Decimal(0), checkout.payable - made.value),
            voucher_code=made.code if is_voucher else checkout.voucher_code,
        )
    return checkout


def _channel_offering(reward: Any, now: datetime) -> host.Channel:
    if reward.pk is None:
        raise errors.NotFound(field="rewardId")
    version = programmes.current_of(reward.channel_id, vars(reward), now)
    if reward.channel_slug is None or version is None or not version.active:
        raise errors.ProgrammeOff
    channel = host.Channel(reward.channel_id, reward.channel_slug, reward.channel_currency)
    if not catalogue.is_offered(reward, channel, now):
        raise errors.RewardUnavailable
    return channel
