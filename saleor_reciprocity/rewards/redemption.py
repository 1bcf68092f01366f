"""Redemption: exchanges points for a code, debit and code in one transaction, once for each of the client's keys."""

from __future__ import annotations

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from saleor_reciprocity import errors, host, programme, settings
from saleor_reciprocity.points import ledger
from saleor_reciprocity.points.models import Account, Kind

from .codes import new_code
from .models import Redemption, Reward, RewardKind

LONGEST_KEY = 128

_ISSUERS = {
    RewardKind.VOUCHER.value: (host.issue_voucher, host.VOUCHER_CODE_LENGTH),
    RewardKind.GIFT_CARD.value: (host.issue_gift_card, host.GIFT_CARD_CODE_LENGTH),
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
    if person.user_id is None or not person.confirmed:
        raise errors.SignInRequired
    try:
        with transaction.atomic():
            _wait_at_most(settings.wait_seconds())
            account = ledger.lock(ledger.account_of(person, timezone.now()).pk)
            earlier = Redemption.objects.filter(account=account, key=key).first()
            return _same(earlier, reward_id) if earlier else _exchange(account, person.user_id, reward_id, key)
    except OperationalError as error:
        raise errors.Busy from error


def _wait_at_most(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(int(seconds * 1000))])


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
    issue, code_length = _ISSUERS[reward.kind]
    code = _unused_code(code_length)
    issue(code, reward.name, reward.value, channel, user_id, None)
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


def _unused_code(length: int) -> str:
    while not host.code_is_free(code := new_code(length)):
        pass
    return code
