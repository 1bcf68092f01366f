"""What the shop's people do for points: redeemed, done or cancelled once, with a code of the shop's own or without."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, Callable

import pytest
from django.utils import timezone

from saleor_reciprocity import errors, host
from saleor_reciprocity.points.models import Account, Entry, Lot
from saleor_reciprocity.rewards import catalogue, closing, fulfilment, queries, redemption, upkeep
from saleor_reciprocity.rewards.models import IssuedCode, Redemption, Reward, UploadedCode

from .. import hosts
from ..faults.crowd import at_once, in_turn
from ..points.programmes import ladder
from .services import codes_of, redeemed_by, service

Give = Callable[..., Any]


@pytest.fixture
def rich(customer: Any, give_points: Give) -> Any:
    """A customer with 90 points of two orders: 30 and 60, of which the 30 end first."""
    for points in (30, 60):
        give_points(customer, points)
    end = timezone.now() + timedelta(days=300)
    Lot.objects.filter(points=30).update(expires_at=end)
    Account.objects.update(next_expiry_at=end)
    return customer


def now() -> Any:
    return timezone.now()


def balance() -> int:
    return int(Account.objects.get().available)


def lots() -> list[tuple[int, int]]:
    return list(Lot.objects.order_by("points").values_list("points", "remaining"))


def test_a_service_takes_points_and_is_open_without_a_code_of_the_host(rich: Any) -> None:
    made = redeemed_by(rich, service())
    assert (made.kind, made.state, made.code, made.points, made.value) == ("service", "open", None, 30, 12)
    assert (made.closed_at, made.closed_by, queries.code_of(made)) == (None, "", None)
    assert balance() == 60
    assert list(Entry.objects.filter(kind="redemption").values_list("points", "reason")) == [(-30, "Ticket")]
    assert not IssuedCode.objects.exists()


def test_who_did_it_and_when_is_recorded(rich: Any) -> None:
    made = redeemed_by(rich, service())
    moment = now()
    done = fulfilment.finish(made.pk, "user:7", moment)
    assert (done.state, done.closed_by, done.closed_at, done.cancelled_at) == ("done", "user:7", moment, None)
    assert balance() == 60


def test_cancelled_its_points_return_to_the_very_lots_with_reason_and_name(rich: Any) -> None:
    made = redeemed_by(rich, service())
    assert lots() == [(30, 0), (60, 60)]
    undone = fulfilment.cancel(made.pk, " Nobody is there to wrap ", "user:7", now())
    assert lots() == [(30, 30), (60, 60)]
    assert (undone.state, undone.closed_by, undone.close_reason) == ("cancelled", "user:7", "Nobody is there to wrap")
    entry = Entry.objects.get(kind="reversal")
    assert (entry.points, entry.actor, undone.reversal_id) == (30, "user:7", entry.pk)
    assert undone.cancelled_at == undone.closed_at != None  # noqa: E711 - both are there


@pytest.mark.parametrize("first", ["finish", "cancel"])
@pytest.mark.parametrize("second", ["finish", "cancel"])
def test_what_is_closed_is_closed_by_nobody_else(first: str, second: str, rich: Any) -> None:
    made = redeemed_by(rich, service())
    acts = {
        "finish": lambda who: fulfilment.finish(made.pk, who, now()),
        "cancel": lambda who: fulfilment.cancel(made.pk, "No", who, now()),
    }
    acts[first]("user:7")
    with pytest.raises(errors.AlreadyClosed):
        acts[second]("user:8")
    made.refresh_from_db()
    assert (made.closed_by, made.state) == ("user:7", {"finish": "done", "cancel": "cancelled"}[first])
    assert balance() == {"finish": 60, "cancel": 90}[first]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_reason_is_needed_and_has_an_end(reason: str, rich: Any) -> None:
    made = redeemed_by(rich, service())
    with pytest.raises(errors.Invalid) as refused:
        fulfilment.cancel(made.pk, reason, "user:7", now())
    assert refused.value.field == "reason"
    assert balance() == 60


def test_a_customer_does_not_undo_what_people_do(rich: Any) -> None:
    """Who has read the code of a ticket would have it for nothing."""
    made = redeemed_by(rich, service("A-1"))
    for user_id in (rich.pk, None):
        with pytest.raises(errors.DoneByPeople):
            closing.cancel(made.pk, f"user:{rich.pk}", user_id, now=now())
    assert (balance(), codes_of(made.reward)) == (60, ["A-1"])


def test_a_code_of_the_host_is_no_service(rich: Any) -> None:
    made = redeemed_by(rich, Reward.objects.get())
    for act in (lambda: fulfilment.finish(made.pk, "user:7", now()), lambda: fulfilment.finish(0, "user:7", now())):
        with pytest.raises(errors.NotFound):
            act()


def test_each_code_is_given_to_one_in_the_order_of_the_list(rich: Any, give_points: Give) -> None:
    bob = hosts.customer("bob@example.com")
    give_points(bob, 40)
    reward = service("code\nB-2\nA-1\nC-3")
    assert reward.left == 3
    for who, key in ((rich, "one"), (bob, "one"), (rich, "two")):
        redeemed_by(who, reward, key)
    assert codes_of(reward) == ["B-2", "A-1", "C-3"]
    reward.refresh_from_db()
    assert (reward.left, reward.codes_left) == (0, 0)


def test_when_codes_run_out_it_is_sold_out_before_points_are_taken(rich: Any) -> None:
    reward = service("A-1")
    assert queries.code_of(redeemed_by(rich, reward)) == "A-1"
    with pytest.raises(errors.OutOfStock):
        redeemed_by(rich, reward, "again")
    assert (balance(), Redemption.objects.count()) == (60, 1)
    assert [one.left for one in catalogue.on_offer(reward.channel_id, now()).filter(kind="service")] == [0]
    catalogue.upload(reward.pk, "A-2", "user:1", now())
    assert queries.code_of(redeemed_by(rich, reward, "again")) == "A-2"


def test_one_that_gives_codes_is_sold_out_until_there_are_some(rich: Any) -> None:
    reward = service(codes_left=0)
    with pytest.raises(errors.OutOfStock):
        redeemed_by(rich, reward)
    assert balance() == 90


def test_the_same_key_gives_the_same_code(rich: Any) -> None:
    reward = service("A-1\nA-2")
    assert redeemed_by(rich, reward).pk == redeemed_by(rich, reward).pk
    assert codes_of(reward) == ["A-1"]


def test_a_code_that_was_shown_is_given_to_nobody_else_after_a_cancellation(rich: Any) -> None:
    reward = service("A-1\nA-2", stock=2)
    fulfilment.cancel(redeemed_by(rich, reward).pk, "No seat left", "user:7", now())
    reward.refresh_from_db()
    assert (reward.taken, reward.codes_left, reward.left) == (0, 1, 1)
    redeemed_by(rich, reward, "again")
    assert codes_of(reward) == ["A-1", "A-2"]


def test_the_last_code_of_two_at_once_is_one_customers(
    transactional_db: Any, programme_on: Any, give_points: Give
) -> None:
    reward = service("A-1\nA-2\nA-3")
    crowd = [hosts.customer(f"customer-{number}@example.com") for number in range(8)]
    for one in crowd:
        give_points(one, 50)
    results = at_once(8, lambda number: redeemed_by(crowd[number], reward))
    assert sorted(codes_of(reward)) == ["A-1", "A-2", "A-3"]
    assert sum(isinstance(result, Redemption) for result in results) == 3
    assert sum(type(result) is errors.OutOfStock for result in results) == 5
    assert sorted(Account.objects.values_list("available", flat=True)) == [20] * 3 + [50] * 5


def test_who_waits_for_the_last_code_gets_it_only_where_it_is_let_go(
    transactional_db: Any, programme_on: Any, give_points: Give
) -> None:
    ada, bob = hosts.customer("ada@example.com"), hosts.customer("bob@example.com")
    for one in (ada, bob):
        give_points(one, 50)
    reward = service("A-1")
    _mine, refused = in_turn(lambda: redeemed_by(ada, reward), lambda: redeemed_by(bob, reward))
    assert type(refused) is errors.OutOfStock
    assert codes_of(reward) == ["A-1"]


def test_two_of_the_staff_at_once_one_wins_and_the_other_is_told(
    transactional_db: Any, programme_on: Any, customer: Any, give_points: Give
) -> None:
    give_points(customer, 90)
    made = redeemed_by(customer, service())

    def act(number: int) -> Any:
        if number % 2:
            return fulfilment.cancel(made.pk, "No", f"user:{number}", now())
        return fulfilment.finish(made.pk, f"user:{number}", now())

    results = at_once(6, act)
    (won,) = [result for result in results if isinstance(result, Redemption)]
    assert sum(type(result) is errors.AlreadyClosed for result in results) == 5
    made.refresh_from_db()
    assert (made.state, made.closed_by) == (won.state, won.closed_by)
    assert balance() == (90 if made.state == "cancelled" else 60)


def test_limits_stock_and_tiers_are_those_of_every_reward(rich: Any) -> None:
    once = service(limit_per_customer=1)
    redeemed_by(rich, once)
    with pytest.raises(errors.LimitReached):
        redeemed_by(rich, once, "again")
    rare = service(stock=1)
    redeemed_by(rich, rare, "rare")
    with pytest.raises(errors.OutOfStock):
        redeemed_by(rich, rare, "again")
    ladder(("gold", 10_000, "1"))
    with pytest.raises(errors.TierTooLow):
        redeemed_by(rich, service(tier="gold"), "gold")
    assert balance() == 30


def test_a_service_is_for_no_checkout(rich: Any, programme_on: host.Channel) -> None:
    checkout = hosts.checkout(rich, "50")
    checkout_id = str(checkout.pk)
    account = Account.objects.get()
    reward = service()
    assert reward not in queries.affordable(programme_on.id, account, now())
    with pytest.raises(errors.RewardNotApplicable):
        redemption.redeem_on_checkout(host.person(rich), reward.pk, "k", None, checkout_id, lambda code: True, now())
    assert balance() == 90


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"text": " "}, "text"), ({"text": "x" * 2001}, "text"), ({"minimum_spent": Decimal(5)}, "minimumSpent"),
        ({"validity_days": 5}, "validityDays"), ({"least_points": 1, "most_points": 9}, "leastPoints"),
        ({"percent": Decimal(5)}, "percent"),
    ],
)  # fmt: skip
def test_a_service_is_refused_what_it_has_not(terms: dict[str, Any], field: str, programme_on: Any) -> None:
    with pytest.raises(errors.Invalid) as refused:
        service(**terms)
    assert refused.value.field == field
    assert not Reward.objects.filter(kind="service").exists()


@pytest.mark.parametrize(("terms", "field"), [({"text": "Hello"}, "text"), ({"codes_left": 0}, "givesCodes")])
def test_what_a_service_has_is_nothing_for_a_voucher(terms: dict[str, Any], field: str, programme_on: Any) -> None:
    with pytest.raises(errors.Invalid) as refused:
        catalogue.create(programme_on, "voucher", "Five", 50, Decimal(5), **terms)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("A-1\nA-2\n", ["A-1", "A-2"]), ("\ufeffCode;Valid\r\nA-1;2027\r\nA-2;2027\r\n", ["A-1", "A-2"]),
        ('"A,1",x\n"A,2",y', ["A,1", "A,2"]), ("\n  A-1  \n\n", ["A-1"]), ("A-1\ncode", ["A-1", "code"]),
        ("a-1\nA-1", ["a-1", "A-1"]), ("A-1\tone\nA-2\ttwo", ["A-1", "A-2"]),
    ],
)  # fmt: skip
def test_codes_are_read_a_line_each_or_from_the_first_column(text: str, codes: list[str], programme_on: Any) -> None:
    reward = service(text)
    assert list(reward.uploaded_codes.order_by("pk").values_list("code", flat=True)) == codes
    assert reward.codes_left == len(codes)


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("A-1\nA-2\nA-1", errors.DuplicateCode, "Line 3"), ("A-1\nB-1", errors.DuplicateCode, "Code 2"),
        ("A-1\n" + "x" * 256, errors.Invalid, "Line 2"), ("A-1\nA\x072", errors.Invalid, "Line 2"),
        ("A-1\n" + "x" * 200_000, errors.Invalid, "Line 2"), ('A-1\n"B-2\nC-3', errors.Invalid, "Line 3"),
        ("\n", errors.Invalid, "10000"), ("\n".join(map(str, range(10_001))), errors.Invalid, "10000"),
    ],
)  # fmt: skip
def test_a_list_is_taken_over_whole_or_not_at_all_and_no_message_shows_a_code(
    text: str, error: Any, said: str, programme_on: Any
) -> None:
    other, reward = service("B-1"), service(codes_left=0)
    with pytest.raises(error) as refused:
        catalogue.upload(reward.pk, text, "user:1", now())
    assert (refused.value.field, said in refused.value.message) == ("codes", True)
    assert not any(code in refused.value.message for code in ("A-1", "B-1", "xxx"))
    assert list(UploadedCode.objects.values_list("reward_id", "code")) == [(other.pk, "B-1")]
    reward.refresh_from_db()
    assert reward.codes_left == 0


def test_the_same_list_by_two_at_once_is_taken_over_once(transactional_db: Any, programme_on: Any) -> None:
    rewards = [service(codes_left=0), service(codes_left=0)]
    lists = ["A-1\nA-2\nA-3", "A-3\nA-2\nA-1"]
    results = at_once(2, lambda number: catalogue.upload(rewards[number].pk, lists[number], "user:1", now()))
    assert sorted(type(result) for result in results if not isinstance(result, Reward)) == [errors.DuplicateCode]
    assert sorted(Reward.objects.filter(kind="service").values_list("codes_left", flat=True)) == [0, 3]


def test_codes_are_for_services_that_go_on(programme_on: Any) -> None:
    ended = service()
    catalogue.end(ended.pk, now())
    for reward in (Reward.objects.get(is_standard=True), ended):
        with pytest.raises(errors.Invalid):
            catalogue.upload(reward.pk, "A-1", "user:1", now())
    assert not UploadedCode.objects.exists()


def test_codes_that_nobody_has_come_along_to_what_takes_its_place(rich: Any, programme_on: host.Channel) -> None:
    old = service("A-1\nA-2")
    redeemed_by(rich, old)
    terms = {"kind": "service", "name": "Seat", "points": 20, "value": Decimal(9), "text": "Come.", "codes_left": 0}
    new = catalogue.replace(programme_on, old.pk, now(), **terms)
    old.refresh_from_db()
    assert (old.codes_left, new.codes_left) == (0, 1)
    assert queries.code_of(redeemed_by(rich, new, "again")) == "A-2"
    assert codes_of(old) == ["A-1"]


def test_the_work_list_has_open_ones_first_the_oldest_first(rich: Any, give_points: Give) -> None:
    give_points(rich, 60)
    reward = service()
    made = [redeemed_by(rich, reward, str(number)).pk for number in range(5)]
    fulfilment.finish(made[1], "user:7", now())
    fulfilment.cancel(made[3], "No", "user:7", now())
    redeemed_by(rich, Reward.objects.get(is_standard=True), "a voucher") if balance() >= 50 else None
    listed = fulfilment.work_list(fulfilment.services(), 9)
    assert [one.pk for one in listed] == [made[0], made[2], made[4], made[3], made[1]]
    for place, one in enumerate(listed):
        after = fulfilment.work_list(fulfilment.services(), 9, (one.rank, one.place))
        assert [each.pk for each in after] == [each.pk for each in listed[place + 1 :]]


def test_time_does_nothing_to_a_service(rich: Any) -> None:
    redeemed_by(rich, service("A-1"))
    assert upkeep.look(now() + timedelta(days=4000)) == (0, 0)
    assert Redemption.objects.get().state == "open"


def test_use_counts_what_was_done(rich: Any) -> None:
    reward = service()
    made = [redeemed_by(rich, reward, str(number)).pk for number in range(3)]
    fulfilment.finish(made[0], "user:7", now())
    fulfilment.cancel(made[1], "No", "user:7", now())
    use = queries.use_of([reward.pk])[reward.pk]
    assert (use.redeemed, use.used, use.points) == (2, 1, 60)
