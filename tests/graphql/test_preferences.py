"""Preferences through GraphQL: kept, changed, cleared, and every refusal with its code."""

from __future__ import annotations

from typing import Any

import graphene
import pytest

from saleor_reciprocity.recommendations import preferences
from saleor_reciprocity.recommendations.models import CustomerList, Preference

from .. import hosts
from ..recommendations import model

UPDATE = """mutation($input: PreferencesUpdateInput!) { preferencesUpdate(input: $input) {
  preferences { kind objectId liked } errors { field code message } } }"""
MINE = "{ me { loyalty { preferences { kind objectId liked updatedAt } } } }"


def node(row: Any) -> str:
    return str(graphene.Node.to_global_id(type(row).__name__, row.pk))


def update(client: Any, **given: list[Any]) -> dict[str, Any]:
    ids = {name: [row if isinstance(row, str) else node(row) for row in rows] for name, rows in given.items()}
    return dict(client.data(UPDATE, input=ids)["preferencesUpdate"])


def said(answer: Any) -> set[tuple[str, str, bool]]:
    return {(item["kind"], item["objectId"], item["liked"]) for item in answer["preferences"]}


def refusals(answer: Any) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in answer["errors"]]


@pytest.fixture
def ada(programme_on: Any, customer: Any) -> Any:
    return hosts.as_user(customer)


@pytest.fixture
def tea(programme_on: Any) -> Any:
    return hosts.product("Tea", programme_on)


def test_preferences_are_kept_changed_and_cleared(ada: Any, tea: Any, programme_on: Any) -> None:
    drinks, food = hosts.category("Drinks"), hosts.category("Food")
    summer = hosts.published_collection("Summer", programme_on)
    answer = update(ada, like=[drinks, summer], dislike=[food], notInterested=[tea])
    everything = {
        ("CATEGORY", node(drinks), True),
        ("COLLECTION", node(summer), True),
        ("CATEGORY", node(food), False),
        ("PRODUCT", node(tea), False),
    }
    assert (said(answer), answer["errors"]) == (everything, [])
    assert said(ada.data(MINE)["me"]["loyalty"]) == everything
    answer = update(ada, dislike=[drinks], clear=[food, tea, summer])
    assert said(answer) == {("CATEGORY", node(drinks), False)}
    assert said(update(ada, dislike=[drinks])) == said(answer), "again is no change"


def test_preferences_of_others_are_not_seen(ada: Any, customer: Any, tea: Any) -> None:
    update(ada, notInterested=[tea])
    assert hosts.as_user(hosts.customer("bob@example.com")).data(MINE)["me"]["loyalty"]["preferences"] == []


def test_a_stranger_keeps_no_preferences(programme_on: Any) -> None:
    assert refusals(update(hosts.GraphQL(), like=[])) == [(None, "SIGN_IN_REQUIRED")]


def test_ids_of_the_wrong_kind_are_refused_and_change_nothing(ada: Any, tea: Any) -> None:
    drinks = hosts.category("Drinks")
    assert refusals(update(ada, like=[tea])) == [("like", "NOT_FOUND")]
    assert refusals(update(ada, notInterested=[drinks])) == [("notInterested", "NOT_FOUND")]
    for nonsense in ("", "nonsense", graphene.Node.to_global_id("Category", 2**31)):
        assert refusals(update(ada, like=[drinks], dislike=[nonsense])) == [("dislike", "NOT_FOUND")]
    assert Preference.objects.count() == 0


def test_what_customers_cannot_see_is_not_found(ada: Any, tea: Any, programme_on: Any) -> None:
    hosts.hide(tea)
    assert refusals(update(ada, notInterested=[tea])) == [(None, "NOT_FOUND")]
    assert refusals(update(ada, like=[hosts.collection("Secret")])) == [(None, "NOT_FOUND")]
    assert refusals(update(ada, like=[graphene.Node.to_global_id("Category", 2**31 - 1)])) == [(None, "NOT_FOUND")]


def test_one_opinion_a_subject(ada: Any) -> None:
    drinks = hosts.category("Drinks")
    assert refusals(update(ada, like=[drinks], dislike=[drinks])) == [(None, "INVALID")]
    assert refusals(update(ada, like=[drinks] * 101)) == [(None, "INVALID")]


def test_there_is_a_limit(ada: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(preferences, "MOST_PREFERENCES", 2)
    drinks = [hosts.category(f"Drinks {number}") for number in range(3)]
    assert refusals(update(ada, like=drinks)) == [(None, "TOO_MANY_PREFERENCES")]
    assert Preference.objects.count() == 0
    assert refusals(update(ada, like=drinks[:2])) == []
    assert refusals(update(ada, like=drinks[2:], clear=drinks[:1])) == []


def test_forgetting_a_customer_leaves_nothing_of_theirs(ada: Any, customer: Any, tea: Any) -> None:
    update(ada, notInterested=[tea])
    bob = hosts.customer("bob@example.com")
    update(hosts.as_user(bob), notInterested=[tea])
    for user in (customer, bob):
        model.list_of(user, "new", [tea])
    preferences.forget(customer.pk)
    assert list(Preference.objects.values_list("user", flat=True)) == [bob.pk]
    assert list(CustomerList.objects.values_list("user", flat=True)) == [bob.pk]
    bob.delete()
    assert Preference.objects.count() == CustomerList.objects.count() == 0
