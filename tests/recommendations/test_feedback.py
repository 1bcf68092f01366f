"""Feedback: what somebody rated changes what is recommended to them, and what many rate low sinks for all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity import erasure, host, settlement
from saleor_reciprocity.feedback import FEEDBACK
from saleor_reciprocity.points import accounts, merging
from saleor_reciprocity.recommendations import serving, training
from saleor_reciprocity.recommendations.algorithms.regard import worth
from saleor_reciprocity.recommendations.models import Preference, Regard
from saleor_reciprocity.recommendations.serving import Kind, Situation
from saleor_reciprocity.surveys.models import Answer, AskedProduct, Invitation, Rating

from .. import hosts
from . import model

NUMBER = iter(range(1, 10_000))


def said(by: Any, order: Any = None, score: int = 4, days: int = 0, told: bool = True, **changes: Any) -> Answer:
    """A finished answer about an order; `by` is a user, or the hash that stands for a guest."""
    number, now = next(NUMBER), timezone.now() - timedelta(days=days)
    invitation = Invitation.objects.create(
        order_id=host.order_id(order) if order else f"order {number}",
        order_number=str(number),
        channel_id="1",
        person=by if isinstance(by, str) else f"person {by.pk}",
        user=None if isinstance(by, str) else by,
        question=changes.pop("question", "csat"),
        state="told",  # so that no message has to be made up
        made_at=now,
    )
    values = {
        "way": "phone",
        "question": invitation.question,
        "started_at": now,
        "answered_at": now,
        "may_recommend": told,
        **changes,
    }
    return Answer.objects.create(invitation=invitation, score=score, **values)


def rated(by: Any, product: Any, stars: int, **options: Any) -> Answer:
    """Stars for a product."""
    answer = said(by, **options)
    AskedProduct.objects.create(invitation=answer.invitation, product_id=product.pk, name=product.name)
    Rating.objects.create(answer=answer, product_id=product.pk, stars=stars)
    return answer


def shown(kind: Kind = Kind.FOR_YOU, **situation: Any) -> list[tuple[str, str, int | None]]:
    """Names, reasons and stars, as the shop serves them."""
    from saleor.product.models import Product

    titles = dict(Product.objects.values_list("pk", "name"))
    asked = Situation(now=timezone.now(), **situation)
    return [
        (titles[item.product_id], item.reason, item.stars)
        for item in serving.recommend(kind, asked, 20, feedback=FEEDBACK)
    ]


def names(kind: Kind = Kind.FOR_YOU, **situation: Any) -> str:
    return "".join(name for name, _reason, _stars in shown(kind, **situation))


@pytest.fixture
def shop(programme_on: Any) -> Any:
    return lambda *names, **options: [hosts.product(name, programme_on, **options) for name in names]


def test_what_somebody_rated_low_is_not_shown_to_them_again(shop: Any, customer: Any, programme_on: Any) -> None:
    a, b, c = shop("a", "b", "c")
    model.list_of(customer, "again", [a, b, c], "again")
    model.popular(programme_on, [a, b, c])
    model.neighbours(c, [a, b])
    rated(customer, a, 2)
    rated(customer, b, 3)
    assert names(Kind.FOR_YOU, user=customer.pk) == "bc"
    assert names(Kind.BUY_AGAIN, user=customer.pk) == "bc"
    assert names(Kind.GOES_WITH, user=customer.pk, product=c.pk) == "b"
    assert names() == "abc", "others see it"
    assert names(user=hosts.customer("bob@example.com").pk) == "abc"


def test_what_somebody_rated_high_says_so_and_stays_in_its_place(shop: Any, customer: Any) -> None:
    a, b, c = shop("a", "b", "c")
    model.list_of(customer, "again", [a, b, c], "again")
    rated(customer, c, 5)
    assert shown(Kind.BUY_AGAIN, user=customer.pk) == [("a", "again", None), ("b", "again", None), ("c", "rated", 5)]


def test_what_is_popular_in_the_category_of_something_rated_high_is_shown(
    shop: Any, customer: Any, programme_on: Any
) -> None:
    tea = hosts.category("Tea")
    x, y = shop("x", "y", category=tea)
    (z,) = shop("z")
    model.popular(programme_on, [z])
    model.popular(programme_on, [y, x], category=tea)
    rated(customer, x, 4)
    hosts.buy(customer, [x], placed_at=timezone.now() - timedelta(days=2))
    assert shown(Kind.NEW_TO_YOU, user=customer.pk) == [("z", "popular", None), ("y", "rated", 4)]
    model.popular(programme_on, [*shop("t", "u"), y])
    assert names(Kind.NEW_TO_YOU, user=customer.pk) == "yztu", "of what is popular, it is first"


def test_a_category_is_liked_only_if_more_of_it_was_rated_high_than_low(
    shop: Any, customer: Any, programme_on: Any
) -> None:
    tea = hosts.category("Tea")
    x, y, v = shop("x", "y", "v", category=tea)
    model.popular(programme_on, [y], category=tea)
    rated(customer, x, 5)
    assert shown(user=customer.pk) == [("y", "rated", 5)]
    rated(customer, v, 1)
    assert names(user=customer.pk) == ""


def test_what_was_said_outranks_what_was_rated(shop: Any, customer: Any, programme_on: Any) -> None:
    food = hosts.category("Food")
    tea = hosts.category("Tea", parent=food)
    x, y = shop("x", "y", category=tea)
    (z,) = shop("z")
    model.list_of(customer, "again", [x, y, z], "again")
    rated(customer, x, 5)
    rated(customer, z, 5)
    for kind, row in (("category", food), ("product", z)):
        Preference.objects.create(user=customer, kind=kind, object_id=row.pk, liked=False, updated_at=timezone.now())
    assert names(user=customer.pk) == ""


def test_the_newest_stars_of_a_product_count(shop: Any, customer: Any) -> None:
    (a,) = shop("a")
    model.list_of(customer, "again", [a], "again")
    rated(customer, a, 1, days=200)
    assert names(user=customer.pk) == ""
    rated(customer, a, 4, days=10)
    assert shown(user=customer.pk) == [("a", "rated", 4)]


def test_an_answer_that_is_withdrawn_is_undone_at_once(shop: Any, customer: Any) -> None:
    (a,) = shop("a")
    model.list_of(customer, "again", [a], "again")
    answer = rated(customer, a, 1)
    assert names(user=customer.pk) == ""
    answer.ratings.all().delete()
    assert shown(user=customer.pk) == [("a", "again", None)]


@pytest.mark.parametrize(
    ("changes", "hidden"),
    [
        ({}, True),
        ({"score": 3}, False),  # neither happy nor unhappy
        ({"score": 5}, False),  # happy with an order is no star for its product
        ({"question": "nps", "score": 0}, False),  # of the shop
        ({"question": "ces", "score": 1}, False),  # of the way to order
        ({"told": False}, False),  # the page did not say what the answer is for
        ({"answered_at": None}, False),  # not sent yet
        ({"product_id": None}, False),  # the order had other products, too
    ],
)  # fmt: skip
def test_an_unhappy_answer_speaks_of_a_product_where_the_order_had_no_other(
    changes: Any, hidden: bool, shop: Any, customer: Any
) -> None:
    (a,) = shop("a")
    model.list_of(customer, "again", [a], "again")
    said(customer, **{"score": 2, "product_id": a.pk, **changes})
    assert names(user=customer.pk) == ("" if hidden else "a")


def test_stars_outrank_the_answer_about_the_order(shop: Any, customer: Any) -> None:
    (a,) = shop("a")
    model.list_of(customer, "again", [a], "again")
    rated(customer, a, 4, score=1, product_id=a.pk)
    assert shown(user=customer.pk) == [("a", "rated", 4)], "late, but good"


def test_stars_of_a_page_that_did_not_say_so_count_for_nobody(shop: Any, customer: Any) -> None:
    (a,) = shop("a")
    model.list_of(customer, "again", [a], "again")
    rated(customer, a, 1, told=False)
    assert names(user=customer.pk) == "a"


def test_what_a_guest_rated_is_known_to_the_account_that_the_order_came_to(shop: Any, customer: Any) -> None:
    """Whoever was asked as a guest, or before two customers became one, has rated it all the same."""
    bob = hosts.customer("bob@example.com")
    (a,) = shop("a")
    for user in (customer, bob):
        model.list_of(user, "again", [a], "again")
    order = hosts.order(bob, [("40", 1)])
    settlement.settle(host.order_id(order))
    rated("guest", a, 1, order=order)
    assert names(user=customer.pk) == "a"
    assert names(user=bob.pk) == ""
    bobs, mine = (accounts.open_account(host.person(user), timezone.now()) for user in (bob, customer))
    merging.merge(bobs.pk, mine.pk, timezone.now(), "somebody")
    assert names(user=customer.pk) == ""


def test_an_erased_persons_stars_are_of_nobody_and_go_on_counting_among_many(shop: Any, customer: Any) -> None:
    (a,) = shop("a")
    model.list_of(customer, "again", [a], "again")
    rated(customer, a, 1)
    assert names(user=customer.pk) == ""
    erasure.erase(host.person(customer), timezone.now())
    model.list_of(customer, "again", [a], "again")
    assert names(user=customer.pk) == "a"
    assert Rating.objects.get().stars == 1


def test_what_many_rate_low_sinks_for_all(shop: Any, programme_on: Any) -> None:
    a, b, c = shop("a", "b", "c")
    for number in range(5):
        rated(f"hater {number}", a, 1)
        rated(f"lover {number}", b, 5)
    rated("one of them", c, 1)
    rated("hater 0", a, 2, days=1)  # an older answer of the same person is not another
    training.train(timezone.now(), feedback=FEEDBACK)
    (found,) = Regard.objects.all()
    assert (found.product_id, found.people) == (a.pk, 5)
    assert found.worth == pytest.approx((1 - 5 / (5 + 1.959963984540054**2)) / (1 - 6 / 11), abs=1e-12)
    model.popular(programme_on, [a, b, c])
    assert names() == "bca"
    ada = hosts.customer("ada@example.com")
    model.list_of(ada, "again", [a, b], "again")
    assert names(Kind.BUY_AGAIN, user=ada.pk) == "ab", "who buys it again knows better"


def test_the_next_training_undoes_what_is_not_said_any_more(shop: Any) -> None:
    (a, b) = shop("a", "b")
    for number in range(5):
        rated(f"hater {number}", a, 1)
        rated(f"lover {number}", b, 5)
    training.train(timezone.now(), feedback=FEEDBACK)
    assert Regard.objects.count() == 1
    Rating.objects.filter(product_id=a.pk).delete()
    training.train(timezone.now(), feedback=FEEDBACK)
    assert not Regard.objects.exists()


def test_the_stars_of_too_few_sink_nothing(shop: Any) -> None:
    (a, b) = shop("a", "b")
    for number in range(4):
        rated(f"hater {number}", a, 1)
    rated("lover", b, 5)
    training.train(timezone.now(), feedback=FEEDBACK)
    assert not Regard.objects.exists()


@pytest.mark.parametrize(
    ("low", "people", "usual", "expected"),
    [
        (0, 5, 0.0, 1.0),
        (0, 5, 0.5, 1.0),
        (5, 5, 1.0, 1.0),  # where all is rated low, nothing is worse than usual
        (5, 5, 0.5, 0.8689650),  # (1 - 0.5655175) / 0.5
        (1, 1, 0.0, 0.7934507),  # 1 - 0.2065493: the lower end for one of one
        (1, 10, 0.1, 1.0),  # no more than is usual
        (50, 100, 0.1, 0.6624094),  # (1 - 0.4038315) / 0.9
        (10_000, 10_000, 0.0, 0.000384),
    ],
)
def test_worth(low: int, people: int, usual: float, expected: float) -> None:
    assert worth(low, people, usual) == pytest.approx(expected, abs=1e-6)


def test_few_stars_move_little_and_more_of_the_same_move_more() -> None:
    found = [worth(low, 2 * low, 0.1) for low in (1, 5, 50, 500)]
    assert found == sorted(found, reverse=True)
    assert found[0] == 1.0
    assert found[-1] > 0.5 / 0.9
