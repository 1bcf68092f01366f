"""Redemption: exchanges points for a code, debit and code in one transaction, once for each of the client's keys."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Callable, Iterator, NamedTuple

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from saleor_reciprocity import errors, host, programme, settings
from saleor_reciprocity.points import ledger, orders
from saleor_reciprocity.points.models import Account, Kind

from .codes import new_code
from .models import Redemption, Reward, RewardKind

LONGEST_KEY = 128


class Codes(NamedTuple):
    """How the codes of one kind of reward are made and unmade in the host."""

    length: int
    issue: Callable[..., None]
    withdraw: Callable[[str], bool]


CODES = {
    RewardKind.VOUCHER: Codes(host.VOUCHER_CODE_LENGTH, host.issue_voucher, host.withdraw_voucher),
    RewardKind.GIFT_CARD: Codes(host.GIFT_CARD_CODE_LENGTH, host.issue_gift_card, host.withdraw_gift_card),
}


def redeem(person: host.Person, reward_id: int, key: str) -> Redemption:
    """Exchange a person's points for a reward. The same key gives the same redemption, for ever.

    Raises Invalid (the key), SignInRequired, NotFound, ProgrammeOff, RewardUnavailable, InsufficientPoints,
    KeyAlreadyUsed, or Busy when the account stays locked by another request. Nothing is written then.
    """
    key = key.strip()
    if not 0 < len(key) <= LONGEST_KEY:
        raise errors.Invalid(
            _("Enter a key of 1 to %(most)s characters.") % {"most": LONGEST_KEY}, field="idempotencyKey"
        )
    if person.user_id is None:
        raise errors.SignInRequired
    with _locking():
        account = orders.mature(ledger.lock_account_of(person, timezone.now()), timezone.now())
        earlier = Redemption.objects.filter(account=account, key=key).first()
        return _same(earlier, reward_id) if earlier else _exchange(account, person.user_id, reward_id, key)


def cancel(redemption_id: int, actor: str, user_id: int | None = None) -> Redemption:
    """Withdraw an unused code and return its points to the lots they came from. A second call changes nothing.

    With `user_id` only that user's redemption is found. Raises NotFound, CodeAlreadyUsed, or Busy.
    """
    with _locking():
        found = Redemption.objects.filter(pk=redemption_id)
        if user_id is not None:
            found = found.filter(account__user_id=user_id)
        account_id = found.values_list("account_id", flat=True).first()
        if account_id is None:
            raise errors.NotFound(field="id")
        account = ledger.lock(account_id)
        redemption = Redemption.objects.select_related("entry", "reward").get(pk=redemption_id)
        if redemption.cancelled_at is None:
            _return(account, redemption, actor)
        return redemption


def _return(account: Account, redemption: Redemption, actor: str) -> None:
    if not CODES[RewardKind(redemption.kind)].withdraw(redemption.code):
        raise errors.CodeAlreadyUsed(field="id")
    now = timezone.now()
    credit = ledger.Posting(
        kind=Kind.REVERSAL,
        source=f"cancelled redemption:{redemption.pk}",
        happened_at=now,
        points=redemption.points,
        reason=redemption.reward.name,
        actor=actor,
    )
    redemption.cancelled_at = now
    redemption.reversal = ledger.reverse(account, redemption.entry, credit, now)
    redemption.save(update_fields=["cancelled_at", "reversal"])


@contextmanager
def _locking() -> Iterator[None]:
    """A transaction that waits a limited time for a locked account. Raises Busy."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                wait = str(int(settings.wait_seconds() * 1000))
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [wait])
            yield
    except OperationalError as error:
        raise errors.Busy from error


def _same(earlier: Redemption, reward_id: int) -> Redemption:
    if earlier.reward_id != reward_id:
        raise errors.KeyAlreadyUsed
    return earlier


def _exchange(account: Account, user_id: int, reward_id: int, key: str) -> Redemption:
    now = timezone.now()
    reward, channel = _offered(reward_id)
    debit = ledger.Posting(
        kind=Kind.REDEMPTION,
        source=f"redemption:{account.pk}:{key}",
        happened_at=now,
        points=-reward.points,
        reason=reward.name,
        actor=f"user:{user_id}",
    )
    entry = ledger.spend(account, debit, now)
    codes = CODES[RewardKind(reward.kind)]
    code = unused_code(codes.length)
    codes.issue(code, reward.name, reward.value, channel, user_id, None)
    return Redemption.objects.create(
        account=account,
        reward=reward,
        entry=entry,
        key=key,
        kind=reward.kind,
        code=code,
        points=reward.points,
        value=reward.value,
        currency=reward.currency,
        channel_id=reward.channel_id,
        created_at=now,
    )


def _offered(reward_id: int) -> tuple[Reward, host.Channel]:
    reward = Reward.objects.filter(pk=reward_id).first()
    if reward is None:
        raise errors.NotFound(field="rewardId")
    channel = host.channel(reward.channel_id)
    if channel is None or not programme.switched_on(reward.channel_id):
        raise errors.ProgrammeOff
    if not reward.is_active or channel.currency != reward.currency:
        raise errors.RewardUnavailable
    if reward.kind == RewardKind.GIFT_CARD and not host.gift_cards_accepted(channel.id):
        raise errors.RewardUnavailable
    return reward, channel


def unused_code(length: int) -> str:
    """A new code that no voucher and no gift card has."""
    while not host.code_is_free(code := new_code(length)):
        pass
    return code
