"""Serving: what each kind shows, in which order and why, always in one statement."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from saleor_reciprocity.recommendations import serving
from saleor_reciprocity.recommendations.models import LONGEST_LIST, ModelVersion, Preference
from saleor_reciprocity.recommendations.serving import Kind, Situation
from saleor_reciprocity.recommendations.statement import MOST_RECENT

from .. import hosts
from . import model


@pytest.fixture
def shop(programme_on: Any) -> Any:
    """Makes products by name, once each."""
    made: dict[str, Any] = {}

    def products(*names: str, **options: Any) -> list[Any]:
        for name in names:
            made[name] = made.get(name) or hosts.product(name, programme_on, **options)
        return [made[name] for name in names]

    return products


def found(kind: Kind, first: int = 20, after: Any = None, **situation: Any) -> list[Any]:
    return serving.recommend(kind, Situation(now=timezone.now(), **situation), first, after)


def names(kind: Kind, shop: Any, **situation: Any) -> str:
    """What is shown, by the products' one-letter names."""
    from saleor.product.models import Product

    titles = dict(Product.objects.values_list("pk", "name"))
    return "".join(titles[item.product_id] for item in found(kind, **situation))


def opinion(user: Any, kind: str, row: Any, liked: bool) -> None:
    Preference.objects.create(user=user, kind=kind, object_id=row.pk, liked=liked, updated_at=timezone.now())


def test_the_lists_of_a_customer_take_turns(shop: Any, customer: Any) -> None:
    model.list_of(customer, "again", shop("a", "b"), "again")
    model.list_of(customer, "new", shop("x", "y"))
    assert names(Kind.FOR_YOU, shop, user=customer.pk) == "axby"
    assert names(Kind.BUY_AGAIN, shop, user=customer.pk) == "ab"
    assert names(Kind.NEW_TO_YOU, shop, user=customer.pk) == "xy"


def test_agreement_of_sources_counts(shop: Any, customer: Any, programme_on: Any) -> None:
    model.list_of(customer, "new", shop("a", "b", "c"))
    model.popular(programme_on, shop("c", "z"))
    assert names(Kind.FOR_YOU, shop, user=customer.pk) == "cabz"


def test_one_statement_a_look(shop: Any, customer: Any, django_assert_num_queries: Any) -> None:
    model.list_of(customer, "again", shop("a", "b"), "again")
    for kind in Kind:
        with django_assert_num_queries(1):
            found(kind, user=customer.pk, product=shop("a")[0].pk)


def test_a_list_is_long_enough_to_fill_a_page_when_its_best_are_sold_out(shop: Any, customer: Any) -> None:
    gone = shop(*(f"gone {number}" for number in range(LONGEST_LIST - 20)), stock=0)
    left = shop(*(f"left {number}" for number in range(20)))
    model.list_of(customer, "again", [*gone, *left], "again")
    shown = found(Kind.BUY_AGAIN, user=customer.pk, first=20)
    assert [item.product_id for item in shown] == [product.pk for product in left]


def test_a_purchase_counts_at_once(shop: Any, customer: Any) -> None:
    a, b = shop("a", "b")
    model.neighbours(b, shop("n"))
    model.list_of(customer, "again", [a, b], "again")
    model.list_of(customer, "new", shop("x", "y"))
    hosts.buy(customer, shop("b", "x"))
    assert names(Kind.FOR_YOU, shop, user=customer.pk) == "any", "bought just now is neither due nor new"
    assert names(Kind.BUY_AGAIN, shop, user=customer.pk) == "a"
    assert names(Kind.NEW_TO_YOU, shop, user=customer.pk) == "ny"
    (item,) = [item for item in found(Kind.FOR_YOU, user=customer.pk) if item.reason == "together"]
    assert (item.because, item.because_name) == (shop("b")[0].pk, "b")


def test_however_much_was_bought_since_all_of_it_counts(shop: Any, customer: Any) -> None:
    many = shop(*(f"many {number}" for number in range(MOST_RECENT + 5)))
    model.list_of(customer, "again", [*many, *shop("a")], "again")
    hosts.buy(customer, many)
    for kind in (Kind.FOR_YOU, Kind.BUY_AGAIN):
        assert names(kind, shop, user=customer.pk) == "a"


def test_a_draft_is_bought_when_it_is_completed(shop: Any, customer: Any) -> None:
    model.list_of(customer, "again", shop("a", "b"), "again")
    draft = hosts.buy(customer, shop("a"), placed_at=timezone.now() - timedelta(days=3), status="draft")
    assert names(Kind.BUY_AGAIN, shop, user=customer.pk) == "ab"
    hosts.leave_draft(draft, timezone.now())
    assert names(Kind.BUY_AGAIN, shop, user=customer.pk) == "b"


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 has no orders to confirm")
def test_an_order_that_the_shop_has_yet_to_confirm_counts_at_once(shop: Any, customer: Any) -> None:
    model.list_of(customer, "again", shop("a", "b"), "again")
    hosts.buy(customer, shop("a"), status="unconfirmed")
    assert names(Kind.BUY_AGAIN, shop, user=customer.pk) == "b"


def test_what_was_bought_before_the_training_is_in_the_model_already(shop: Any, customer: Any) -> None:
    model.neighbours(shop("b")[0], shop("n"))
    model.list_of(customer, "again", shop("a", "b"), "again")
    hosts.buy(customer, shop("b"), placed_at=timezone.now() - timedelta(days=2))
    assert names(Kind.FOR_YOU, shop, user=customer.pk) == "ab"


def test_a_cancelled_purchase_does_not_count(shop: Any, customer: Any) -> None:
    model.neighbours(shop("b")[0], shop("n"))
    hosts.cancel(hosts.buy(customer, shop("b")))
    assert names(Kind.FOR_YOU, shop, user=customer.pk) == ""


def test_new_to_you_is_never_something_bought_ever(shop: Any, customer: Any, programme_on: Any) -> None:
    model.popular(programme_on, shop("a", "b"))
    hosts.buy(customer, shop("a"), placed_at=timezone.now() - timedelta(days=900))
    assert names(Kind.NEW_TO_YOU, shop, user=customer.pk) == "b"


def test_what_the_training_knows_as_bought_is_not_new(shop: Any, customer: Any, programme_on: Any) -> None:
    """As a guest, under the same address, for example."""
    model.popular(programme_on, shop("a", "b"))
    model.list_of(customer, "again", shop("a"), "again")
    assert names(Kind.NEW_TO_YOU, shop, user=customer.pk) == "b"


def test_a_stranger_sees_what_goes_with_what_they_look_at_and_what_is_popular(shop: Any, programme_on: Any) -> None:
    drinks = hosts.category("Drinks")
    tea, coffee, milk, bread = (*shop("t", "c", category=drinks), *shop("m", "b"))
    model.neighbours(tea, [milk])
    model.popular(programme_on, [bread])
    model.popular(programme_on, [tea, coffee], category=drinks)
    assert names(Kind.FOR_YOU, shop) == "b"
    shown = found(Kind.FOR_YOU, product=tea.pk)
    assert [(item.product_id, item.reason, item.because) for item in shown] == [
        (milk.pk, "together", tea.pk),
        (coffee.pk, "category", None),
        (bread.pk, "popular", None),
    ]
    assert names(Kind.GOES_WITH, shop, product=tea.pk) == "mc"
    assert names(Kind.BUY_AGAIN, shop) == ""


def test_a_checkout_is_completed_by_what_goes_with_it(shop: Any, programme_on: Any, customer: Any) -> None:
    tea, bread, milk, butter = shop("t", "b", "m", "u")
    model.neighbours(tea, [milk, bread])
    model.neighbours(bread, [butter, milk])
    checkout = hosts.basket(programme_on, [tea, bread])
    assert names(Kind.COMPLETES_CHECKOUT, shop, checkout=checkout) == "mu"
    model.list_of(customer, "again", shop("c", "d"), "again")
    hosts.buy(customer, shop("c"))
    assert names(Kind.COMPLETES_CHECKOUT, shop, checkout=checkout, user=customer.pk) == "mud", "c is not due again"


def test_the_checkout_of_a_user_is_read_by_the_user_alone(shop: Any, programme_on: Any, customer: Any) -> None:
    tea, milk = shop("t", "m")
    model.neighbours(tea, [milk])
    other = hosts.customer("bob@example.com")
    checkout = hosts.basket(programme_on, [tea], user=customer)
    assert names(Kind.COMPLETES_CHECKOUT, shop, checkout=checkout, user=customer.pk) == "m"
    assert names(Kind.COMPLETES_CHECKOUT, shop, checkout=checkout) == ""
    assert names(Kind.COMPLETES_CHECKOUT, shop, checkout=checkout, user=other.pk) == ""


def test_likes_lift_and_dislikes_drop(shop: Any, customer: Any) -> None:
    drinks = hosts.category("Drinks")
    hot = hosts.category("Hot drinks", parent=drinks)
    drinks.refresh_from_db()
    a, x = shop("a", "x")
    (d,), (h,) = shop("d", category=drinks), shop("h", category=hot)
    model.list_of(customer, "new", [a, d, h, x])
    opinion(customer, "category", drinks, liked=False)
    assert names(Kind.FOR_YOU, shop, user=customer.pk) == "ax"
    opinion(customer, "category", hot, liked=True)
    assert names(Kind.FOR_YOU, shop, user=customer.pk) == "hax", "the deeper opinion counts"
    opinion(customer, "product", h, liked=False)
    assert names(Kind.FOR_YOU, shop, user=customer.pk) == "ax"
    opinion(customer, "collection", hosts.collection("Summer", [a]), liked=False)
    assert names(Kind.FOR_YOU, shop, user=customer.pk) == "x"


def test_what_is_liked_is_shown_with_that_reason(shop: Any, customer: Any, programme_on: Any) -> None:
    drinks = hosts.category("Drinks")
    (d,), (e, f) = shop("d", category=drinks), shop("e", "f")
    model.popular(programme_on, [d], category=drinks)
    model.popular(programme_on, [f])
    opinion(customer, "category", drinks, liked=True)
    opinion(customer, "collection", hosts.collection("Summer", [e]), liked=True)
    shown = found(Kind.FOR_YOU, user=customer.pk)
    assert [(item.product_id, item.reason) for item in shown] == [
        (d.pk, "liked"),
        (e.pk, "liked"),
        (f.pk, "popular"),
    ]
    assert names(Kind.FOR_YOU, shop) == "f", "others like what they like"


def test_pages_follow_each_other_without_a_gap_or_a_repetition(shop: Any, customer: Any) -> None:
    products = shop(*"abcdefghij")
    model.list_of(customer, "again", products[:5], "again")
    model.list_of(customer, "new", products[5:])
    whole = found(Kind.FOR_YOU, user=customer.pk)
    paged: list[Any] = []
    while page := found(Kind.FOR_YOU, first=3, after=paged[-1].position if paged else None, user=customer.pk):
        paged += page
    assert paged == whole
    assert len(whole) == 10


def test_nothing_is_shown_without_a_model_or_where_the_programme_is_off(
    shop: Any, programme_on: Any, customer: Any
) -> None:
    shop("a")
    assert found(Kind.FOR_YOU, user=customer.pk) == []
    model.popular(programme_on, shop("a"))
    assert names(Kind.FOR_YOU, shop) == "a"
    hosts.configure(programme_on, active=False)
    assert found(Kind.FOR_YOU) == []


def test_a_channel_that_is_not_there(programme_on: Any) -> None:
    with pytest.raises(serving.UnknownChannel):
        found(Kind.FOR_YOU, channel="nowhere")


def test_what_is_not_for_sale_is_neither_shown_nor_named(shop: Any, programme_on: Any, customer: Any) -> None:
    a, b, c = shop("a", "b", "c")
    (gone,) = shop("g", stock=0)
    model.list_of(customer, "new", [a, b, gone], "together", because=c)
    hosts.hide(a)
    hosts.hide(c)
    (item,) = found(Kind.FOR_YOU, user=customer.pk)
    assert (item.product_id, item.reason, item.because, item.because_name) == (b.pk, "together", None, None)
    assert found(Kind.GOES_WITH, product=c.pk) == []


def test_a_deleted_product_leaves_its_place_to_the_next(shop: Any, customer: Any) -> None:
    a, b = shop("a", "b")
    model.list_of(customer, "new", [a, b])
    a.delete()
    assert [item.product_id for item in found(Kind.FOR_YOU, user=customer.pk)] == [b.pk]


def test_only_the_version_that_serves_is_read(shop: Any, customer: Any) -> None:
    model.list_of(customer, "new", shop("a"))
    ModelVersion.objects.update(serving=False)
    model.list_of(customer, "new", shop("b"))
    assert names(Kind.FOR_YOU, shop, user=customer.pk) == "b"
